"""Reads of people and of what they may see of each other."""

from collections.abc import Collection, Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ..audit import AuditEvent
from ..db import db, search_key
from ..mail import Mail
from ..numbers import is_number
from ..partners.models import Institution, OrganisationalUnit
from ..partners.queries import in_order
from .models import (
    Consent,
    FailedSignIn,
    GradeScale,
    Profile,
    Role,
    RoleGrant,
    User,
    UserStatus,
)

PAGE_SIZE = 25


def session_user(session_id: str) -> User | None:
    """The active person whose session carries `session_id` ("<id>.<session key>")."""
    number, _, key = session_id.partition(".")
    if not is_number(number):
        return None
    user = db.session.get(User, int(number))
    known = user is not None and user.session_key == key and user.status is UserStatus.ACTIVE
    return user if known else None


def user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def users_by_email(emails: Collection[str]) -> dict[str, User]:
    """{address: person} of those that have an account, with their profiles: a few queries."""
    wanted = {email.strip().lower() for email in emails}
    found = db.session.scalars(
        select(User)
        .where(User.email.in_(wanted))
        .options(
            joinedload(User.institution),
            joinedload(User.profile).joinedload(Profile.unit),
            joinedload(User.profile).selectinload(Profile.skills),
        )
    )
    return {user.email: user for user in found}


def unit_of(institution_id: int | None, unit_id: int) -> OrganisationalUnit | None:
    """The unit, where it belongs to the institution."""
    unit = db.session.get(OrganisationalUnit, unit_id)
    return unit if unit is not None and unit.institution_id == institution_id else None


def grade_scale_of(institution_id: int | None) -> GradeScale | None:
    """The scale of an institution's grade averages, where it was entered."""
    return db.session.scalar(select(GradeScale).where(GradeScale.institution_id == institution_id))


def get_person(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def people_found(
    words: str = "", role: Role | None = None, status: UserStatus | None = None, page: int = 1
) -> Pagination:
    """People whose names or addresses hold every one of `words`; erased ones only if asked for."""
    found = select(User).options(joinedload(User.institution)).order_by(User.order_key, User.id)
    for word in search_key(words).split():
        found = found.where(User.search.contains(word, autoescape=True))
    if role is not None:
        found = found.where(User.grants.any(RoleGrant.role == role))
    wanted = User.status == status if status else User.status != UserStatus.ERASED
    found = found.where(wanted)
    return db.paginate(found, page=page, per_page=PAGE_SIZE, error_out=False)


def count_active_admins() -> int:
    return (
        db.session.scalar(
            select(func.count(User.id.distinct()))
            .join(RoleGrant)
            .where(RoleGrant.role == Role.ADMIN, User.status == UserStatus.ACTIVE)
        )
        or 0
    )


def institutions_with_units() -> list[Institution]:
    """All institutions in the order of the alphabet, their units loaded."""
    return list(
        db.session.scalars(
            select(Institution).options(selectinload(Institution.units)).order_by(in_order())
        )
    )


def institutions_to_fill(user: User) -> list[Institution]:
    """The institutions whose people this person may bring in: all for an admin, else those that
    they coordinate as a whole."""
    chosen = select(Institution).order_by(in_order())
    if not user.is_admin:
        chosen = chosen.where(Institution.id.in_(user.whole_institutions))
    return list(db.session.scalars(chosen))


def consents_of(user: User) -> Sequence[Consent]:
    """What a person agreed to, the oldest first."""
    return db.session.scalars(
        select(Consent).where(Consent.user_id == user.id).order_by(Consent.id)
    ).all()


def letters_to(user: User) -> Sequence[Mail]:
    """What was written to a person, the oldest first."""
    return db.session.scalars(select(Mail).where(Mail.user_id == user.id).order_by(Mail.id)).all()


def deeds_of(user: User) -> Sequence[AuditEvent]:
    """What a person did, the oldest first."""
    return db.session.scalars(
        select(AuditEvent).where(AuditEvent.actor_id == user.id).order_by(AuditEvent.id)
    ).all()


def failures_of(user: User) -> Sequence[FailedSignIn]:
    """Sign-ins with this person's address that were refused, the oldest first."""
    return db.session.scalars(
        select(FailedSignIn).where(FailedSignIn.user_id == user.id).order_by(FailedSignIn.id)
    ).all()
