"""The carrying out of a run: the snapshot is solved in a child process and stored whole."""

from flask_babel import gettext as _
from sqlalchemy import insert

from .. import clock
from ..db import db, transaction
from ..jobs import JobRun, job
from . import comparison, queries
from .claims import nothing_missed
from .computation import Outcome, Row, compute
from .explaining import explain_later
from .models import ACTIVE, RUN_WORKFLOW, Run, RunRow, UnplacedReason


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
    call_id = run.round.call_id
    offers, applications = queries.offer_ids(call_id), queries.application_ids(call_id)
    found = {
        "stats": outcome["stats"],
        "certificate": outcome["certificate"],
        "prices": outcome["prices"],
        "engine": outcome["engine"],
        "seconds": outcome["seconds"],
        "finished_at": clock.now(),
    }
    RUN_WORKFLOW.advance(run, "finish", actor=None, values=found)
    rows = [
        {
            "run_id": run.id,
            "application_id": applications[row["pseudonym"]],
            "offer_id": None if row["code"] is None else offers[row["code"]],
            "rank": row["rank"],
            "reason": row["reason"],
            "told": nothing_missed(row["rank"]) if _has_all(row) else None,
        }
        for row in outcome["rows"]
    ]
    if rows:
        db.session.execute(insert(RunRow), rows)
    run.stats = {**outcome["stats"], **comparison.figures(run)}
    if run.policy == run.round.call.policy:  # another is a comparison and tells nobody anything
        explain_later(run)


def _has_all(row: Row) -> bool:
    """Whether there is nothing that the person would rather have."""
    return row["rank"] == 1 or row["reason"] == UnplacedReason.NO_CHOICES.value
