"""Everybody who has applied is written to when the rules of their call change."""

from typing import Final

from ... import clock
from ...db import db
from ...jobs import JobRun, enqueue, job
from ...mail import queue_letters
from ...offers.models import Call
from .. import letters, queries

JOB: Final = "rounds.tell-rule-changes"


def tell_soon(call: Call) -> None:
    """Have those who applied written to, if there is anything that they were not told."""
    db.session.flush()
    if queries.untold_changes(call):
        enqueue(tell_rule_changes, key=f"{JOB}.{call.id}", call_id=call.id)


@job(JOB)
def tell_rule_changes(job_run: JobRun, call_id: int) -> None:
    """Write of all changes that nobody was told of, in one letter to each."""
    with job_run.store():
        call = db.session.get_one(Call, call_id)
        changes = queries.untold_changes(call)
        if not changes:
            return
        queue_letters(
            (application.applicant, letters.rules_changed, application, changes)
            for application in queries.applied(call)
        )
        for change in changes:
            change.told_at = clock.now()
