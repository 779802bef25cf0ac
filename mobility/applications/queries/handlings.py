"""Reads of what can be undone."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ...accounts.models import User
from ...db import db
from ..models import Application, Handling
from .pipeline import visible_to


def handlings_of(batch: str, user: User, only: int | None = None) -> list[Handling]:
    """What a person did at once and may still see, in order of the applications' ids."""
    found = (
        select(Handling)
        .options(joinedload(Handling.application).joinedload(Application.applicant))
        .where(
            Handling.batch == batch,
            Handling.actor_id == user.id,
            Handling.application_id.in_(visible_to(user).with_only_columns(Application.id)),
        )
        .order_by(Handling.application_id)
    )
    if only is not None:
        found = found.where(Handling.application_id == only)
    return list(db.session.scalars(found))


def last_handling(application: Application, user: User) -> Handling | None:
    """What a person did last to an application."""
    return db.session.scalar(
        select(Handling)
        .where(Handling.application_id == application.id, Handling.actor_id == user.id)
        .order_by(Handling.id.desc())
        .limit(1)
    )


def handlings_upon(application: Application) -> list[Handling]:
    """What anybody did to an application, the oldest first."""
    return list(
        db.session.scalars(
            select(Handling).where(Handling.application_id == application.id).order_by(Handling.id)
        )
    )
