"""Before a deadline: people whose application is not complete are written to."""

from datetime import timedelta

from sqlalchemy import update

from ... import clock
from ...db import db
from ...mail import queue_letter
from ...offers.models import Call, Phase
from .. import letters
from ..models import Application, ApplicationStatus
from ..queries import applications_to_remind, lacking

REMINDERS = (timedelta(days=3), timedelta(days=1))
"""How long before the deadline a reminder goes out."""


def remind_applicants(call: Call) -> int:
    """Write to everybody with a draft, or without a required document, in an open call; how many.

    One letter a person and reminder; one alone, however many were missed while the service was
    down. A deadline that moves brings its reminders with it.
    """
    now = clock.now()
    due = [call.closes_at - ahead for ahead in REMINDERS if call.closes_at - ahead <= now]
    if call.phase is not Phase.OPEN or not due:
        return 0
    waiting = [
        one
        for one in applications_to_remind(call)
        if one.reminded_at is None or one.reminded_at < max(due)
    ]
    lacks = lacking(waiting)
    late = [one for one in waiting if one.status is ApplicationStatus.DRAFT or lacks[one.id]]
    for application in late:
        queue_letter(
            application.applicant, letters.deadline_near, application, lacks[application.id]
        )
    _note(late)
    return len(late)


def _note(reminded: list[Application]) -> None:
    """Without touching the version: nobody who checks an application is disturbed by a letter."""
    for application in reminded:
        db.session.execute(
            update(Application)
            .where(Application.id == application.id)
            .values(reminded_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        db.session.expire(application, ["reminded_at"])
