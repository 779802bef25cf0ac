"""Reminders to renew an agreement before its last academic year ends."""

from datetime import date, timedelta

from ... import clock
from ...db import db
from ...mail import queue_letter
from .. import letters
from ..models import Agreement, academic_year_of, first_day_of
from ..queries import agreements_in_last_year, coordinators_of

REMINDERS = (timedelta(days=180), timedelta(days=60))
"""How long before the last day of the last academic year the partners are written to."""


def last_day_of(year: int) -> date:
    """The day on which the academic year `year` ends."""
    return first_day_of(year + 1) - timedelta(days=1)


def remind_of_renewals() -> int:
    """Write to the partners of agreements whose years end soon; to how many agreements.

    Each reminder goes out once. However many were missed while the service was down, one letter
    says it. An agreement to which notice was given ends anyway and is not renewed.
    """
    today = clock.now().date()
    reminded = 0
    for agreement in agreements_in_last_year(academic_year_of(today)):
        due = _past(agreement, today)
        if due <= _told(agreement):
            continue
        agreement.renewal_year, agreement.renewal_reminders = agreement.last_year, due
        for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
            queue_letter(user, letters.renewal, agreement, last_day_of(agreement.last_year or 0))
        reminded += 1
    db.session.flush()
    return reminded


def note_what_is_past(agreement: Agreement) -> None:
    """Leave out reminders of which the day was over when both partners agreed on these years."""
    agreement.renewal_year = agreement.last_year
    agreement.renewal_reminders = _past(agreement, clock.now().date())


def _past(agreement: Agreement, today: date) -> int:
    if agreement.last_year is None:
        return 0
    end = last_day_of(agreement.last_year)
    return sum(end - ahead <= today for ahead in REMINDERS)


def _told(agreement: Agreement) -> int:
    """How many reminders have gone out for the years as they stand."""
    same = agreement.renewal_year == agreement.last_year
    return agreement.renewal_reminders if same else 0
