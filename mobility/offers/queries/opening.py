"""What coordinators may open, and where."""

from collections.abc import Sequence

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import joinedload

from ...accounts.models import User
from ...agreements.models import CooperationCondition, Direction
from ...agreements.queries import conditions_in_force
from ...db import db
from ...partners.models import OrganisationalUnit
from ..models import Call
from ..terms import begins_on


def opens_under(user: User, condition: CooperationCondition, unit_id: int | None = None) -> bool:
    """Whether `user` may offer places of `unit_id` under the condition."""
    return user.is_admin or user.coordinates(condition.receiving_id, unit_id)


def conditions_for(call: Call, user: User) -> list[CooperationCondition]:
    """Conditions in force for a call under which `user` may offer places of some unit."""
    own = {hei for hei, _unit in user.scopes}
    return [
        condition
        for condition in conditions_in_force(call.academic_year, call.direction)
        if condition.in_force(call.academic_year, begins_on(call.term))
        and (user.is_admin or condition.receiving_id in own)
    ]


def receives(user: User, direction: Direction) -> bool:
    """Whether an institution that `user` coordinates receives people in this direction."""
    own = {hei for hei, _unit in user.scopes}
    if not own:
        return False
    found = select(CooperationCondition.id).where(
        CooperationCondition.direction == direction, CooperationCondition.receiving_id.in_(own)
    )
    return db.session.scalar(found.limit(1)) is not None


def units_for(user: User, conditions: Sequence[CooperationCondition]) -> list[OrganisationalUnit]:
    """The receiving units whose places `user` may offer, by institution and code."""
    units = db.session.scalars(
        select(OrganisationalUnit)
        .where(OrganisationalUnit.institution_id.in_({c.receiving_id for c in conditions}))
        .options(joinedload(OrganisationalUnit.institution))
        .order_by(OrganisationalUnit.institution_id, OrganisationalUnit.code)
    ).all()
    return [u for u in units if user.is_admin or user.coordinates(u.institution_id, u.id)]
