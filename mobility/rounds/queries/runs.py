"""Runs, what they give, and how they compare."""

from collections.abc import Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from ...agreements.models import CooperationCondition
from ...applications.models import Application
from ...db import db
from ...offers.models import POLICIES, Call, Offer
from ...placements.models import Placement
from ...placements.queries import is_live, people
from ..models import Round, Run, RunRow, RunStatus
from .inputs import offers_by_code
from .pages import page_of


def get_run(run_id: int) -> Run | None:
    return db.session.get(Run, run_id)


def finished_runs(round_: Round) -> list[Run]:
    """The newest finished run by each policy on the present snapshot, the call's policy first."""
    newest = {
        run.policy: run
        for run in round_.runs
        if run.status is RunStatus.DONE and run.snapshot_hash == round_.snapshot_hash
    }
    order = list(POLICIES)
    return sorted(
        newest.values(), key=lambda run: (run.policy != round_.call.policy, order.index(run.policy))
    )


def rows_to_publish(run: Run) -> Sequence[RunRow]:
    """A run's rows with everything that placements and letters need."""
    return db.session.scalars(
        select(RunRow)
        .where(RunRow.run_id == run.id)
        .options(
            joinedload(RunRow.application).joinedload(Application.applicant),
            joinedload(RunRow.offer).joinedload(Offer.condition),
        )
        .order_by(RunRow.id)
    ).all()


def row_page(run: Run, page: int) -> Pagination:
    """A page of a run's rows in pseudonym order."""
    chosen = (
        select(RunRow)
        .join(RunRow.application)
        .where(RunRow.run_id == run.id)
        .options(joinedload(RunRow.application), joinedload(RunRow.offer))
        .order_by(Application.pseudonym)
    )
    return page_of(chosen, page)


def seats_by_offer(run: Run) -> list[tuple[Offer, int, int]]:
    """(offer, seats in the snapshot, filled) of a finished run, by code."""
    assert run.stats is not None
    known = offers_by_code(run.round.call)
    filled = run.stats["filled"]
    return [
        (known[code], seats, filled.get(code, 0))
        for code, seats in run.stats["seats_by_offer"].items()
        if code in known
    ]


def flows(run: Run) -> list[list[int]]:
    """[sending HEI, receiving HEI, how many] of a run's placements, by their ids."""
    pair = (Application.sending_id, CooperationCondition.receiving_id)
    counted = db.session.execute(
        select(*pair, people())
        .select_from(RunRow)
        .join(RunRow.application)
        .join(RunRow.offer)
        .join(Offer.condition)
        .where(RunRow.run_id == run.id)
        .group_by(*pair)
        .order_by(*pair)
    )
    return [list(row) for row in counted]


def fixed_flows(call: Call) -> dict[tuple[int, int], int]:
    """Live placements of other calls of the academic year, by sending and receiving HEI."""
    pair = (CooperationCondition.sending_id, CooperationCondition.receiving_id)
    counted = db.session.execute(
        select(*pair, people())
        .select_from(Placement)
        .join(Placement.application)
        .join(Placement.offer)
        .join(Offer.condition)
        .join(Offer.call)
        .where(
            Call.term.startswith(f"{call.academic_year}/"),
            Call.id.not_in(call.together_ids),
            is_live(),
        )
        .group_by(*pair)
    )
    return {(one, other): count for one, other, count in counted}


def changed_between(one: Run, other: Run) -> int:
    """How many people got something else in one run than in the other, of the same snapshot."""
    mine, theirs = aliased(RunRow), aliased(RunRow)
    return (
        db.session.scalar(
            select(func.count(mine.application_id.distinct()))
            .select_from(mine)
            .join(
                theirs,
                (theirs.application_id == mine.application_id) & (theirs.part == mine.part),
            )
            .where(
                mine.run_id == one.id,
                theirs.run_id == other.id,
                mine.offer_id.is_distinct_from(theirs.offer_id),
            )
        )
        or 0
    )
