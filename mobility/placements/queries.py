"""What is read of placements, each list only as far as the reader may see."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from .. import clock
from ..accounts.models import Role, RoleGrant, User, UserStatus
from ..agreements.models import CooperationCondition
from ..applications.models import Application
from ..db import db
from ..laboratories.models import Slot
from ..offers.models import Call, Offer
from .models import HostAnswer, MobilityStatus, Placement, PlacementStatus

PAGE = 25


def get_placement(placement_id: int) -> Placement | None:
    return db.session.get(Placement, placement_id)


def placement_of(application: Application) -> Placement | None:
    """The placement of an application; the first where it has several courses."""
    return db.session.scalar(
        select(Placement)
        .where(Placement.application_id == application.id)
        .order_by(Placement.part)
        .limit(1)
    )


def placements_of(user: User) -> list[Placement]:
    """Every place a person ever got, alone or as the partner of a team, the oldest first."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .where(or_(Application.applicant_id == user.id, Application.partner_id == user.id))
            .options(
                contains_eager(Placement.application),
                joinedload(Placement.offer).joinedload(Offer.call),
            )
            .order_by(Placement.id)
        )
    )


def is_live() -> ColumnElement[bool]:
    """The SQL of Placement.is_live: what takes a seat at this moment."""
    return or_(
        and_(Placement.status == PlacementStatus.OFFERED, Placement.answer_until > clock.now()),
        and_(
            Placement.status == PlacementStatus.ACCEPTED,
            or_(
                Placement.mobility_status.is_(None),
                Placement.mobility_status != MobilityStatus.CANCELLED,
            ),
        ),
    )


def people() -> ColumnElement[int]:
    """How many people placements send: several courses of one count once, a team as two.

    Of joined Application rows.
    """
    team = case((Application.partner_id.is_not(None), Application.id))
    counted: ColumnElement[int] = func.count(Application.id.distinct()) + func.count(
        team.distinct()
    )
    return counted


def _accepted_by(user: User) -> Select[Any]:
    """The accepted places of somebody, alone or in a team, that were not called off."""
    return (
        select(Placement.id)
        .join(Placement.application)
        .join(Placement.offer)
        .where(
            or_(Application.applicant_id == user.id, Application.partner_id == user.id),
            Placement.status == PlacementStatus.ACCEPTED,
            is_live(),
        )
        .limit(1)
    )


def slot_given_to(user: User, slot: Slot) -> Slot | None:
    """A slot that somebody holds by a call, answered or not, at the time of this one."""
    return db.session.scalar(
        select(Slot)
        .join(Offer, Offer.slot_id == Slot.id)
        .join(Placement, Placement.offer_id == Offer.id)
        .join(Placement.application)
        .where(
            Application.applicant_id == user.id,
            Slot.starts_at < slot.ends_at,
            Slot.ends_at > slot.starts_at,
            is_live(),
        )
        .order_by(Slot.starts_at)
        .limit(1)
    )


def has_place_in_project(user: User, project_id: int) -> bool:
    """Whether somebody has accepted a place that hangs from a project."""
    found = _accepted_by(user).where(Offer.project_id == project_id)
    return db.session.scalar(found) is not None


def has_place_at(user: User, institution_id: int) -> bool:
    """Whether somebody has accepted a place at an institution."""
    found = (
        _accepted_by(user)
        .join(Offer.condition)
        .where(CooperationCondition.receiving_id == institution_id)
    )
    return db.session.scalar(found) is not None


def people_of_project(project_id: int) -> list[Placement]:
    """The accepted places of a project that stand, by name."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .join(Placement.offer)
            .where(
                Offer.project_id == project_id,
                Placement.status == PlacementStatus.ACCEPTED,
                is_live(),
            )
            .options(
                contains_eager(Placement.application).joinedload(Application.applicant),
                contains_eager(Placement.application).joinedload(Application.partner),
                contains_eager(Placement.offer),
            )
            .order_by(Application.order_key, Placement.id)
        )
    )


def live_counts(offer_ids: Collection[int]) -> dict[int, int]:
    """How many people hold a place at each of the offers; 0 where nobody does."""
    counted = db.session.execute(
        select(Placement.offer_id, func.count())
        .where(Placement.offer_id.in_(offer_ids), is_live())
        .group_by(Placement.offer_id)
    )
    found: dict[int, int] = dict(counted.all())
    return {offer_id: found.get(offer_id, 0) for offer_id in offer_ids}


def live_by_year(condition_ids: Collection[int]) -> Counter[tuple[int, int]]:
    """How many people hold a place, by condition and academic year, over all calls."""
    counted = db.session.execute(
        select(Offer.condition_id, Call.term, people())
        .join(Placement, Placement.offer_id == Offer.id)
        .join(Placement.application)
        .join(Offer.call)
        .where(Offer.condition_id.in_(condition_ids), is_live())
        .group_by(Offer.condition_id, Call.term)
    )
    found: Counter[tuple[int, int]] = Counter()
    for condition_id, term, number in counted:
        found[condition_id, int(term[:4])] += number
    return found


def live_under(condition_ids: Collection[int], year: int) -> dict[int, int]:
    """How many people hold a place under each condition in an academic year, over all calls."""
    found = live_by_year(condition_ids)
    return {condition_id: found[condition_id, year] for condition_id in condition_ids}


def locked_rows(kind: Any, where: ColumnElement[bool]) -> list[Any]:
    """The rows of a table as they stand now, by id; nobody else changes them from here on."""
    return list(
        db.session.scalars(
            select(kind)
            .where(where)
            .order_by(kind.id)
            .with_for_update(of=kind)
            .execution_options(populate_existing=True)
        )
    )


def on_sending_side(user: User) -> ColumnElement[bool]:
    """Placements of applicants whom `user` coordinates. Needs Application in the query."""
    return or_(
        false(),
        *(
            and_(
                Application.sending_id == institution_id,
                true() if unit_id is None else Application.sending_unit_id == unit_id,
            )
            for institution_id, unit_id in user.scopes
        ),
    )


def on_receiving_side(user: User) -> ColumnElement[bool]:
    """Placements at what `user` coordinates. Needs Offer and its condition in the query."""
    return or_(
        false(),
        *(
            and_(
                CooperationCondition.receiving_id == institution_id,
                true() if unit_id is None else Offer.unit_id == unit_id,
            )
            for institution_id, unit_id in user.scopes
        ),
    )


def visible_to(user: User) -> Select[Any]:
    """Own ones, those of both sides that `user` coordinates, and for admins all."""
    everything = (
        select(Placement)
        .join(Placement.application)
        .join(Placement.offer)
        .join(Offer.condition)
        .join(Application.applicant)
    )
    if user.is_admin:
        return everything
    return everything.where(
        or_(
            Application.applicant_id == user.id,
            Application.partner_id == user.id,
            on_sending_side(user),
            on_receiving_side(user),
        )
    )


# The steps a placement goes through, in order: what stands in the filter of the list.
_P, _H, _M = PlacementStatus, HostAnswer, MobilityStatus


def _step(name: str) -> ColumnElement[bool]:
    """The placements at a step of the way, as `Placement.state` says in Python."""
    running = Placement.answer_until > clock.now()
    accepted = and_(Placement.status == _P.ACCEPTED, Placement.mobility_status.is_(None))
    nominated = Placement.mobility_status == _M.NOMINATION
    return {
        "offered": and_(Placement.status == _P.OFFERED, running),
        "accepted": accepted,
        "pending": and_(nominated, Placement.host_answer == _H.PENDING),
        "rejected": and_(nominated, Placement.host_answer == _H.REJECTED),
        "verified": and_(nominated, Placement.host_answer == _H.VERIFIED),
        "live": Placement.mobility_status == _M.LIVE,
        "recognized": Placement.mobility_status == _M.RECOGNIZED,
        "cancelled": Placement.mobility_status == _M.CANCELLED,
        "declined": Placement.status == _P.DECLINED,
        "lapsed": or_(
            Placement.status == _P.LAPSED, and_(Placement.status == _P.OFFERED, ~running)
        ),
    }[name]


STEPS = {
    "offered": _P.OFFERED,
    "accepted": _P.ACCEPTED,
    "pending": _H.PENDING,
    "rejected": _H.REJECTED,
    "verified": _H.VERIFIED,
    "live": _M.LIVE,
    "recognized": _M.RECOGNIZED,
    "cancelled": _M.CANCELLED,
    "declined": _P.DECLINED,
    "lapsed": _P.LAPSED,
}


def step_counts(user: User, *, call_id: int | None = None) -> dict[str, int]:
    """How many of the placements that `user` sees stand at each step, in one query."""
    chosen = _in_call(visible_to(user), call_id)
    counted = chosen.with_only_columns(
        *(func.count().filter(_step(name)).label(name) for name in STEPS),
        maintain_column_froms=True,
    )
    return dict(db.session.execute(counted).mappings().one())


def placement_page(
    user: User, *, step: str | None = None, call_id: int | None = None, page: int = 1
) -> Pagination:
    """A page of the placements that `user` sees, in the alphabet of the placed."""
    chosen = _in_call(visible_to(user), call_id)
    if step in STEPS:
        chosen = chosen.where(_step(step))
    offer = contains_eager(Placement.offer)
    application = contains_eager(Placement.application)
    ordered = chosen.options(
        application.contains_eager(Application.applicant),
        application.joinedload(Application.partner),
        application.joinedload(Application.sending),
        application.joinedload(Application.sending_unit),
        application.joinedload(Application.call),
        offer.contains_eager(Offer.condition).joinedload(CooperationCondition.receiving),
        offer.joinedload(Offer.unit),
    ).order_by(Application.order_key, Placement.id)
    return db.paginate(ordered, page=page, per_page=PAGE, max_per_page=PAGE)


def _in_call(chosen: Select[Any], call_id: int | None) -> Select[Any]:
    return chosen if call_id is None else chosen.where(Application.call_id == call_id)


def calls_with_placements(user: User) -> list[Call]:
    """The calls in which `user` sees placements, newest first."""
    ids = visible_to(user).with_only_columns(Application.call_id, maintain_column_froms=True)
    return list(
        db.session.scalars(select(Call).where(Call.id.in_(ids)).order_by(Call.closes_at.desc()))
    )


def chosen_placements(user: User, ids: list[int]) -> list[Placement]:
    """Those of `ids` that `user` sees, by id."""
    chosen = visible_to(user).where(Placement.id.in_(ids)).order_by(Placement.id)
    return list(
        db.session.scalars(
            chosen.options(
                contains_eager(Placement.application).contains_eager(Application.applicant),
                contains_eager(Placement.offer).contains_eager(Offer.condition),
            )
        )
    )


def unanswered_placements(offer_ids: Collection[int] | None = None) -> list[Placement]:
    """Offered places, at these offers or anywhere, whose time to answer is over."""
    here = true() if offer_ids is None else Placement.offer_id.in_(offer_ids)
    return list(
        db.session.scalars(
            select(Placement)
            .where(
                Placement.status == PlacementStatus.OFFERED,
                Placement.answer_until <= clock.now(),
                here,
            )
            .options(joinedload(Placement.application), joinedload(Placement.offer))
            .order_by(Placement.id)
            .with_for_update(of=Placement)
        )
    )


def placements_to_remind(within: timedelta) -> list[Placement]:
    """Offered places whose time to answer ends within `within`, but has not ended."""
    soon = Placement.answer_until <= clock.now() + within
    return locked_rows(Placement, and_(_step("offered"), soon))


def waiting_placements(user: User) -> list[Placement]:
    """The places that wait for this person's answer, the most urgent first."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .where(Application.applicant_id == user.id, _step("offered"))
            .order_by(Placement.answer_until)
        )
    )


def waiting_parts(application: Application) -> list[Placement]:
    """The courses of an application that wait for an answer, in order of id."""
    return list(
        db.session.scalars(
            select(Placement)
            .where(Placement.application_id == application.id, _step("offered"))
            .order_by(Placement.id)
        )
    )


def to_nominate(user: User) -> int:
    """How many people, accepted or sent back, wait for nomination by this coordinator."""
    return _count(user, on_sending_side(user), or_(_step("accepted"), _step("rejected")))


def to_verify(user: User) -> int:
    """How many nominated people wait for this coordinator's answer as host."""
    return _count(user, on_receiving_side(user), _step("pending"))


def _count(user: User, *where: ColumnElement[bool]) -> int:
    chosen = visible_to(user).where(*where)
    return db.session.scalar(chosen.with_only_columns(people(), maintain_column_froms=True)) or 0


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
