"""Appeals: of a person, of a call, and to be answered."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ...accounts.models import User
from ...agreements.models import CooperationCondition
from ...applications.models import Application
from ...db import db
from ...offers.models import Call, Offer
from ...placements.queries import live_under, on_receiving_side, on_sending_side
from ..models import Appeal, AppealStatus
from .pages import page_of


def get_appeal(appeal_id: int) -> Appeal | None:
    return db.session.get(Appeal, appeal_id)


def appeals_of(application: Application) -> Sequence[Appeal]:
    """What somebody appealed for, the newest first."""
    return db.session.scalars(
        select(Appeal)
        .where(Appeal.application_id == application.id)
        .options(joinedload(Appeal.offer))
        .order_by(Appeal.id.desc())
    ).all()


def promised_appeals(call: Call) -> Sequence[Appeal]:
    """The appeals that wait for the next free seat, the oldest decision first; held."""
    return db.session.scalars(
        select(Appeal)
        .join(Appeal.application)
        .where(Application.call_id.in_(call.together_ids), Appeal.status == AppealStatus.PROMISED)
        .order_by(Appeal.decided_at, Appeal.id)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    ).all()


def appeals_visible_to(user: User) -> Select[Any]:
    """Own ones, those of applicants and places that `user` coordinates, and for admins all.

    A receiving side sees an appeal once it was asked for a seat.
    """
    everything = select(Appeal).join(Appeal.application).join(Appeal.offer).join(Offer.condition)
    if user.is_admin:
        return everything
    asked = Appeal.status.in_([AppealStatus.ASKED, AppealStatus.PLACED])
    return everything.where(
        or_(
            Application.applicant_id == user.id,
            on_sending_side(user),
            and_(asked, on_receiving_side(user)),
        )
    )


def appeal_page(user: User, page: int) -> Pagination:
    """A page of the appeals that `user` sees: the undecided in front, then the newest."""
    undecided = Appeal.status.in_([AppealStatus.OPEN, AppealStatus.ASKED])
    chosen = (
        appeals_visible_to(user)
        .options(
            contains_eager(Appeal.application).joinedload(Application.applicant),
            contains_eager(Appeal.application).joinedload(Application.call),
            contains_eager(Appeal.application).joinedload(Application.sending),
            contains_eager(Appeal.offer)
            .contains_eager(Offer.condition)
            .joinedload(CooperationCondition.receiving),
        )
        .order_by(case((undecided, 0), else_=1), Appeal.id.desc())
    )
    return page_of(chosen, page)


def appeals_to_answer(user: User) -> int:
    """How many appeals wait for this person: for an admin's answer, or for a seat of theirs."""
    chosen = appeals_visible_to(user)
    if user.is_admin:
        chosen = chosen.where(Appeal.status == AppealStatus.OPEN)
    else:
        chosen = chosen.where(Appeal.status == AppealStatus.ASKED, on_receiving_side(user))
    counted = chosen.with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(counted) or 0


def appeals_in(call: Call) -> Sequence[Appeal]:
    """The appeals of a call, the newest first."""
    return db.session.scalars(
        select(Appeal)
        .join(Appeal.application)
        .where(Application.call_id.in_(call.together_ids))
        .options(
            contains_eager(Appeal.application).joinedload(Application.applicant),
            joinedload(Appeal.offer),
        )
        .order_by(Appeal.id.desc())
    ).all()


def mobilities_left(offer: Offer) -> int:
    """How many more people the condition of a place lets go in the academic year of its call."""
    live = live_under([offer.condition_id], offer.call.academic_year)
    return offer.condition.mobilities_per_year - live[offer.condition_id]
