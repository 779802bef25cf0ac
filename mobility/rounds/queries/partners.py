"""Whose call it is: the partners, and who speaks and answers for them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, union

from ...accounts.models import Role, RoleGrant, User, UserStatus
from ...agreements.models import CooperationCondition
from ...db import db
from ...offers.models import Call, Offer, OfferStatus
from ...partners.models import Institution


def partners_of(call: Call) -> Sequence[Institution]:
    """The HEIs whose conditions the open places of a call stand under, by SCHAC code."""
    sides = union(
        *(
            select(side)
            .join(Offer, Offer.condition_id == CooperationCondition.id)
            .where(Offer.call_id.in_(call.together_ids), Offer.status == OfferStatus.OPEN)
            for side in (CooperationCondition.sending_id, CooperationCondition.receiving_id)
        )
    )
    return db.session.scalars(
        select(Institution).where(Institution.id.in_(sides)).order_by(Institution.schac)
    ).all()


def partners_of_user(user: Any, call: Call) -> list[Institution]:
    """The partners of a call for which a person speaks: a coordinator of the whole HEI."""
    own = user.whole_institutions
    return [one for one in partners_of(call) if one.id in own]


def partner_coordinators(call: Call) -> Sequence[User]:
    """The coordinators of whole HEIs among the partners of a call."""
    heis = [institution.id for institution in partners_of(call)]
    whole = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.institution_id.in_(heis),
        RoleGrant.unit_id.is_(None),
    )
    return db.session.scalars(
        select(User).where(User.id.in_(whole), User.status == UserStatus.ACTIVE).order_by(User.id)
    ).all()


def institutions(ids: set[int]) -> dict[int, Institution]:
    """Institutions by their ids."""
    found = db.session.scalars(select(Institution).where(Institution.id.in_(ids)))
    return {one.id: one for one in found}


def admins() -> Sequence[User]:
    """Everybody who answers for the service."""
    return db.session.scalars(
        select(User)
        .where(User.status == UserStatus.ACTIVE, User.grants.any(RoleGrant.role == Role.ADMIN))
        .order_by(User.id)
    ).all()
