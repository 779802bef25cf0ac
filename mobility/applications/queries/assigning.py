"""To whom applications can be given: coordinators whose scope holds them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ...accounts.models import Role, RoleGrant, User, UserStatus
from ...db import db
from ..models import Application
from .pipeline import in_scope


def may_take(user: User, application: Application) -> bool:
    """Whether an application can be given to somebody: its coordinator, not a part of it."""
    return (
        user.status is UserStatus.ACTIVE
        and user.id not in {application.applicant_id, application.partner_id}
        and user.coordinates(application.sending_id, application.sending_unit_id)
    )


def colleagues_over(applications: Collection[Application]) -> list[User]:
    """Who can take at least one of them, by name; two queries for any number."""
    sending = {one.sending_id for one in applications}
    grants = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.COORDINATOR, RoleGrant.institution_id.in_(sending)
    )
    found = db.session.scalars(
        select(User)
        .options(selectinload(User.grants))
        .where(User.id.in_(grants), User.status == UserStatus.ACTIVE)
        .order_by(User.order_key, User.id)
    )
    return [user for user in found if any(may_take(user, one) for one in applications)]


def active_user(user_id: int) -> User | None:
    user = db.session.get(User, user_id)
    return user if user is not None and user.status is UserStatus.ACTIVE else None


def holders_in_pipeline(user: User) -> list[User]:
    """Others to whom applications of the scope are given, by name."""
    given = select(Application.assigned_to_id).where(
        in_scope(user), Application.assigned_to_id.is_not(None)
    )
    holders = User.id.in_(given)
    return list(
        db.session.scalars(
            select(User).where(holders, User.id != user.id).order_by(User.order_key, User.id)
        )
    )
