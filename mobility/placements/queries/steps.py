"""Placements by the step that they stand at, each list only as far as the reader may see."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from ... import clock
from ...accounts.models import User
from ...agreements.models import CooperationCondition
from ...applications.models import Application
from ...db import db
from ...offers.models import Call, Offer
from ..models import HostAnswer, MobilityStatus, Placement, PlacementStatus
from .live import locked_rows, people

PAGE = 25


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


def at_step(name: str) -> ColumnElement[bool]:
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
        *(func.count().filter(at_step(name)).label(name) for name in STEPS),
        maintain_column_froms=True,
    )
    return dict(db.session.execute(counted).mappings().one())


def placement_page(
    user: User, *, step: str | None = None, call_id: int | None = None, page: int = 1
) -> Pagination:
    """A page of the placements that `user` sees, in the alphabet of the placed."""
    chosen = _in_call(visible_to(user), call_id)
    if step in STEPS:
        chosen = chosen.where(at_step(step))
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
    return locked_rows(Placement, and_(at_step("offered"), soon))


def to_nominate(user: User) -> int:
    """How many people, accepted or sent back, wait for nomination by this coordinator."""
    return _count(user, on_sending_side(user), or_(at_step("accepted"), at_step("rejected")))


def to_verify(user: User) -> int:
    """How many nominated people wait for this coordinator's answer as host."""
    return _count(user, on_receiving_side(user), at_step("pending"))


def _count(user: User, *where: ColumnElement[bool]) -> int:
    chosen = visible_to(user).where(*where)
    return db.session.scalar(chosen.with_only_columns(people(), maintain_column_froms=True)) or 0
