"""A second round: from the request over its computation to its publication.

The vacated seats are matched on the frozen snapshot. Who accepted keeps their place, unless they
asked to be moved up; they get that place or one they ranked higher. Who declined is out.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert

from ... import clock
from ...db import db, transaction
from ...errors import Conflict
from ...jobs import JobRun, enqueue, job
from ...mail import queue_letter
from ...offers.models import VacatedSeats
from ...placements.jobs import await_answers
from ...placements.models import Origin
from ...placements.seats import check_seats, hold_seats
from ...placements.services import move_up, place
from .. import letters, queries
from ..computing.runs import NotFeasible
from ..computing.second_rounds import Outcome, Row, check_rows, compute_second
from ..files import digest_in, second_file_of
from ..models import (
    SECOND_ROUND_WORKFLOW,
    Round,
    RoundStatus,
    SecondRound,
    SecondRoundStatus,
    SecondRow,
)
from ..sequel.standing import PENDING, Standing, group_of, same_people, write_standing
from ..snapshot import Inputs, digest_of
from .giving import look_for_seats

_GOING = (SecondRoundStatus.QUEUED, SecondRoundStatus.RUNNING)


def why_no_second_round(round_: Round) -> str | None:
    """Why no second round can be asked for now, in words; None where one can."""
    call = round_.call
    if round_.status is not RoundStatus.PUBLISHED:
        return _("A second round comes after the publication of the first.")
    if call.vacated is not VacatedSeats.SECOND_ROUND:
        return _("The rules of this call name no second round.")
    if queries.published_second_round(round_) is not None:
        return _("The second round is published. From here on there is only the waiting order.")
    if not call.gives_vacated_seats:
        return _("The time for giving vacated seats is over.")
    waiting_answers = sum(
        group_of(placement) == PENDING
        for placement in queries.placements_by_pseudonym(call).values()
    )
    if waiting_answers:
        return _("Some people still have time to answer. Begin when every answer is in.")
    return None


def request_second_round(round_: Round, actor: Any) -> SecondRound:
    """Take down how the round stands and queue the matching of its vacated seats."""
    round_ = queries.locked_round(round_.id)
    if why := why_no_second_round(round_):
        raise Conflict(why)
    if any(second.status in _GOING for second in queries.second_rounds_of(round_)):
        raise Conflict(_("A second round is being computed already."))
    standing = write_standing(round_)
    second = SecondRound(
        round=round_,
        standing=standing,
        standing_hash=digest_of(standing),
        requested_by=actor,
        created_at=clock.now(),
    )
    db.session.add(second)
    db.session.flush()
    second.job_id = enqueue(
        carry_out_second, key=f"rounds.second.{second.id}", second_round_id=second.id
    ).id
    db.session.flush()
    return second


def _failed(error: str, second_round_id: int) -> None:
    second = db.session.get_one(SecondRound, second_round_id)
    if second.status not in _GOING:
        return
    SECOND_ROUND_WORKFLOW.advance(
        second,
        "fail",
        actor=None,
        reason=error,
        values={"error": error, "finished_at": clock.now()},
    )


@job("rounds.second", on_failure=_failed)
def carry_out_second(job_run: JobRun, second_round_id: int) -> None:
    """Compute a second round from the snapshot and the standing, and store it whole."""
    with job_run.store():
        second = db.session.get_one(SecondRound, second_round_id)
        SECOND_ROUND_WORKFLOW.advance(second, "start", actor=None)
    with transaction(write=False):
        second = db.session.get_one(SecondRound, second_round_id)
        arguments = _arguments(second)
    # stored in English, translated where it is shown; see running.carry_out
    job_run.progress(0.1, _("Giving the free seats, and proving the result."))
    outcome = job_run.compute(compute_second, *arguments)
    job_run.progress(0.9, _("Storing the result."))
    with job_run.store():
        store_second(db.session.get_one(SecondRound, second_round_id), outcome)


def _arguments(second: SecondRound) -> tuple[str, str, str, str]:
    run = second.round.published_run
    assert run is not None
    assert second.round.snapshot is not None
    return second.round.snapshot, second.standing, run.policy, run.seed


def store_second(second: SecondRound, outcome: Outcome) -> None:
    """Write what a computation found. Raises Conflict when it has been stored before."""
    call = second.round.call
    offers, applications = queries.offer_ids(call), queries.application_ids(call)
    found = {
        name: outcome[name] for name in ("stats", "certificate", "prices", "engine", "seconds")
    }
    SECOND_ROUND_WORKFLOW.advance(
        second, "finish", actor=None, values={**found, "finished_at": clock.now()}
    )
    rows = [
        {
            "second_round_id": second.id,
            "application_id": applications[row["pseudonym"]],
            "held_rank": row["held_rank"],
            "offer_id": None if row["code"] is None else offers[row["code"]],
            "rank": row["rank"],
        }
        for row in outcome["rows"]
    ]
    if rows:
        db.session.execute(insert(SecondRow), rows)


def publish_second_round(second: SecondRound, actor: Any) -> None:
    """Give the places of a second round and tell everybody who was in it, all at one instant.

    Raises Conflict where anything has changed since it was asked for: then it is asked for anew.
    """
    round_ = queries.locked_round(second.round_id)
    if second.status is not SecondRoundStatus.DONE:
        raise Conflict(_("Only a second round that is computed can be published."))
    if why := why_no_second_round(round_):
        raise Conflict(why)
    offers = hold_seats(offer.id for offer in queries.offers_by_code(round_.call).values())
    now = write_standing(round_)
    if digest_of(second.standing) != second.standing_hash or not same_people(second.standing, now):
        raise Conflict(
            _(
                "Something has changed since the second round was computed: an answer, a placement "
                "or a seat. Compute it again."
            )
        )
    rows = queries.second_rows(second)
    _check_again(second, rows, now)
    SECOND_ROUND_WORKFLOW.advance(
        second, "publish", actor=actor, values={"published_at": clock.now()}
    )
    run = round_.published_run
    assert run is not None
    second.file = second_file_of(second, run, queries.seeds(round_.call), rows)
    second.file_digest = digest_in(second.file)
    _give(round_, rows, actor)
    check_seats(offers.values())
    look_for_seats(round_.call)
    db.session.flush()


def _check_again(second: SecondRound, rows: Sequence[SecondRow], standing: str) -> None:
    """Check the stored rows against how things stand now, other calls of the year included."""
    assert second.round.snapshot is not None
    plain: list[Row] = [
        {
            "pseudonym": row.application.pseudonym,
            "held_rank": row.held_rank,
            "code": row.offer.code_in_round if row.offer else None,
            "rank": row.rank,
        }
        for row in rows
    ]
    try:
        check_rows(Standing(Inputs(second.round.snapshot), standing), plain)
    except NotFeasible as error:
        raise Conflict(
            _("The stored result does not hold: %(why)s. Run again.", why=error)
        ) from error


def _give(round_: Round, rows: Sequence[SecondRow], actor: Any) -> None:
    held = queries.placements_by_pseudonym(round_.call)
    answer_until = clock.now() + timedelta(days=round_.call.answer_days)
    for row in rows:
        application = row.application
        placement = held.get(application.pseudonym)
        if row.offer is None or row.rank is None:
            queue_letter(application.applicant, letters.second_without, row)
        elif placement is None:
            given = place(
                application, row.offer, row.rank, answer_until, actor, Origin.SECOND_ROUND
            )
            queue_letter(application.applicant, letters.vacated_place, given)
        elif row.rank < placement.rank:
            move_up(placement, row.offer, row.rank, actor, Origin.SECOND_ROUND)
        else:
            queue_letter(application.applicant, letters.second_kept, row)
    await_answers(answer_until)
