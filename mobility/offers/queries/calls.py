"""Calls: those that are open or to come, those that a reader sees, and what hangs from one."""

from collections.abc import Sequence
from datetime import datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    select,
)
from sqlalchemy.orm import joinedload

from ... import clock
from ...accounts.models import User
from ...db import db
from ..models import Call, CallStatus, Offer, OfferStatus
from ..rule_changes import RuleChange
from ..rules import EligibilityRule
from .offers import PER_PAGE


def get_call(call_id: int) -> Call | None:
    return db.session.get(Call, call_id)


def calls_to_join(call: Call | None) -> Sequence[Call]:
    """The calls that another may be decided with: not opened, and not joining one themselves."""
    before = (Call.status == CallStatus.DRAFT) | (
        (Call.status == CallStatus.ANNOUNCED) & (Call.opens_at > clock.now())
    )
    own = (-1, None) if call is None else (call.id, call.decided_with_id)
    return db.session.scalars(
        select(Call)
        .where(
            Call.decided_with_id.is_(None),
            before | (Call.id == own[1]),
            Call.id != own[0],
        )
        .order_by(Call.closes_at, Call.id)
    ).all()


def get_rule(rule_id: int) -> EligibilityRule | None:
    return db.session.get(EligibilityRule, rule_id)


def rule_changes(call: Call) -> Sequence[RuleChange]:
    """What changed in the matching rules of a call after its opening, the newest first."""
    return db.session.scalars(
        select(RuleChange)
        .where(RuleChange.call_id == call.id)
        .options(joinedload(RuleChange.offer))
        .order_by(RuleChange.at.desc(), RuleChange.id.desc())
    ).all()


def places_with_minimum(call: Call) -> Sequence[Offer]:
    """Open places that need a least number of people, by code."""
    return db.session.scalars(
        select(Offer)
        .where(Offer.call_id == call.id, Offer.status == OfferStatus.OPEN, Offer.min_seats > 0)
        .order_by(Offer.code)
    ).all()


def has_minimums(call: Call) -> bool:
    """Whether a place of the call, in draft too, needs a least number of people."""
    return bool(
        db.session.scalar(select(func.count()).where(Offer.call_id == call.id, Offer.min_seats > 0))
    )


def open_places(call: Call) -> int:
    """How many open places a call has."""
    return (
        db.session.scalar(
            select(func.count()).where(Offer.call_id == call.id, Offer.status == OfferStatus.OPEN)
        )
        or 0
    )


def is_announced() -> ColumnElement[bool]:
    return Call.status == CallStatus.ANNOUNCED


def is_open_at(moment: datetime) -> ColumnElement[bool]:
    return and_(is_announced(), Call.opens_at <= moment, moment < Call.closes_at)


def open_calls() -> Sequence[Call]:
    """The calls that take applications now, those that close first in front."""
    return db.session.scalars(
        select(Call).where(is_open_at(clock.now())).order_by(Call.closes_at, Call.id)
    ).all()


def upcoming_calls() -> Sequence[Call]:
    """Announced calls that have not opened yet, the next one first."""
    return db.session.scalars(
        select(Call)
        .where(is_announced(), Call.opens_at > clock.now())
        .order_by(Call.opens_at, Call.id)
    ).all()


def calls_visible_to(user: User | None) -> Select[Call]:
    """Announced calls for everybody; drafts and cancelled ones for those who prepare places."""
    if user is not None and (user.is_admin or user.is_coordinator):
        return select(Call)
    return select(Call).where(is_announced())


def calls_page(user: User | None, page: int = 1) -> Pagination:
    """A page of calls: open ones first, then those to come, then closed ones; drafts lead."""
    moment = clock.now()
    order = case(
        (Call.status == CallStatus.DRAFT, 0),
        (Call.status == CallStatus.CANCELLED, 4),
        (Call.closes_at <= moment, 3),
        (Call.opens_at > moment, 2),
        else_=1,
    )
    chosen = calls_visible_to(user).order_by(order, Call.closes_at.desc(), Call.id.desc())
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)
