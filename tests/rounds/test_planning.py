"""Publication at a set time: planned, moved, cancelled, carried late, refused."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mobility import audit, clock
from mobility.applications.models import ApplicationStatus
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.jobs import run_due_jobs
from mobility.placements.models import Placement
from mobility.rounds import queries, services
from mobility.rounds.models import PlannedPublication, RoundStatus, Run

from .scenes import computed, scene

HOUR = timedelta(hours=1)


def planned(at, write, hours: int = 2) -> Run:
    run = computed(at)
    run_due_jobs()  # the letters of the freezing, the reasons of the run
    with write():
        services.plan_publication(run, at.admin, clock.now() + hours * HOUR)
    return run


def placements() -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count(Placement.id)))


def plans() -> int:
    return db.session.scalar(select(func.count()).select_from(PlannedPublication))


def test_what_is_planned_is_published_at_its_time_and_not_before(app, write, mailbox):
    at = scene()
    run = planned(at, write)
    letters = len(mailbox())
    run_due_jobs()
    with clock.at(clock.now() + HOUR):
        run_due_jobs()
    assert (placements(), len(mailbox())) == (0, letters)
    with clock.at(clock.now() + 2 * HOUR):
        moment = clock.now()
        run_due_jobs()
    assert placements() == 2
    assert (run.round.status, run.published) == (RoundStatus.PUBLISHED, True)
    assert run.round.published_at >= moment
    assert len(mailbox()) == letters + 4
    with write():
        assert queries.plan_of(run.round) is None
        deeds = [(event.action, event.actor_id) for event in audit.history(run.round)]
    assert deeds[-2:] == [("round.plan", at.admin.id), ("round.publish", at.admin.id)]


def test_what_was_due_while_the_service_was_down_is_published_at_its_start(app, write):
    at = scene()
    planned(at, write)
    with clock.at(clock.now() + timedelta(days=3)):
        run_due_jobs()
    assert placements() == 2


def test_another_time_takes_the_place_of_the_first(app, write):
    at = scene()
    run = planned(at, write)
    with write():
        services.plan_publication(run, at.admin, clock.now() + 5 * HOUR)
    with clock.at(clock.now() + 3 * HOUR):
        run_due_jobs()
    assert placements() == 0
    with clock.at(clock.now() + 5 * HOUR):
        run_due_jobs()
    assert placements() == 2


def test_an_earlier_time_is_kept_too(app, write):
    at = scene()
    run = planned(at, write)
    with write():
        services.plan_publication(run, at.admin, clock.now() + HOUR)
    with clock.at(clock.now() + HOUR):
        run_due_jobs()
    assert placements() == 2


def test_what_is_cancelled_is_not_published(app, write):
    at = scene()
    run = planned(at, write)
    with write():
        services.cancel_plan(run.round, at.admin)
    with clock.at(clock.now() + 3 * HOUR):
        run_due_jobs()
    assert placements() == 0
    with pytest.raises(Conflict, match="No publication is planned"), write():
        services.cancel_plan(run.round, at.admin)


def test_publishing_by_hand_and_thawing_end_the_plan(app, write):
    at = scene()
    run = planned(at, write)
    with write():
        services.thaw_round(run.round, at.admin, "A wrong score.")
    assert plans() == 0
    with clock.at(clock.now() + 3 * HOUR):
        run_due_jobs()
    assert placements() == 0

    with write():
        services.freeze_round(run.round, at.admin)
    with pytest.raises(Conflict, match="other inputs"), write():
        services.plan_publication(run, at.admin, clock.now() + HOUR)


def test_publishing_by_hand_ends_the_plan(app, write):
    at = scene()
    run = planned(at, write)
    with write():
        services.publish_run(run, at.admin)
    assert plans() == 0
    with clock.at(clock.now() + 3 * HOUR):
        run_due_jobs()
    assert placements() == 2


@pytest.mark.parametrize("at_", [None, -HOUR])
def test_a_time_has_to_come(app, write, at_):
    at = scene()
    run = computed(at)
    with pytest.raises(Invalid), write():
        services.plan_publication(run, at.admin, at_ and clock.now() + at_)


def test_only_what_could_be_published_is_planned(app, write):
    at = scene()
    run = computed(at)
    with write():
        other = services.request_run(run.round, at.admin, policy="rank_maximal")
    with pytest.raises(Conflict, match="finished"), write():
        services.plan_publication(other, at.admin, clock.now() + HOUR)


def test_what_cannot_be_published_any_more_is_refused_and_the_admin_is_told(app, write, mailbox):
    at = scene()
    run = planned(at, write)
    letters = len(mailbox())
    with write():
        at.ayan.status = ApplicationStatus.WITHDRAWN
    with clock.at(clock.now() + 2 * HOUR):
        run_due_jobs()
    assert placements() == 0
    assert run.round.status is RoundStatus.FROZEN
    (mail,) = mailbox()[letters:]
    assert (mail.recipient, mail.subject) == (
        at.admin.email,
        "The results of “Internships” were not published",
    )
    assert "1 application has been changed since the inputs were frozen" in mail.text
    with clock.at(clock.now() + 9 * HOUR):
        run_due_jobs()
    assert len(mailbox()) == letters + 1
    with write():
        assert "has been changed" in queries.plan_of(run.round).refused
        at.ayan.status = ApplicationStatus.APPROVED
        services.plan_publication(run, at.admin, clock.now() + HOUR)
    with clock.at(clock.now() + HOUR):
        run_due_jobs()
    assert placements() == 2


def test_a_failure_of_the_job_is_told_too(app, write, mailbox):
    """Nothing that is published: the stored proof has no form that could be read."""
    at = scene()
    run = planned(at, write)
    letters = len(mailbox())
    with write():
        run.prices = {"values": None}
    with clock.at(clock.now() + 2 * HOUR):
        run_due_jobs()
    assert placements() == 0
    assert [mail.subject for mail in mailbox()[letters:]] == [
        "The results of “Internships” were not published"
    ]


def test_an_admin_sets_moves_and_cancels_the_time_in_the_cockpit(app, write, visitor):
    at = scene()
    run = computed(at)
    admin = visitor(at.admin)
    page = f"/runs/{run.id}"
    cockpit = f"/calls/{at.call.id}/round"
    assert "Or publish at a set time" in admin.read(page)
    answer = admin.post(f"{page}/plan", data={"at": ""})
    assert (answer.status_code, "Give a day and a time" in answer.text) == (422, True)
    answer = admin.post(f"{page}/plan", data={"at": "2001-01-01T10:00"})
    assert (answer.status_code, "This time has passed" in answer.text) == (422, True)
    assert 'value="2001-01-01T10:00"' in answer.text

    for far, why in (
        (timedelta(days=91), "This is more than 90 days ahead."),
        (timedelta(days=61), "In this call declined seats are given until"),
    ):
        answer = admin.post(f"{page}/plan", data={"at": f"{clock.now() + far:%Y-%m-%dT%H:%M}"})
        assert (answer.status_code, answer.text.count(why)) == (422, 2)  # summary and field

    moment = (clock.now() + timedelta(days=30)).astimezone(ZoneInfo(at.admin.timezone))
    told_as = f"{moment.day} {moment:%B %Y, %H:%M} (Almaty)"
    answer = admin.post(f"{page}/plan", data={"at": f"{moment:%Y-%m-%dT%H:%M}"})
    assert (answer.status_code, answer.location) == (303, cockpit)
    told = admin.read(cockpit)
    assert f"Run {run.id} is published on {told_as}" in told
    assert "Cancel this publication" in told
    assert f"A time of publication was set: {told_as}." in told
    assert f"This run is published on {told_as}" in admin.read(page)
    assert f'value="{moment:%Y-%m-%dT%H:%M}"' in admin.get(page).text

    assert admin.post(f"{cockpit}/plan/cancel").status_code == 303
    page = admin.read(cockpit)
    assert "Cancel this publication" not in page
    assert f"The publication planned for {told_as} was cancelled." in page
    assert plans() == 0
