"""Reads of people and of what they may see of each other."""

from sqlalchemy import select

from ..db import db
from ..partners.models import OrganisationalUnit
from .models import User, UserStatus


def session_user(session_id: str) -> User | None:
    """The active person whose session carries `session_id` ("<id>.<session key>")."""
    number, _, key = session_id.partition(".")
    if not number.isdigit():
        return None
    user = db.session.get(User, int(number))
    known = user is not None and user.session_key == key and user.status is UserStatus.ACTIVE
    return user if known else None


def user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def unit_of(institution_id: int | None, unit_id: int) -> OrganisationalUnit | None:
    """The unit, where it belongs to the institution."""
    unit = db.session.get(OrganisationalUnit, unit_id)
    return unit if unit is not None and unit.institution_id == institution_id else None
