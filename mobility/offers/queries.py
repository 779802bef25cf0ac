"""Reading calls and offers: the public catalogue, and what coordinators may open where."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
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

from .. import clock
from ..accounts.models import User
from ..agreements.models import CooperationCondition, Direction
from ..agreements.queries import conditions_in_force, holds
from ..db import db, search_key
from ..partners.models import Institution, OrganisationalUnit
from .models import Call, CallStatus, Offer, OfferStatus
from .rule_changes import RuleChange
from .rules import EligibilityRule
from .terms import begins_on

PER_PAGE = 25


def get_call(call_id: int) -> Call | None:
    return db.session.get(Call, call_id)


def get_offer(offer_id: int) -> Offer | None:
    return db.session.get(Offer, offer_id)


def get_rule(rule_id: int) -> EligibilityRule | None:
    return db.session.get(EligibilityRule, rule_id)


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


def _announced() -> ColumnElement[bool]:
    return Call.status == CallStatus.ANNOUNCED


def _open_at(moment: datetime) -> ColumnElement[bool]:
    return and_(_announced(), Call.opens_at <= moment, moment < Call.closes_at)


def open_calls() -> Sequence[Call]:
    """The calls that take applications now, those that close first in front."""
    return db.session.scalars(
        select(Call).where(_open_at(clock.now())).order_by(Call.closes_at, Call.id)
    ).all()


def upcoming_calls() -> Sequence[Call]:
    """Announced calls that have not opened yet, the next one first."""
    return db.session.scalars(
        select(Call)
        .where(_announced(), Call.opens_at > clock.now())
        .order_by(Call.opens_at, Call.id)
    ).all()


def calls_visible_to(user: User | None) -> Select[Call]:
    """Announced calls for everybody; drafts and cancelled ones for those who prepare places."""
    if user is not None and (user.is_admin or user.is_coordinator):
        return select(Call)
    return select(Call).where(_announced())


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


def _call_year() -> ColumnElement[int]:
    return cast(func.substr(Call.term, 1, 4), Integer)


def _call_begins() -> ColumnElement[int]:
    """The day on which the term of a call begins, as the number 20260901; see terms.begins_on."""
    year = _call_year()
    return case((Call.term.endswith("-1"), year * 10_000 + 901), else_=(year + 1) * 10_000 + 201)


def _in_force() -> ColumnElement[bool]:
    """The SQL of Offer.is_open over joined condition, agreement and call."""
    return and_(Offer.status == OfferStatus.OPEN, holds(_call_year(), _call_begins()))


def _offers() -> Select[Offer]:
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
        _offers().where(Offer.call_id == call.id, _in_force()).order_by(Offer.code)
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
    public = false() if call.status is CallStatus.DRAFT else _in_force()
    seen = public if user is None else or_(public, _in_hands_of(user))
    chosen = _offers().where(Offer.call_id == call.id, seen).order_by(Offer.code)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


@dataclass(frozen=True)
class Filters:
    """What a reader asked of the catalogue; empty means any."""

    q: str = ""
    direction: Direction | None = None
    language: str = ""
    level: int | None = None
    field: str = ""
    institution: int | None = None
    call: int | None = None
    open_only: bool = False

    @property
    def active(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


def _listed(moment: datetime) -> ColumnElement[bool]:
    """What the catalogue holds: places in force of calls that are open or still to come."""
    return and_(_announced(), moment < Call.closes_at, _in_force())


def catalogue_query(filters: Filters) -> Select[Offer]:
    moment = clock.now()
    chosen = _offers().where(_listed(moment))
    if filters.open_only:
        chosen = chosen.where(_open_at(moment))
    if filters.direction is not None:
        chosen = chosen.where(Call.direction == filters.direction)
    if filters.language:
        chosen = chosen.where(Offer.language == filters.language)
    if filters.institution is not None:
        chosen = chosen.where(CooperationCondition.receiving_id == filters.institution)
    if filters.call is not None:
        chosen = chosen.where(Offer.call_id == filters.call)
    if filters.level is not None:
        levels = _effective(Offer.eqf_levels, CooperationCondition.eqf_levels)
        chosen = chosen.where(or_(levels == "[]", levels.contains(str(filters.level))))
    if filters.field:
        chosen = chosen.where(_admits_field(filters.field))
    for word in search_key(filters.q).split():
        chosen = chosen.where(
            or_(
                Offer.search.contains(word, autoescape=True),
                Institution.search.contains(word, autoescape=True),
            )
        )
    return chosen


def _effective(own: Any, wider: Any) -> ColumnElement[str]:
    """The JSON text of an offer's own list, or of its condition's where it has none."""
    own_text, wider_text = cast(own, Text), cast(wider, Text)
    return case((own_text == "[]", wider_text), else_=own_text)


def _admits_field(code: str) -> ColumnElement[bool]:
    """Admits something of the field `code`: names it, a part of it, or a broader field."""
    codes = _effective(Offer.isced_fields, CooperationCondition.isced_fields)
    broader = [codes.contains(f'"{code[:length]}"') for length in range(2, len(code))]
    return or_(codes == "[]", codes.contains(f'"{code}', autoescape=True), *broader)


def catalogue(filters: Filters, page: int = 1) -> Pagination:
    """A page of the public catalogue: calls that close first in front, then by code."""
    chosen = catalogue_query(filters).order_by(Call.closes_at, Call.id, Offer.code)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def catalogue_choices() -> tuple[list[Institution], list[str]]:
    """The institutions and languages that the catalogue holds, for its filters."""
    listed = _offers().where(_listed(clock.now())).order_by(None)
    institutions = db.session.scalars(
        select(Institution)
        .where(Institution.id.in_(listed.with_only_columns(CooperationCondition.receiving_id)))
        .order_by(Institution.order_key)
    ).all()
    languages = db.session.scalars(listed.with_only_columns(Offer.language).distinct()).all()
    return list(institutions), list(languages)


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
        .where(Offer.condition_id == condition.id, _in_force(), Call.status == CallStatus.ANNOUNCED)
        .group_by(Call.id)
        .order_by(Call.opens_at.desc())
    )
    return [(call, offers, seats) for call, offers, seats in rows]


def drafts_of(user: User) -> Sequence[Offer]:
    """Offers in draft that `user` may open, in calls that have not closed, the nearest first."""
    return db.session.scalars(
        _offers()
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
    found = db.session.scalars(_offers().where(Offer.call_id == call.id))
    return {offer.code: offer for offer in found}


def codes_in(call: Call) -> set[str]:
    """The codes of the places of a call that are taken."""
    return set(db.session.scalars(select(Offer.code).where(Offer.call_id == call.id)))


def locked(subject: Any) -> Any:
    """The same object read again with its row held, so that two writers come in turn."""
    db.session.flush()
    db.session.refresh(subject, with_for_update={"of": type(subject)})
    return subject
