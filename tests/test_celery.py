"""A real Redis, and two real worker processes over the test's database."""

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from sqlalchemy import select

from mobility.applications.models import Application
from mobility.broker import Broker
from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus
from mobility.rounds import queries, services
from mobility.rounds.computing.chances import DRAWS
from mobility.rounds.models import Run, RunStatus
from mobility.rounds.services import estimating
from tests.e2e.running import ROOT, free_port
from tests.rounds.scenes import frozen, scene
from tests.rounds.test_chances import OpenCall

MISSING = "no Redis to test with: apt-get install redis-server"
LEASE_SECONDS = 3


class Redis:
    """A server of the test's own that keeps nothing on disk."""

    def __init__(self, folder) -> None:
        self.port = free_port()
        self.address = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        wait(self.answers, 20, "Redis does not answer")

    def answers(self) -> bool:
        from redis import Redis as Client
        from redis import RedisError

        try:
            return Client(port=self.port).ping()
        except RedisError:
            return False

    def waiting(self) -> int:
        """How many messages no worker has taken yet."""
        from redis import Redis as Client

        return Client(port=self.port).llen("celery")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    server = Redis(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def settings(redis, database_server, tmp_path):
    """The environment of a worker over the test's database."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MOBILITY_INSTANCE": str(tmp_path),
        "MOBILITY_DATABASE_URL": database_server.url,
        "MOBILITY_JOBS": "celery",
        "MOBILITY_BROKER": redis.address,
        "MOBILITY_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
    }


@pytest.fixture
def workers(app, settings, tmp_path):
    """`workers()` starts one, as its own process."""
    started = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "mobility.cli", "worker", "--threads", "1"]
        with (tmp_path / f"worker{len(started)}.log").open("w") as log:
            started.append(
                subprocess.Popen(command, env=settings, cwd=tmp_path, stdout=log, stderr=log)
            )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def broker(app, redis, monkeypatch):
    """The test's own app wakes the workers as a web server does."""
    monkeypatch.setitem(app.config, "BROKER", redis.address)
    broker = Broker(app)
    monkeypatch.setitem(app.extensions, "mobility.jobs", broker)
    return broker


def wait(condition, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.1)


def request(policies) -> list[int]:
    round_ = frozen(scene())
    with transaction():
        admin = round_.frozen_by
        return [services.request_run(round_, admin, policy=one).id for one in policies]


def statuses(ids: list[int]) -> list[RunStatus]:
    with transaction(write=False):
        db.session.expire_all()
        return [db.session.get_one(Run, one).status for one in ids]


def finished(ids: list[int]) -> bool:
    return all(one is RunStatus.DONE for one in statuses(ids))


def test_two_workers_carry_what_is_queued(broker, redis, workers):
    """What was queued before any worker ran is carried, by both, each run once."""
    ids = request(["linear_assignment", "deferred_acceptance"])
    assert redis.waiting() > 0  # each job told the broker
    workers(), workers()
    wait(lambda: finished(ids), 240, "the runs did not finish")
    with transaction(write=False):
        for one in ids:
            run = db.session.get_one(Run, one)
            assert db.session.get_one(Job, run.job_id).attempts == 1
            assert len(run.rows) == db.session.query(Application).count()


def test_the_draws_of_chances_are_spread_over_the_workers(broker, workers):
    """Each worker has one thread here, so draws at the same time are of two."""
    with transaction():
        at = OpenCall()
    workers(), workers()
    wait(lambda: estimated(at.call.id), 240, "the estimate did not finish")
    with transaction(write=False):
        spans = sorted(
            (job.started_at, job.finished_at)
            for job in db.session.scalars(select(Job).where(Job.name == "rounds.chances-part"))
        )
    assert len(spans) == DRAWS // estimating.SLICE
    assert any(later[0] < earlier[1] for earlier, later in pairwise(spans))


def estimated(call_id: int) -> bool:
    with transaction(write=False):
        db.session.expire_all()
        return queries.chances_of(call_id) is not None


def test_a_job_of_a_killed_worker_is_taken_over(broker, workers):
    first = workers()
    [run_id] = request(["linear_assignment"])
    wait(lambda: statuses([run_id]) == [RunStatus.RUNNING], 240, "the run did not begin")
    first.send_signal(signal.SIGKILL)
    workers()
    wait(lambda: finished([run_id]), 240, "nobody took the run over")
    with transaction(write=False):
        run = db.session.get_one(Run, run_id)
        assert db.session.get_one(Job, run.job_id).attempts == 2
        assert len(run.rows) == run.stats["applicants"]


def test_without_its_broker_work_goes_on(broker, redis, workers, monkeypatch):
    """A request is not lost with Redis, nor does it wait for it to come back."""
    workers()
    assert broker.wake()
    redis.kill()
    naps = []
    monkeypatch.setattr("kombu.utils.functional.sleep", naps.append)
    assert not any(broker.wake() for _ in range(100))
    assert naps == []
    [run_id] = request(["linear_assignment"])
    wait(lambda: finished([run_id]), 240, "the run waits for the broker")
    with transaction(write=False):
        left = db.session.scalars(select(Job).where(Job.status == JobStatus.FAILED)).all()
    assert left == []


def test_a_message_that_brings_nobody_does_not_keep_work_waiting(broker, redis):
    """Redis takes each message and no worker hears of it, as while all of them reconnect."""
    [run_id] = request(["linear_assignment"])
    stop = broker.watch(1)
    try:
        wait(lambda: finished([run_id]), 240, "the run waits for a message")
        assert redis.waiting() > 0
    finally:
        stop()


def test_a_worker_is_refused_where_the_server_carries_its_jobs(app, settings):
    done = subprocess.run(
        [sys.executable, "-m", "mobility.cli", "worker"],
        env={**settings, "MOBILITY_JOBS": "threads"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Set MOBILITY_JOBS=celery" in done.stderr
