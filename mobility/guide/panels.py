"""On the page of a call: the way to what a reader does in its direction."""

from flask import render_template
from flask_login import current_user

from ..offers.models import Call
from ..panels import panel
from .topics import Reader, readers_of, topic_of


@panel("call", order=200)
def how_calls_work(call: Call) -> str:
    """The guide of the direction, for what the reader is; for applicants where that is unknown."""
    return render_template(
        "guide/panel_call.html",
        readers=readers_of(current_user) or [Reader.APPLICANT],
        topic=topic_of(call.direction),
    )
