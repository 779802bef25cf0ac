"""A round is published: once, whole, and only as it was computed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.jobs import run_due_jobs
from mobility.placements.models import Placement, PlacementStatus
from mobility.rounds import services
from mobility.rounds.models import (
    ROUND_WORKFLOW,
    Round,
    RoundStatus,
)

from .scenes import computed, finish, frozen, published, scene


def test_publication_makes_the_placements_and_writes_to_everybody(app, write, mailbox):
    at = scene()
    run = computed(at)
    with write():
        before = clock.now()
        services.publish_run(run, at.admin)
    placements = db.session.scalars(select(Placement).order_by(Placement.id)).all()
    assert [(p.application.applicant.name, p.offer.code, p.rank) for p in placements] == [
        ("Ayan", "A", 1),
        ("Bota", "B", 2),
    ]
    assert {p.status for p in placements} == {PlacementStatus.OFFERED}
    span = placements[0].answer_until - before
    assert timedelta(days=7) <= span < timedelta(days=7, minutes=1)
    assert run.round.status is RoundStatus.PUBLISHED
    assert {(row.application.applicant.name, row.placement_id is not None) for row in run.rows} == {
        ("Ayan", True),
        ("Bota", True),
        ("Chingiz", False),
        ("Dana", False),
    }
    subjects = {
        mail.recipient: mail.subject for mail in mailbox() if "are frozen" not in mail.subject
    }
    assert subjects == {
        at.ayan.applicant.email: f"You have a place: {at.a.title}",
        at.bota.applicant.email: f"You have a place: {at.b.title}",
        at.chingiz.applicant.email: "The results of “Internships”: no place this time",
        at.dana.applicant.email: "The results of “Internships”: no place this time",
    }


def test_a_round_is_published_once(app, write):
    at = scene()
    run = published(at)
    with pytest.raises(Conflict, match="published already"), write():
        services.publish_run(run, at.admin)
    with pytest.raises(Conflict, match="published"), write():
        services.request_run(run.round, at.admin)
    with pytest.raises(Conflict), write():
        services.thaw_round(run.round, at.admin, "too late")
    assert db.session.scalar(select(func.count(Placement.id))) == 2


def test_only_a_finished_run_is_published(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    with pytest.raises(Conflict, match="finished"), write():
        services.publish_run(run, at.admin)


def test_a_touched_snapshot_is_not_published(app, write):
    at = scene()
    run = computed(at)
    with write():
        run.round.snapshot = run.round.snapshot.replace('"scores":[90.0', '"scores":[99.0')
    with pytest.raises(Conflict, match="other inputs"), write():
        services.publish_run(run, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 0


def test_touched_rows_are_not_published(app, write):
    at = scene()
    run = computed(at)
    with write():
        rows = {row.application.applicant.name: row for row in run.rows}
        rows["Chingiz"].offer, rows["Chingiz"].rank, rows["Chingiz"].reason = at.a, 1, None
    with pytest.raises(Conflict, match="does not hold"), write():
        services.publish_run(run, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 0


def test_swapped_rows_lose_their_proof(app, write):
    """Bota at A and Ayan at B is allowed, but not the best: scores say the other way round."""
    at = scene()
    run = computed(at)
    with write():
        rows = {row.application.applicant.name: row for row in run.rows}
        rows["Ayan"].offer, rows["Ayan"].rank = at.b, 2
        rows["Bota"].offer, rows["Bota"].rank = at.a, 1
    with pytest.raises(Conflict, match="proof does not hold"), write():
        services.publish_run(run, at.admin)


def test_an_application_changed_after_the_freeze_stops_publication(app, write):
    at = scene()
    run = computed(at)
    with write():
        at.ayan.status = ApplicationStatus.WITHDRAWN
    with pytest.raises(Conflict, match="1 application has been changed"), write():
        services.publish_run(run, at.admin)


def test_silence_lapses_when_the_answer_time_is_over(app, write, mailbox):
    at = scene()
    run = published(at)
    run_due_jobs()
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        run_due_jobs()
    db.session.expire_all()
    assert {row.placement.status for row in run.rows if row.placement} == {PlacementStatus.LAPSED}
    assert [mail.subject for mail in mailbox()][-2:] == [
        f"Your place at {at.a.title} has lapsed",
        f"Your place at {at.b.title} has lapsed",
    ]


ROUND_STEPS = {
    ("open", "freeze"): "frozen",
    ("frozen", "thaw"): "open",
    ("frozen", "publish"): "published",
}


@pytest.mark.parametrize("action", ROUND_WORKFLOW.steps)
@pytest.mark.parametrize("status", RoundStatus)
def test_round_workflow(status, action):
    allowed = ROUND_WORKFLOW.allows(Round(status=status), action)
    assert allowed == ((status.value, action) in ROUND_STEPS)
    if allowed:
        assert ROUND_WORKFLOW.steps[action][1].value == ROUND_STEPS[status.value, action]


def test_only_a_run_of_the_frozen_policy_is_published(app):
    at = scene()
    round_ = frozen(at)
    with transaction():
        run = services.request_run(round_, at.admin, policy="serial_dictatorship")
    finish(run)
    with transaction(), pytest.raises(Conflict, match="a comparison only"):
        services.publish_run(run, at.admin)
