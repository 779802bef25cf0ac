"""A coordinator names what they look at, so that one click shows it again."""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ..models import LONGEST_NAME, SavedView
from ..queries import saved_views

MOST_VIEWS = 30


def save_view(name: str, filters: dict[str, Any], actor: User) -> SavedView:
    """Keep the filters of an address under a name that is free among the person's own."""
    _hold(actor)
    present = saved_views(actor)
    if len(present) >= MOST_VIEWS:
        raise Conflict(
            _("You have %(most)s saved views; remove one of them first.", most=MOST_VIEWS)
        )
    view = SavedView(
        user_id=actor.id,
        name=_free(name, present),
        filters=filters,
        created_at=clock.now(),
    )
    db.session.add(view)
    db.session.flush()
    return view


def rename_view(view: SavedView, name: str, actor: User) -> None:
    _hold(actor)
    view.name = _free(name, [one for one in saved_views(actor) if one.id != view.id])
    db.session.flush()


def remove_view(view: SavedView, actor: User) -> None:
    db.session.delete(view)
    db.session.flush()


def _hold(actor: User) -> None:
    """Of two requests of one person the second sees what the first has named."""
    db.session.refresh(actor, attribute_names=["id"], with_for_update={"of": User})


def _free(name: str, others: list[SavedView]) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Give the view a name."), "name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_("A name has at most %(most)s characters.", most=LONGEST_NAME), "name")
    if any(one.name.casefold() == name.casefold() for one in others):
        raise Invalid(_("You have a view of this name already."), "name")
    return name
