"""How it works: the way to a page, and the page for a reader and a topic."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..access import public
from ..errors import NotFound
from .doors import DOORS
from .topics import TOPICS, Reader, parts, readers_first, readers_of

bp = Blueprint("guide", __name__)


@bp.get("/how-it-works")
@public
def index() -> ResponseReturnValue:
    return render_template(
        "guide/index.html",
        readers=readers_first(current_user),
        own=readers_of(current_user),
        topics=TOPICS.values(),
    )


@bp.get("/how-it-works/<reader>/<topic>")
@public
def page(reader: str, topic: str) -> ResponseReturnValue:
    if topic not in TOPICS or reader not in {one.value for one in Reader}:
        raise NotFound("")
    return render_template(
        "guide/page.html",
        reader=Reader(reader),
        topic=TOPICS[topic],
        parts=parts(Reader(reader), TOPICS[topic]),
        readers=list(Reader),
        topics=TOPICS.values(),
        doors=DOORS,
    )
