"""Rounds: that of a call, those in preparation and those published."""

from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ... import clock
from ...applications.models import Application
from ...db import db
from ...offers.models import Call, CallStatus
from ...placements.models import Placement
from ..models import Round, RoundStatus, Run, RunRow
from .pages import page_of


def get_round(round_id: int) -> Round | None:
    return db.session.get(Round, round_id)


def round_of(call: Call) -> Round | None:
    """The round that decides a call, its own or that of the call it joins."""
    return db.session.scalar(select(Round).where(Round.call_id == call.lead.id))


def leading_call(call_id: int) -> Call | None:
    """The call in whose round a call is decided."""
    call = db.session.get(Call, call_id)
    return None if call is None else call.lead


def locked_round(round_id: int) -> Round:
    """The round as it stands now, nobody else changing it before this transaction ends."""
    return db.session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def published_rounds(page: int) -> Pagination:
    """Published rounds, newest first."""
    chosen = (
        select(Round)
        .where(Round.status == RoundStatus.PUBLISHED)
        .options(joinedload(Round.call).selectinload(Call.joined), joinedload(Round.published_run))
        .order_by(Round.published_at.desc(), Round.id.desc())
    )
    return page_of(chosen, page)


def calls_in_matching() -> list[tuple[Call, Round | None]]:
    """Closed calls whose results are not published yet, with their round where one is begun."""
    rows = db.session.execute(
        select(Call, Round)
        .outerjoin(Round, Round.call_id == Call.id)
        .where(
            Call.status == CallStatus.ANNOUNCED,
            Call.decided_with_id.is_(None),
            Call.closes_at <= clock.now(),
            (Round.id.is_(None)) | (Round.status != RoundStatus.PUBLISHED),
        )
        .order_by(Call.closes_at)
    ).all()
    return [(call, round_) for call, round_ in rows]


def answer_counts(round_: Round) -> dict[str, int]:
    """How every place of a published round stands now: waiting, accepted, declined, lapsed.

    Those given before the round and since it are among them; `since` counts the latter.
    """
    placements = db.session.execute(
        select(Placement, RunRow.id)
        .join(Placement.application)
        .outerjoin(RunRow, RunRow.placement_id == Placement.id)
        .where(Application.call_id.in_(round_.call.together_ids))
    )
    counts = {"offered": 0, "accepted": 0, "declined": 0, "lapsed": 0, "since": 0}
    for placement, row in placements:
        counts[placement.answer.value] += 1
        counts["since"] += row is None
    return counts


def takes_part(user: Any, round_: Round) -> bool:
    """Whether an application of this person stands in the published run of a round."""
    return (
        db.session.scalar(
            select(RunRow.id)
            .join(RunRow.run)
            .join(RunRow.application)
            .where(Run.round_id == round_.id, Run.published, Application.applicant_id == user.id)
            .limit(1)
        )
        is not None
    )
