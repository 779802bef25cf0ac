"""People whose application is not complete are written to: before a deadline, or by hand."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from ... import clock
from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict
from ...i18n import moment_text
from ...mail import queue_letter
from ...offers.models import Call, Phase
from .. import letters
from ..models import Application, ApplicationStatus
from ..queries import applications_to_remind, lacking
from .holding import frozen, hold

REMINDERS = (timedelta(days=3), timedelta(days=1))
"""How long before the deadline a reminder goes out."""
PATIENCE = timedelta(days=1)
"""How long after a letter nobody is reminded by hand."""


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


def remind_application(application: Application, actor: User) -> None:
    """Write to the applicant by hand; Conflict where that makes no sense, or twice a day."""
    hold(application)
    if why := why_not_reminded(application):
        raise Conflict(why)
    record("application.remind", application, actor=actor)
    queue_letter(application.applicant, letters.still_waiting, application)
    _note([application])


def why_not_reminded(application: Application) -> str | None:
    """Why an applicant is not reminded by hand now; None where they can be."""
    call, status = application.call, application.status
    if application.locked_at is not None:
        return frozen()
    if status not in {ApplicationStatus.DRAFT, ApplicationStatus.RETURNED}:
        return _("This is not possible now: the present state is “%(state)s”.", state=status.label)
    if status is ApplicationStatus.DRAFT and call.phase is not Phase.OPEN:
        return _("The call is not open.")
    if call.phase in {Phase.CANCELLED, Phase.DRAFT}:
        return _("The call is not open.")
    if status is ApplicationStatus.RETURNED and clock.now() >= call.mending_until:
        return _(
            "The time for mending ended on %(moment)s: approve or reject.",
            moment=moment_text(call.mending_until),
        )
    if not application.applicant.is_active:
        return _("The account of this person is switched off.")
    last = application.reminded_at
    if last is not None and clock.now() - last < PATIENCE:
        return _("Was written to on %(moment)s; once a day is enough.", moment=moment_text(last))
    return None


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
