"""Reads of the views that coordinators have named."""

from sqlalchemy import select

from ...accounts.models import User
from ...db import db, sort_key
from ..models import SavedView


def saved_views(user: User) -> list[SavedView]:
    """The views of a person, by name."""
    found = db.session.scalars(select(SavedView).where(SavedView.user_id == user.id))
    return sorted(found, key=lambda view: (sort_key(view.name), view.id))


def get_saved_view(view_id: int) -> SavedView | None:
    return db.session.get(SavedView, view_id)
