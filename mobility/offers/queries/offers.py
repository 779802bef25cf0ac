"""Places: of a call, under a condition, of a project, and in whose hands they are."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import contains_eager, joinedload

from ... import clock
from ...accounts.models import User
from ...agreements.models import CooperationCondition
from ...agreements.queries import holds
from ...db import db
from ...partners.models import Institution
from ..models import Call, CallStatus, Offer, OfferStatus

PER_PAGE = 25


def get_offer(offer_id: int) -> Offer | None:
    return db.session.get(Offer, offer_id)


def _call_year() -> ColumnElement[int]:
    return cast(func.substr(Call.term, 1, 4), Integer)


def _call_begins() -> ColumnElement[int]:
    """The day on which the term of a call begins, as the number 20260901; see terms.begins_on."""
    year = _call_year()
    return case((Call.term.endswith("-1"), year * 10_000 + 901), else_=(year + 1) * 10_000 + 201)


def is_in_force() -> ColumnElement[bool]:
    """The SQL of Offer.is_open over joined condition, agreement and call."""
    return and_(Offer.status == OfferStatus.OPEN, holds(_call_year(), _call_begins()))


def offers_joined() -> Select[Offer]:
    """Offers joined with everything that their line in a list shows: one query."""
    return (
        select(Offer)
        .join(Offer.call)
        .join(Offer.condition)
        .join(CooperationCondition.agreement)
        .join(Institution, Institution.id == CooperationCondition.receiving_id)
        .options(
            contains_eager(Offer.call),
            contains_eager(Offer.condition).options(
                contains_eager(CooperationCondition.agreement),
                contains_eager(CooperationCondition.receiving),
                joinedload(CooperationCondition.sending),
            ),
            joinedload(Offer.unit),
        )
    )


def offers_of(call: Call) -> Sequence[Offer]:
    """The places of a call that can be chosen: open, under a condition in force; by code."""
    return db.session.scalars(
        offers_joined().where(Offer.call_id == call.id, is_in_force()).order_by(Offer.code)
    ).all()


def _in_hands_of(user: User) -> ColumnElement[bool]:
    """The offers whose receiving side `user` coordinates, wholly or by their unit."""
    if user.is_admin:
        return true()
    sides = [
        CooperationCondition.receiving_id == hei
        if unit is None
        else and_(CooperationCondition.receiving_id == hei, Offer.unit_id == unit)
        for hei, unit in user.scopes
    ]
    return or_(false(), *sides)


def offers_of_call_page(call: Call, user: User | None, page: int = 1) -> Pagination:
    """A page of the offers of a call that `user` sees: those in force, and all of their own."""
    public = false() if call.status is CallStatus.DRAFT else is_in_force()
    seen = public if user is None else or_(public, _in_hands_of(user))
    chosen = offers_joined().where(Offer.call_id == call.id, seen).order_by(Offer.code)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def seats_under(condition: CooperationCondition, year: int) -> int:
    """How many seats stand open under a condition in the calls of an academic year."""
    total = db.session.scalar(
        select(func.sum(Offer.all_seats))
        .join(Offer.call)
        .where(
            Offer.condition_id == condition.id,
            Offer.status == OfferStatus.OPEN,
            Call.status != CallStatus.CANCELLED,
            Call.term.startswith(f"{year}/"),
        )
    )
    return total or 0


def offers_under(condition: CooperationCondition) -> Sequence[tuple[Call, int, int]]:
    """The calls in which places are open under a condition: (call, offers, seats)."""
    rows = db.session.execute(
        select(Call, func.count(Offer.id), func.sum(Offer.all_seats))
        .join(Offer, Offer.call_id == Call.id)
        .join(Offer.condition)
        .join(CooperationCondition.agreement)
        .where(
            Offer.condition_id == condition.id, is_in_force(), Call.status == CallStatus.ANNOUNCED
        )
        .group_by(Call.id)
        .order_by(Call.opens_at.desc())
    )
    return [(call, offers, seats) for call, offers, seats in rows]


def drafts_of(user: User) -> Sequence[Offer]:
    """Offers in draft that `user` may open, in calls that have not closed, the nearest first."""
    return db.session.scalars(
        offers_joined()
        .where(
            Offer.status == OfferStatus.DRAFT,
            Call.status != CallStatus.CANCELLED,
            Call.closes_at > clock.now(),
            _in_hands_of(user),
        )
        .order_by(Call.opens_at, Offer.code)
    ).all()


def offers_of_project(project_id: int) -> Sequence[Offer]:
    """The open places of announced calls that hang from a project, the latest call first."""
    return db.session.scalars(
        select(Offer)
        .join(Offer.call)
        .where(
            Offer.project_id == project_id,
            Offer.status == OfferStatus.OPEN,
            Call.status == CallStatus.ANNOUNCED,
        )
        .options(
            contains_eager(Offer.call),
            joinedload(Offer.condition).joinedload(CooperationCondition.agreement),
            joinedload(Offer.condition).joinedload(CooperationCondition.receiving),
            joinedload(Offer.condition).joinedload(CooperationCondition.sending),
        )
        .order_by(Call.closes_at.desc(), Offer.code)
    ).all()


def offers_by_code(call: Call) -> dict[str, Offer]:
    """{code: place} of a call, in draft and withdrawn too: one query."""
    found = db.session.scalars(offers_joined().where(Offer.call_id == call.id))
    return {offer.code: offer for offer in found}


def codes_in(call: Call) -> set[str]:
    """The codes of the places of a call that are taken."""
    return set(db.session.scalars(select(Offer.code).where(Offer.call_id == call.id)))


def locked(subject: Any) -> Any:
    """The same object read again with its row held, so that two writers come in turn."""
    db.session.flush()
    db.session.refresh(subject, with_for_update={"of": type(subject)})
    return subject
