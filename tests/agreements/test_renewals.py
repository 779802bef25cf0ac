"""Reminders to renew: 180 and 60 days before the last academic year ends, each once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.agreements import services
from mobility.agreements.models import AgreementStatus
from mobility.agreements.queries import this_year
from mobility.agreements.services.renewals import last_day_of
from mobility.db import db
from mobility.jobs import Job, plan_recurring, run_due_jobs
from mobility.mail import Mail

from .. import factories


def on(day: date):
    return clock.at(datetime.combine(day, time(12), UTC))


@pytest.fixture
def end(scene):
    """The last day of the last academic year of the agreement."""
    return last_day_of(scene.agreement.last_year)


def reminders():
    letters = select(Mail).where(Mail.subject.startswith("Its last academic")).order_by(Mail.id)
    return [mail.recipient for mail in db.session.scalars(letters)]


def test_the_last_year_ends_before_the_next_september():
    assert last_day_of(2026) == date(2027, 8, 31)


def test_both_partners_are_reminded_twice_and_never_again(scene, end):
    sent = []
    for ahead in range(200, -3, -1):
        with on(end - timedelta(days=ahead)):
            if services.remind_of_renewals():
                sent.append(ahead)
    assert sent == [180, 60]
    assert reminders() == [scene.a.email, scene.b.email] * 2


def test_one_letter_says_it_when_the_service_was_down_for_both(scene, end):
    with on(end - timedelta(days=20)):
        assert [services.remind_of_renewals() for _ in range(2)] == [1, 0]
    assert len(reminders()) == 2


def test_later_years_are_reminded_of_anew(scene, end):
    with on(end - timedelta(days=100)):
        assert services.remind_of_renewals() == 1
        draft = services.open_version(scene.agreement, scene.a)
        for condition in list(draft.conditions):
            condition.last_year += 1
        scene.conclude(draft)
    later = last_day_of(scene.agreement.last_year)
    assert later > end
    for day, count in ((end, 0), (later - timedelta(days=180), 1), (later - timedelta(days=60), 1)):
        with on(day):
            assert services.remind_of_renewals() == count


def test_what_was_concluded_in_its_last_months_waits_for_the_next_reminder(scene):
    a, b = scene.agreement.partners
    year = this_year()
    with on(last_day_of(year) - timedelta(days=100)):
        short = services.create_agreement(scene.admin, partner_a=a, partner_b=b, title_en="Short")
        values = scene.values(first_year=year, last_year=year)
        services.add_condition(short, scene.admin, **values)
        scene.conclude(short)
        assert services.remind_of_renewals() == 0
    with on(last_day_of(year) - timedelta(days=60)):
        assert services.remind_of_renewals() == 1


@pytest.mark.parametrize("why", ["notice", "terminated", "proposed"])
def test_only_agreements_in_force_without_notice_are_renewed(scene, end, why):
    with on(end - timedelta(days=100)):
        if why == "notice":
            services.give_notice(scene.agreement, scene.a, "Over", end)
        else:
            status = AgreementStatus(why)
            factories.settle(scene.agreement, status)
        assert services.remind_of_renewals() == 0


def test_the_last_of_several_conditions_decides(scene, end):
    scene.condition.last_year -= 1
    db.session.flush()
    with on(end - timedelta(days=365)):
        assert services.remind_of_renewals() == 0
    with on(end - timedelta(days=180)):
        assert services.remind_of_renewals() == 1


def test_the_job_looks_every_day_by_itself(app, made):
    plan_recurring()
    run_due_jobs()
    with db.session.begin_nested():
        [first, later] = db.session.scalars(
            select(Job).where(Job.name == "agreements.renewals").order_by(Job.id)
        )
    assert later.due_at - first.due_at == timedelta(days=1)
