"""Everybody who has applied is told when the rules of their call change."""

import pytest

from mobility.applications.models import ApplicationStatus
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.offers.services import edit_call, edit_offer
from mobility.rounds import queries

from .scenes import Scene


@pytest.fixture
def at(app, write):
    """Four people in an open call: one has not submitted, one has withdrawn."""
    with write():
        at = Scene(closed=False)
        at.chingiz.status = ApplicationStatus.DRAFT
        at.dana.status = ApplicationStatus.WITHDRAWN
    return at


def _letters(mailbox, subject):
    return {mail.recipient: mail for mail in mailbox() if subject in mail.subject}


def test_who_has_applied_reads_what_changed_and_why(at, write, mailbox):
    with write():
        edit_call(
            at.call,
            at.admin,
            reason="The partners agreed.",
            vacated=VacatedSeats.NONE,
            vacated_until=None,
        )
        edit_call(at.call, at.admin, reason="Also this.", appeal_days=3)
    run_due_jobs()
    letters = _letters(mailbox, "have changed")
    assert set(letters) == {at.ayan.applicant.email, at.bota.applicant.email}
    text = letters[at.ayan.applicant.email].text
    assert "Declined seats: a second round gives them → they stay empty" in text
    assert "Reason: The partners agreed." in text
    assert "Days to appeal: 7 → 3" in text
    with write():
        assert queries.untold_changes(at.call) == []


def test_the_minimum_of_a_place_names_the_place(at, write, mailbox):
    with write():
        edit_offer(at.a, at.admin, reason="Too few desks.", min_seats=1, hours_per_week=20)
    run_due_jobs()
    letters = _letters(mailbox, "have changed")
    assert at.a.title in letters[at.bota.applicant.email].text


def test_nobody_is_told_twice_nor_of_what_is_no_rule(at, write, mailbox):
    with write():
        edit_call(at.call, at.admin, reason="A better title.", title_en="Stays in Chelyabinsk")
    run_due_jobs()
    assert not _letters(mailbox, "have changed")
    with write():
        edit_call(at.call, at.admin, reason="The holidays.", appeal_days=10)
    run_due_jobs()
    run_due_jobs()
    assert len([mail for mail in mailbox() if "have changed" in mail.subject]) == 2
