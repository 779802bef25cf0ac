"""What reports count, each as far as the reader may see: grouped rows, however many people."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from ..accounts.models import Profile, User
from ..agreements.models import CooperationCondition
from ..agreements.queries import held_in, this_year
from ..applications.models import Application, ApplicationStatus
from ..db import db
from ..offers.models import Call, CallStatus, Offer, OfferStatus
from ..partners.models import Institution
from ..placements.models import Placement
from ..placements.queries import is_live
from ..placements.queries import people as placed

_BEFORE = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
_TAKES_PART = (ApplicationStatus.APPROVED, ApplicationStatus.PRE_PLACED)


def years() -> list[int]:
    """The academic years that calls are for, and the present one; the latest first."""
    terms = db.session.scalars(select(func.substr(Call.term, 1, 4)).distinct())
    return sorted({this_year(), *map(int, terms)}, reverse=True)


def concerns(user: User) -> ColumnElement[bool]:
    """Conditions that an HEI of the reader sends or receives under."""
    if user.is_admin:
        return true()
    own = user.whole_institutions
    return or_(CooperationCondition.sending_id.in_(own), CooperationCondition.receiving_id.in_(own))


def of_year(year: int) -> ColumnElement[bool]:
    return Call.term.startswith(f"{year}/")


def flows(user: User, year: int) -> list[tuple[int, int, Any, int]]:
    """(sending, receiving, direction, people) of the placements that live."""
    kind = (
        CooperationCondition.sending_id,
        CooperationCondition.receiving_id,
        CooperationCondition.direction,
    )
    rows = db.session.execute(
        select(*kind, placed())
        .select_from(Placement)
        .join(Placement.application)
        .join(Placement.offer)
        .join(Offer.condition)
        .join(Offer.call)
        .where(of_year(year), concerns(user), is_live())
        .group_by(*kind)
        .order_by(*kind)
    )
    return [(one, other, direction, people) for one, other, direction, people in rows]


def calls(user: User, year: int) -> Sequence[Call]:
    """Announced calls of the year with an open place that concerns the reader, by deadline."""
    mine = (
        select(Offer.call_id)
        .join(Offer.condition)
        .where(Offer.status == OfferStatus.OPEN, concerns(user))
    )
    return db.session.scalars(
        select(Call)
        .where(Call.status == CallStatus.ANNOUNCED, of_year(year), Call.id.in_(mine))
        .order_by(Call.closes_at, Call.id)
    ).all()


def seats_of(call_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """By call: open places, and seats at them."""
    rows = db.session.execute(
        select(Offer.call_id, func.count(), func.sum(Offer.all_seats))
        .where(Offer.call_id.in_(call_ids), Offer.status == OfferStatus.OPEN)
        .group_by(Offer.call_id)
    )
    return {call: (places, seats) for call, places, seats in rows}


def applied_to(call_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """By call: applications handed in and not withdrawn, and those that take part in the round."""
    takes_part = case((Application.status.in_(_TAKES_PART), 1), else_=0)
    rows = db.session.execute(
        select(Application.call_id, func.count(), func.sum(takes_part))
        .where(Application.call_id.in_(call_ids), Application.status.not_in(_BEFORE))
        .group_by(Application.call_id)
    )
    return {call: (applied, taking) for call, applied, taking in rows}


def placed_in(call_ids: Sequence[int]) -> dict[int, int]:
    """By call: people whose placements live."""
    rows = db.session.execute(
        select(Offer.call_id, placed())
        .select_from(Placement)
        .join(Placement.application)
        .join(Placement.offer)
        .where(Offer.call_id.in_(call_ids), is_live())
        .group_by(Offer.call_id)
    )
    return dict(rows.all())


def conditions(user: User, year: int) -> Sequence[CooperationCondition]:
    """Those that held in the year and concern the reader, by partners and direction."""
    return db.session.scalars(
        select(CooperationCondition)
        .join(CooperationCondition.agreement)
        .where(
            held_in(year),
            concerns(user),
        )
        .options(
            joinedload(CooperationCondition.agreement),
            joinedload(CooperationCondition.sending),
            joinedload(CooperationCondition.receiving),
        )
        .order_by(
            CooperationCondition.sending_id,
            CooperationCondition.receiving_id,
            CooperationCondition.id,
        )
    ).all()


def people(user: User, year: int, what: Any) -> dict[Any, int]:
    """People whose placements live, counted by `what`: a column of their profile or HEI."""
    rows = db.session.execute(
        select(what, func.count(User.id.distinct()))
        .select_from(Placement)
        .join(Placement.offer)
        .join(Offer.condition)
        .join(Offer.call)
        .join(Placement.application)
        .join(User, or_(User.id == Application.applicant_id, User.id == Application.partner_id))
        .join(Institution, Institution.id == CooperationCondition.receiving_id)
        .outerjoin(Profile, Profile.user_id == User.id)
        .where(and_(of_year(year), concerns(user), is_live()))
        .group_by(what)
    )
    return dict(rows.all())
