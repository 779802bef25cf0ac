"""A run of a frozen round: asked for, solved in a child process, stored whole; or cancelled."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...db import db, insert_rows, transaction
from ...errors import Conflict, Invalid
from ...i18n import moment_text
from ...jobs import JobRun, cancel, enqueue, job
from ...offers.models import POLICIES
from .. import queries
from ..computing.runs import Outcome, Row, compute
from ..computing.told import nothing_missed
from ..figures import comparison
from ..models import (
    ACTIVE,
    LIMIT_SECONDS,
    RUN_WORKFLOW,
    Round,
    RoundStatus,
    Run,
    RunRow,
    UnplacedReason,
)
from .explaining import explain_later

ROWS_AT_ONCE = 1_000


def request_run(
    round_: Round,
    actor: Any,
    *,
    policy: str | None = None,
    limit_seconds: int = LIMIT_SECONDS,
) -> Run:
    """Queue a computation of the frozen round, with the lottery that was drawn for it.

    Without a policy it is the one that the call's frozen rules name; another is a comparison.
    """
    policy = policy or round_.call.policy
    if policy not in POLICIES:
        raise Invalid(_("There is no policy “%(policy)s”.", policy=policy), "policy")
    round_ = queries.locked_round(round_.id)
    if round_.status is not RoundStatus.FROZEN:
        raise Conflict(
            _(
                "Runs need frozen inputs: the round is “%(state)s”.",
                state=round_.status.label,
            )
        )
    if any(run.status in ACTIVE and run.policy == policy for run in round_.runs):
        raise Conflict(_("A run by this rule is being computed already."))
    if round_.seed is None:
        assert round_.reveal_at is not None
        raise Conflict(
            _(
                "The lottery is not drawn yet: all seeds are revealed on %(moment)s.",
                moment=moment_text(round_.reveal_at),
            )
        )
    assert round_.snapshot_hash is not None
    run = Run(
        round=round_,
        policy=policy,
        seed=round_.seed,
        snapshot_hash=round_.snapshot_hash,
        limit_seconds=limit_seconds,
        requested_by=actor,
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    run.job_id = enqueue(carry_out, key=f"rounds.run.{run.id}", run_id=run.id).id
    db.session.flush()
    return run


def request_runs(
    round_: Round, actor: Any, policies: Sequence[str], *, limit_seconds: int = LIMIT_SECONDS
) -> list[Run]:
    """Queue a computation by each of several policies, all on the one snapshot."""
    if not policies:
        raise Invalid(_("Choose at least one rule."), "policies")
    return [
        request_run(round_, actor, policy=policy, limit_seconds=limit_seconds)
        for policy in dict.fromkeys(policies)
    ]


def cancel_run(run: Run, actor: Any) -> None:
    """Stop a run that waits or is being computed; nothing of it is stored."""
    queries.locked_round(run.round_id)
    RUN_WORKFLOW.advance(run, "cancel", actor=actor, values={"finished_at": clock.now()})
    if run.job is not None:
        cancel(run.job)
    db.session.flush()


def _failed(error: str, run_id: int) -> None:
    run = db.session.get_one(Run, run_id)
    if run.status not in ACTIVE:
        return
    values = {"error": error, "finished_at": clock.now()}
    RUN_WORKFLOW.advance(run, "fail", actor=None, reason=error, values=values)


@job("rounds.run", on_failure=_failed)
def carry_out(job_run: JobRun, run_id: int) -> None:
    """Solve one run. It reads the snapshot alone; what it found is stored in one transaction."""
    with job_run.store():
        run = db.session.get_one(Run, run_id)
        RUN_WORKFLOW.advance(run, "start", actor=None)
    with transaction(write=False):
        run = db.session.get_one(Run, run_id)
        snapshot, policy, seed = run.round.snapshot, run.policy, run.seed
        limit = run.limit_seconds
    assert snapshot is not None
    # The worker speaks English, so the note is stored in English and translated where it is shown.
    job_run.progress(0.1, _("Finding the best assignment and its proof."))
    outcome = job_run.compute(compute, snapshot, policy, seed, within=limit)
    job_run.progress(0.9, _("Storing the result."))
    with job_run.store():
        store_outcome(db.session.get_one(Run, run_id), outcome)


def store_outcome(run: Run, outcome: Outcome) -> None:
    """Write what a computation found. Raises Conflict when the run has been stored before."""
    call = run.round.call
    several = call.gives_several
    offers, applications = queries.offer_ids(call), queries.application_ids(call)
    found = {
        "stats": outcome["stats"],
        "certificate": outcome["certificate"],
        "prices": outcome["prices"],
        "engine": outcome["engine"],
        "seconds": outcome["seconds"],
        "finished_at": clock.now(),
    }
    RUN_WORKFLOW.advance(run, "finish", actor=None, values=found)
    table: Any = RunRow.__table__
    # In the order of the ids: an index that grows at its end takes less time.
    rows = sorted(outcome["rows"], key=lambda row: applications[row["pseudonym"]])
    for some in _slices(rows):
        insert_rows(
            table,
            ("run_id", "application_id", "part", "offer_id", "rank", "reason", "told"),
            [
                (
                    run.id,
                    applications[row["pseudonym"]],
                    row["part"],
                    None if row["code"] is None else offers[row["code"]],
                    row["rank"],
                    row["reason"],
                    nothing_missed(row["rank"]) if _has_all(row, several) else None,
                )
                for row in some
            ],
        )
    run.stats = {**outcome["stats"], **comparison.figures(run)}
    if run.policy == run.round.call.policy:  # another is a comparison and tells nobody anything
        explain_later(run)


def _slices(rows: list[Row]) -> Iterator[list[Row]]:
    """So few at once that pages of the same process hardly wait."""
    for at in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[at : at + ROWS_AT_ONCE]


def _has_all(row: Row, several: bool) -> bool:
    """Whether there is nothing that the person would rather have, or that claims could say.

    Of several courses the facts are told: seats, timetable, credits.
    """
    return (
        several
        or row["rank"] == 1
        or row["pre_placed"]
        or row["reason"] == UnplacedReason.NO_CHOICES.value
    )
