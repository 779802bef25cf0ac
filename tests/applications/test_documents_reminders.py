"""Reminders before the deadline: who is written to, when, and once each time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.applications.models import (
    Application,
    ApplicationStatus,
    DocumentKind,
    DocumentStatus,
)
from mobility.applications.services import remind_applicants
from mobility.db import db
from mobility.jobs import Job, plan_recurring, run_due_jobs
from mobility.offers.models import CallStatus
from mobility.offers.services import announce_call, edit_call

from .. import factories

S, K = ApplicationStatus, DocumentKind
DAY = timedelta(days=1)


@pytest.fixture
def remind(scene, write):
    """Remind at so long before the deadline; how many were written to."""

    def at(before: timedelta) -> int:
        with clock.at(scene.call.closes_at - before), write():
            return remind_applicants(scene.call)

    return at


def test_who_is_written_to(scene, many, remind, write, mailbox):
    with write():
        factories.asked(scene.call)
        whole = factories.application(factories.student(scene.home), scene.call, scene.offers[:1])
        factories.document(whole)
        refused = factories.application(factories.student(scene.home), scene.call, scene.offers[:1])
        factories.document(refused, status=DocumentStatus.REJECTED)
        drafted = factories.application(
            factories.student(scene.home), scene.call, scene.offers[:1], status=S.DRAFT
        )
        factories.document(drafted)
        elsewhere = factories.application(
            factories.student(scene.home), factories.call(), status=S.DRAFT
        )
        lacking = [many[S.DRAFT], many[S.SUBMITTED], many[S.RETURNED], refused, drafted]
        addresses = {one.applicant.email for one in lacking}
        assert elsewhere.applicant.email not in addresses
    assert remind(3 * DAY) == 5
    letters = mailbox()
    assert {mail.recipient for mail in letters} == addresses
    said = {mail.recipient: " ".join(mail.text.split()) for mail in letters}
    with write():
        draft = said[db.session.get_one(Application, many[S.DRAFT].id).applicant.email]
        complete = said[db.session.get_one(Application, drafted.id).applicant.email]
        rejected = said[db.session.get_one(Application, refused.id).applicant.email]
    assert "is a draft" in draft
    assert "– transcript of records: not uploaded" in draft
    assert "lacking" not in complete
    assert "– transcript of records: rejected, to be replaced" in rejected


def test_each_reminder_is_sent_once(scene, many, remind, mailbox):
    assert [remind(before) for before in (4 * DAY, 3 * DAY, 2 * DAY, DAY, DAY / 2)] == [
        0, 1, 0, 1, 0,
    ]  # fmt: skip
    assert len(mailbox()) == 2


def test_missed_reminders_are_one(many, remind, mailbox):
    assert [remind(DAY / 2), remind(DAY / 4)] == [1, 0]
    assert len(mailbox()) == 1


def test_after_the_deadline_nobody_is_reminded(many, remind):
    assert remind(-DAY / 24) == 0


def test_a_deadline_that_moves_brings_its_reminders(scene, many, remind, write):
    assert remind(3 * DAY) == 1
    with write():
        scene.call.closes_at += 5 * DAY
        scene.call.mending_until += 5 * DAY
    assert [remind(4 * DAY), remind(3 * DAY)] == [0, 1]


def test_a_reminder_leaves_the_version_alone(scene, many, remind, write):
    version = db.session.get_one(Application, many[S.DRAFT].id).version
    remind(DAY)
    db.session.expire_all()
    assert db.session.get_one(Application, many[S.DRAFT].id).version == version


@pytest.mark.parametrize("people", [1, 3])
def test_reminders_ask_for_documents_once_for_all(scene, write, remind, count_queries, people):
    with write():
        factories.asked(scene.call)
        for _ in range(people):
            person = factories.student(scene.home)
            factories.application(person, scene.call, status=S.DRAFT)
    with count_queries() as statements:
        assert remind(DAY) == people
    read = [one for one in statements if "FROM document" in one or "FROM asked_document" in one]
    assert len(read) == 2


def due() -> list:
    db.session.rollback()
    found = select(Job).where(Job.name == "applications.remind").order_by(Job.due_at)
    return [job.due_at for job in db.session.scalars(found)]


def test_announcing_sets_the_reminders_and_they_are_carried(app, scene, write, mailbox):
    with write():
        call = factories.call(status=CallStatus.DRAFT, rules_en="Be kind.")
        announce_call(call, scene.admin)
        person = factories.student(scene.home)
        factories.application(person, call, status=S.DRAFT)
        closes_at = call.closes_at
    assert due() == [closes_at - 3 * DAY, closes_at - DAY]
    run_due_jobs()
    assert [mail.recipient for mail in mailbox()] == []
    with clock.at(closes_at - 3 * DAY):
        run_due_jobs()
    with clock.at(closes_at - DAY):
        run_due_jobs()
        run_due_jobs()
    assert len(mailbox()) == 2


def test_a_changed_call_sets_each_reminder_once(app, scene, write):
    with write():
        call = factories.call(status=CallStatus.DRAFT, rules_en="Be kind.")
        announce_call(call, scene.admin)
        first = call.closes_at
        edit_call(call, scene.admin, reason="A typo.", title_en="Another title")
        edit_call(
            call,
            scene.admin,
            reason="More time.",
            closes_at=first + DAY,
            mending_until=first + 5 * DAY,
        )
    assert due() == [first - 3 * DAY, first - 2 * DAY, first - DAY, first]


def test_a_call_that_closes_within_a_day_sets_none(app, scene, write):
    with write():
        call = factories.call(
            status=CallStatus.DRAFT, rules_en="Be kind.", closes_at=clock.now() + DAY / 2
        )
        announce_call(call, scene.admin)
    assert due() == []


def test_calls_announced_before_there_were_reminders_get_theirs(app, scene):
    closes_at = scene.call.closes_at
    db.session.rollback()
    plan_recurring()
    run_due_jobs()
    with clock.at(clock.now() + DAY):
        run_due_jobs()
    assert due() == [closes_at - 3 * DAY, closes_at - DAY]
