"""What happens to applications at a time: people are reminded before the deadline of a call."""

from datetime import timedelta

from .. import clock
from ..db import db
from ..jobs import JobRun, enqueue, job
from ..offers.models import CALL_WORKFLOW, Call, CallStatus
from . import queries, services


@job("applications.remind")
def remind_before_deadline(run: JobRun, call_id: int) -> None:
    """Remind everybody in a call whose application is not complete."""
    with run.store():
        services.remind_applicants(db.session.get_one(Call, call_id))


@CALL_WORKFLOW.then("announce")
@CALL_WORKFLOW.then("amend")
def await_deadline(call: Call) -> None:
    """Set the reminders before the deadline; a deadline that was moved gets its own.

    Those set for the former one find that nothing is due.
    """
    if call.status is not CallStatus.ANNOUNCED:
        return
    for ahead in services.REMINDERS:
        at = call.closes_at - ahead
        if at > clock.now():
            key = f"applications.remind:{call.id}:{at.isoformat()}"
            enqueue(remind_before_deadline, at=at, key=key, call_id=call.id)


@job("applications.await-deadlines", every=timedelta(hours=12))
def await_deadlines(run: JobRun) -> None:
    """Set the reminders of calls that were announced before there were any."""
    with run.store():
        for call in queries.calls_before_deadline():
            await_deadline(call)
