"""kill -9 of anything while a round runs and is published: web server, worker, Redis.

A web server, two Celery workers and Redis carry a run and its publication; somebody is killed in
each of the two, comes back after a moment, and one whole outcome with every letter is left.
SAPAR_KILL_SEED repeats the moments of a failure.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import time

import pytest

from mobility.db import db, transaction
from mobility.rounds.models import Run, RunStatus
from tests.examples import examples
from tests.test_celery import MISSING, Redis

from .killing import (
    CAP_SECONDS,
    PEOPLE,
    SEED,
    Post,
    Posting,
    all_or_nothing,
    all_sent,
    asked_run,
    check_letters,
    kill,
    last_mail,
    listening,
    office_over,
    partners_told,
    plan,
    wait,
)

KILLS = examples(1, most=30)
WORKERS = ("worker 1", "worker 2")


class Machines(Posting):
    """A web server, two workers and Redis over one folder, each killed and started by its name."""

    def __init__(self, folder, post: Post) -> None:
        super().__init__(folder, post)
        self._redis = Redis(folder)
        self._workers: dict[str, subprocess.Popen] = {}

    def _environment(self) -> dict[str, str]:
        return {
            **super()._environment(),
            "MOBILITY_JOBS": "celery",
            "MOBILITY_BROKER": self._redis.address,
        }

    def start_all(self) -> None:
        self.start()
        for name in WORKERS:
            self.bring_back(name)

    def bring_back(self, name: str) -> None:
        if name == "redis":
            self._redis.start()
        elif name == "web":
            self.start()
        else:
            with self.log.open("a") as log:
                self._workers[name] = subprocess.Popen(
                    [sys.executable, "-m", "mobility.cli", "worker", "--threads", "1"],
                    cwd=self.folder,
                    env=self._environment(),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )

    def strike(self, name: str) -> None:
        if name == "redis":
            self._redis.kill()
        elif name == "web":
            kill(self._process.pid)
            self._process.wait()
            wait(self._port_is_free, 20, "the killed server's child still answers", self.said)
        else:
            self._workers[name].kill()
            self._workers[name].wait()

    def _port_is_free(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) != 0

    def end(self) -> None:
        self.kill_all()
        for worker in self._workers.values():
            worker.wait()
        self._redis.kill()


@pytest.fixture(scope="module")
def post():
    with listening() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("machines")


@pytest.fixture(scope="module")
def office(folder, post, catalogues):
    """An admin of the service over the folder."""
    with office_over(folder, post) as admin_id:
        yield admin_id


@pytest.fixture(scope="module")
def machines(office, folder, post):
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    started = Machines(folder, post)
    try:
        started.start_all()
        yield started
    finally:
        started.end()


def status_of(run_id: int) -> RunStatus:
    with transaction(write=False):
        db.session.expire_all()
        return db.session.get_one(Run, run_id).status


def struck(machines: Machines, draw: random.Random, within: float) -> str:
    """Kill somebody within so many seconds, and bring them back a moment later."""
    name = draw.choice([*WORKERS, "web", "redis"])
    moment = within * draw.random()
    time.sleep(moment)
    machines.strike(name)
    time.sleep(draw.random())
    machines.bring_back(name)
    return f"{name} after {moment:.2f} s"


@pytest.mark.parametrize("attempt", range(KILLS))
def test_a_killed_machine_leaves_one_outcome_and_every_letter(machines, office, post, attempt):
    draw = random.Random(f"{SEED}-machines-{attempt}")
    run_id = asked_run(office, draw)
    print(f"SAPAR_KILL_SEED={SEED}: in the run {struck(machines, draw, 3.0)}")
    wait(lambda: status_of(run_id) is RunStatus.DONE, CAP_SECONDS, "no result", machines.said)
    with transaction(write=False):
        run = db.session.get_one(Run, run_id)
        assert len(run.rows) == PEOPLE
        assert run.certificate["optimal"]
    wait(partners_told, CAP_SECONDS, "partners are not told", machines.said)
    before, taken_before = last_mail(), len(post.taken)
    plan(run_id)
    print(f"in the publication {struck(machines, draw, 2.0)}")
    all_or_nothing(run_id, before)
    wait(lambda: all_sent(before), CAP_SECONDS, "letters stay behind", machines.said)
    assert all_or_nothing(run_id, before)
    check_letters(post, taken_before, before, spare=1)  # one thread of one worker was killed
