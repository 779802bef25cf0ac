"""Background work: queued with its cause, carried once, computed in children, taken over."""

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from mobility import children, clock, jobs
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.jobs import Job, JobStatus, enqueue, job, run_due_jobs

carried: list[str] = []


@job("test.carry", on_failure=lambda error, word: carried.append(f"{word} failed: {error}"))
def carry(run, word):
    if word == "bad":
        raise ValueError("no good")
    run.progress(0.5, "half")
    carried.append(word)


@job("test.carry-last", patient=True)
def carry_last(run, word):
    carried.append(word)


@pytest.fixture
def carried_words():
    carried.clear()
    return carried


def test_a_job_starts_after_commit_and_only_then(app, carried_words):
    with pytest.raises(ZeroDivisionError), transaction():
        enqueue(carry, word="lost")
        _ = 1 / 0
    with transaction():
        enqueue(carry, word="kept")
    assert (run_due_jobs(), carried_words) == (1, ["kept"])
    assert db.session.scalar(select(Job.status)) is JobStatus.DONE


def test_a_key_keeps_one_waiting_job(app, carried_words):
    with transaction():
        enqueue(carry, key="one", word="first")
        enqueue(carry, key="one", word="second")
    run_due_jobs()
    assert carried_words == ["first"]


def test_patient_work_lets_the_rest_go_first_also_when_a_worker_left_it(app, carried_words):
    long_ago = clock.now() - timedelta(hours=1)
    with transaction():
        left = enqueue(carry_last, at=long_ago, word="left")
        enqueue(carry_last, at=long_ago, word="patient")
        enqueue(carry, word="urgent")
        left.status, left.attempts, left.lease_until = JobStatus.RUNNING, 1, long_ago
    run_due_jobs()
    assert carried_words == ["urgent", "left", "patient"]


def test_a_job_for_later_waits_for_its_time(app, carried_words):
    later = clock.now() + timedelta(hours=1)
    with transaction():
        enqueue(carry, at=later, word="later")
    assert run_due_jobs() == 0
    with clock.at(later):
        assert run_due_jobs() == 1


def test_a_failing_job_says_why_and_runs_its_handler(app, carried_words):
    with transaction():
        enqueue(carry, word="bad")
    run_due_jobs()
    failed = db.session.scalar(select(Job))
    assert (failed.status, failed.error) == (JobStatus.FAILED, "ValueError: no good")
    assert carried_words == ["bad failed: ValueError: no good"]


def test_a_job_taken_over_cannot_store(app):
    with transaction():
        queued = enqueue(carry, word="slow").id
    first = jobs._claim()
    with transaction():  # its worker died: the lease ran out
        db.session.get_one(Job, queued).lease_until = clock.now() - timedelta(seconds=1)
    second = jobs._claim()
    assert second[0] == first[0] == queued
    assert second[3] != first[3]
    with pytest.raises(jobs.LeaseLost), jobs.JobRun(queued, first[3], 30).store():
        pass
    with jobs.JobRun(queued, second[3], 30).store():
        pass


def test_a_job_that_kills_its_worker_is_given_up(app, carried_words):
    with transaction():
        queued = enqueue(carry, word="deadly").id
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs._claim()
        with transaction():
            db.session.get_one(Job, queued).lease_until = clock.now() - timedelta(seconds=1)
    run_due_jobs()
    assert db.session.get_one(Job, queued).status is JobStatus.FAILED
    assert carried_words == ["deadly failed: the worker died each time"]


def refuse_to_fail(error, word):
    raise Conflict(f"{word} cannot fail")


@job("test.stubborn", on_failure=refuse_to_fail)
def stubborn(run, word):
    raise ValueError(word)


@pytest.mark.parametrize("dies", [False, True])
def test_a_failure_handler_that_fails_does_not_stop_other_jobs(app, carried_words, dies):
    with transaction():
        queued = enqueue(stubborn, word="mule").id
        if dies:
            db.session.get_one(Job, queued).attempts = jobs.MAX_ATTEMPTS
        enqueue(carry, word="next")
    run_due_jobs()
    assert db.session.get_one(Job, queued).status is JobStatus.FAILED
    assert carried_words == ["next"]


@job("test.slow")
def slow(run, word):
    time.sleep(1.5)
    carried.append(f"{word}: {jobs._claim()}")


def test_slow_work_keeps_its_lease(app, carried_words, monkeypatch):
    monkeypatch.setitem(app.config, "JOB_LEASE_SECONDS", 1)
    with transaction():
        enqueue(slow, word="taken over")
    assert (run_due_jobs(), carried_words) == (1, ["taken over: None"])


def _square(value: int) -> int:
    return value * value


def test_computing_happens_in_a_child_process(app):
    with transaction():
        enqueue(carry, word="x")
    job_id, _, _, token = jobs._claim()
    assert jobs.JobRun(job_id, token, 30).compute(_square, 12) == 144


def _loaded(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in sys.modules]


def test_a_child_finds_the_engine_loaded(app):
    """What cannot be loaded beforehand would be loaded by each child, in silence."""
    loaded = children.compute(_loaded, children.PRELOADED, check_wanted=lambda: None)
    assert loaded == children.PRELOADED
    assert "matching.kernel" in loaded


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def test_a_child_that_takes_too_long_is_stopped(app):
    with transaction():
        enqueue(carry, word="x")
    job_id, _, _, token = jobs._claim()
    begun = time.monotonic()
    with pytest.raises(children.TooSlow, match="after 1 seconds"):
        jobs.JobRun(job_id, token, 30).compute(_sleep, 60, within=1)
    assert time.monotonic() - begun < 20


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job("test.mortal")
def _mortal(run: jobs.JobRun) -> None:
    run.compute(_die)


def test_a_job_whose_child_is_killed_begins_again_three_times_at_most(app):
    with transaction():
        job_id = enqueue(_mortal).id
    for attempt in (1, 2, 3):
        assert jobs.run_next_job()
        with transaction():
            left = db.session.get_one(Job, job_id)
            assert (left.status, left.attempts) == (JobStatus.RUNNING, attempt)
            left.lease_until = clock.now() - timedelta(seconds=1)
    assert jobs.run_next_job()
    with transaction(write=False):
        left = db.session.get_one(Job, job_id)
        assert (left.status, left.error) == (JobStatus.FAILED, "the worker died each time")


def test_what_a_cancelled_job_computes_is_stopped_and_never_stored(app, carried_words):
    with transaction():
        queued = enqueue(carry, word="x")
    job_id, _, _, token = jobs._claim()

    def cancel_soon() -> None:
        time.sleep(1)
        with app.app_context(), transaction():
            jobs.cancel(db.session.get_one(Job, queued.id))

    canceller = threading.Thread(target=cancel_soon)
    canceller.start()
    begun = time.monotonic()
    with pytest.raises(jobs.LeaseLost):
        jobs.JobRun(job_id, token, 30).compute(_sleep, 60)
    assert time.monotonic() - begun < 20
    canceller.join()
    with pytest.raises(jobs.LeaseLost), jobs.JobRun(job_id, token, 30).store():
        pass
    db.session.expire_all()
    assert queued.status is JobStatus.CANCELLED
    assert not jobs.run_next_job()


def test_a_lease_runs_from_when_the_job_is_held(app, monkeypatch):
    """However long the lock was waited for: else another would take up what has just begun."""
    with transaction():
        job_id = enqueue(_mortal).id
    moment = datetime.now(UTC)
    told = {"now": moment}

    @contextmanager
    def slow(*, write: bool = True):
        with transaction(write=write) as session:
            told["now"] += timedelta(seconds=20 * write)
            yield session

    monkeypatch.setattr(jobs, "_true_now", lambda: told["now"])
    monkeypatch.setattr(jobs, "transaction", slow)
    assert jobs._claim()[0] == job_id
    lease = timedelta(seconds=app.config["JOB_LEASE_SECONDS"])
    assert (
        db.session.get_one(jobs.Job, job_id).lease_until == moment + timedelta(seconds=20) + lease
    )
