"""The coordinators of both sides of a placement."""

from sqlalchemy import false, or_, select

from ...accounts.models import Role, RoleGrant, User, UserStatus
from ...applications.models import Application
from ...db import db
from ...offers.models import Offer
from ..models import Placement


def sending_coordinators(placement: Placement) -> list[User]:
    """The coordinators who answer for the placed person: of the HEI, and of the unit."""
    return coordinators_of(placement.application)


def coordinators_of(application: Application) -> list[User]:
    """The coordinators to whom an applicant can turn."""
    return _coordinators(application.sending_id, application.sending_unit_id)


def receiving_coordinators(placement: Placement) -> list[User]:
    """The coordinators of the place: of the HEI, and of the unit."""
    return coordinators_at(placement.offer)


def coordinators_at(offer: Offer) -> list[User]:
    """The coordinators who receive people at a place."""
    return _coordinators(offer.condition.receiving_id, offer.unit_id)


def _coordinators(institution_id: int, unit_id: int | None) -> list[User]:
    return list(
        db.session.scalars(
            select(User)
            .join(User.grants)
            .where(
                User.status == UserStatus.ACTIVE,
                RoleGrant.role == Role.COORDINATOR,
                RoleGrant.institution_id == institution_id,
                or_(
                    RoleGrant.unit_id.is_(None),
                    false() if unit_id is None else RoleGrant.unit_id == unit_id,
                ),
            )
            .order_by(User.id)
            .distinct()
        )
    )
