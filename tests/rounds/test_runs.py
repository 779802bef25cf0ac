"""Runs of a frozen round: what they give, store and refuse."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility import clock, jobs
from mobility.applications.models import ApplicationStatus
from mobility.applications.services import exclude_application
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.jobs import Job, JobStatus, run_due_jobs
from mobility.offers.models import OfferStatus
from mobility.rounds import services
from mobility.rounds.computing.runs import compute
from mobility.rounds.models import (
    RUN_WORKFLOW,
    Run,
    RunRow,
    RunStatus,
)
from mobility.rounds.services.running import store_outcome
from mobility.rounds.snapshot import Inputs

from .scenes import computed, finish, frozen, given, published, scene


def test_a_listed_offer_that_is_withdrawn_has_no_seats(app, write):
    at = scene()
    with write():
        at.a.status = OfferStatus.WITHDRAWN
    run = computed(at)
    assert given(run) == {
        "Ayan": ("B", 2),
        "Bota": ("all_full",),
        "Chingiz": ("no_seats",),
        "Dana": ("no_choices",),
    }


def test_run_places_by_score_and_says_why_not(app, write):
    """Through the real job, with its child process."""
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.DONE
    assert given(run) == {
        "Ayan": ("A", 1),
        "Bota": ("B", 2),
        "Chingiz": ("all_full",),
        "Dana": ("no_choices",),
    }
    assert run.stats["profile"] == [1, 1, 0]
    assert run.stats["reasons"] == {"all_full": 1, "no_choices": 1}
    assert (run.stats["seats"], run.stats["filled"]) == (2, {"A": 1, "B": 1})
    assert (run.certificate["optimal"], run.certificate["proof"]) == (True, "prices")
    assert run.engine.startswith("matching")
    assert run.seconds > 0


def test_run_reads_the_snapshot_and_nothing_else(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        at.ayan.score = 10
        at.b.seats = 0
        run = services.request_run(round_, at.admin)
    finish(run)
    assert given(run)["Ayan"] == ("A", 1)
    assert given(run)["Bota"] == ("B", 2)


def test_all_runs_of_a_round_share_the_draw(app, write):
    at = scene()
    first = computed(at)
    with write():
        second = services.request_run(first.round, at.admin, policy="rank_maximal")
    assert second.seed == first.seed == first.round.seed


@pytest.mark.parametrize("policy", ["serial_dictatorship", "deferred_acceptance"])
def test_another_policy_is_certified_as_what_it_is(app, write, policy):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin, policy=policy)
    finish(run)
    assert (run.certificate["optimal"], run.certificate["proof"]) == (False, "policy")
    assert given(run)["Ayan"] == ("A", 1)


def test_request_refuses_what_cannot_run(app, write):
    at = scene()
    with write():
        round_ = services.open_round(at.call, at.admin)
    with pytest.raises(Conflict, match="in preparation"), write():
        services.request_run(round_, at.admin)
    with pytest.raises(Invalid, match="no policy"), write():
        services.request_run(round_, at.admin, policy="astrology")


def test_one_run_by_a_rule_at_a_time(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        services.request_run(round_, at.admin)
        services.request_run(round_, at.admin, policy="rank_maximal")
    with pytest.raises(Conflict, match="already"), write():
        services.request_run(round_, at.admin)


def test_a_run_whose_worker_dies_each_time_is_failed_and_can_be_run_again(app, write):
    at = scene()
    round_ = frozen(at)
    run_due_jobs()  # the letters to the partners
    with write():
        run = services.request_run(round_, at.admin)
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs._claim()
        with write():
            db.session.get_one(Job, run.job_id).lease_until = clock.now() - timedelta(seconds=1)
    run_due_jobs()
    db.session.expire_all()
    assert (run.status, run.error) == (RunStatus.FAILED, "the worker died each time")
    assert db.session.scalar(select(func.count(RunRow.id))) == 0
    with write():
        again = services.request_run(round_, at.admin)
    finish(again)
    assert again.status is RunStatus.DONE


def test_a_broken_snapshot_fails_the_run_with_the_reason(app, write):
    at = scene()
    round_ = frozen(at)
    with write():
        round_.snapshot = round_.snapshot.replace("sapar-round/2", "another/9")
        run = services.request_run(round_, at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert run.status is RunStatus.FAILED
    assert "another/9" in run.error
    assert db.session.get_one(Job, run.job_id).status is JobStatus.FAILED


def test_a_run_taken_over_is_stored_once(app, write):
    at = scene()
    run = computed(at)
    outcome = compute(run.round.snapshot, run.policy, run.seed)
    with pytest.raises(Conflict), write():
        store_outcome(db.session.get_one(Run, run.id), outcome)
    assert db.session.scalar(select(func.count(RunRow.id))) == 4


RUN_STEPS = {
    ("queued", "start"): "running",
    ("running", "start"): "running",
    ("running", "finish"): "done",
    ("queued", "fail"): "failed",
    ("running", "fail"): "failed",
    ("queued", "cancel"): "cancelled",
    ("running", "cancel"): "cancelled",
}


@pytest.mark.parametrize("action", RUN_WORKFLOW.steps)
@pytest.mark.parametrize("status", RunStatus)
def test_run_workflow(status, action):
    allowed = RUN_WORKFLOW.allows(Run(status=status), action)
    assert allowed == ((status.value, action) in RUN_STEPS)
    if allowed:
        assert RUN_WORKFLOW.steps[action][1].value == RUN_STEPS[status.value, action]


def test_of_two_alike_the_luckier_gets_the_better_place(app, write):
    at = scene()
    with write():
        at.bota.score = at.ayan.score
    run = computed(at)
    inputs = Inputs(run.round.snapshot)
    numbers = dict(zip(inputs.pseudonyms, inputs.numbers(run.seed), strict=True))
    first = max(["aaaa", "bbbb"], key=numbers.__getitem__)
    got = given(run)
    assert got["Ayan" if first == "aaaa" else "Bota"] == ("A", 1)
    assert got["Bota" if first == "aaaa" else "Ayan"] == ("B", 2)


def test_an_excluded_person_takes_no_part_and_is_counted(app, write, visitor):
    at = scene()
    with write():
        at.chingiz.status = ApplicationStatus.RETURNED
        at.chingiz.note = "Mend it."
    with pytest.raises(Conflict, match="not decided"):
        frozen(at)
    with write():
        exclude_application(at.chingiz, "Left the university.", at.admin)
    run = published(at)
    assert set(given(run)) == {"Ayan", "Bota", "Dana"}
    assert Inputs(run.round.snapshot).excluded == 1
    page = visitor(None).read(f"/rounds/{run.round_id}")
    assert "Excluded from the round, with a reason: 1 application." in page
    page = visitor(at.chingiz.applicant).read(f"/applications/{at.chingiz.id}")
    assert "Your application was excluded from the round" in page
    assert "Left the university." in page
