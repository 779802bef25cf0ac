"""The blueprint of the room, and what its pages share."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from ...access import can
from ...agreements.queries import people
from ...audit import history
from ..words import DEEDS

bp = Blueprint("offers", __name__)


def reader() -> Any:
    """Who reads: the person signed in, or None."""
    return current_user if current_user.is_authenticated else None


def trail(subject: Any, permission: str) -> dict[str, Any]:
    """The history of a call or place, for those who may change it."""
    events = history(subject) if can(current_user, permission, subject) else []
    return {
        "events": events,
        "people": people({event.actor_id for event in events if event.actor_id}),
        "deeds": DEEDS,
    }
