"""A service that is killed in the middle of its work, and how to tell what became of it."""

import email
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask_migrate import upgrade
from sqlalchemy import func, select

from mobility import clock, create_app
from mobility.accounts.models import User
from mobility.accounts.passwords import hash_password
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus
from mobility.mail import Mail
from mobility.offers.models import Offer
from mobility.placements.models import Placement
from mobility.rounds import services
from mobility.rounds.models import Round, RoundStatus, Run
from tests import factories
from tests.e2e.running import Service

LEASE_SECONDS = 3
PEOPLE, PLACES, SEATS = 40, 4, 7
THREADS = 2  # letters that may be between the server's 250 and our commit at once
CAP_SECONDS = 300
SEED = os.environ.get("SAPAR_KILL_SEED") or str(random.SystemRandom().randrange(10**6))


def wait(
    condition: Callable[[], bool], seconds: float, what: str, said: Callable[[], str] = str
) -> None:
    """Until `condition` holds; `said()` is told with `what` where it never does."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what}\n{said()}"
        time.sleep(0.02)


class Killed(Service):
    """The service in a process group of its own, with a short lease."""

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "MOBILITY_JOB_LEASE_SECONDS": str(LEASE_SECONDS)}

    def processes(self) -> list[int]:
        """Every process over this instance folder, the oldest first."""
        mark = f"MOBILITY_INSTANCE={self.folder}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:  # it ended, or is not ours
                continue
        return sorted(found)

    def kill_all(self) -> None:
        """What a power cut does."""
        for pid in self.processes():
            kill(pid)
        self._process.wait()

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text()[-3000:]

    def kill_main(self) -> None:
        """Only the process that was started; whatever it left must end by itself."""
        kill(self._process.pid)
        self._process.wait()
        wait(lambda: not self.processes(), 20, "left behind by the killed server")


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class Post:
    """An SMTP server that notes the Message-ID of each mail it takes."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(message["Message-ID"])
        return "250 taken"


@contextmanager
def listening() -> Iterator[Post]:
    """A post that takes mails meanwhile."""
    server = Post()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    yield server
    controller.stop()


@contextmanager
def office_over(folder: Path, post: Post, password: str = "") -> Iterator[int]:
    """The service's database over a folder seen from this process; the id of its admin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(folder))
        smtp = f"smtp://127.0.0.1:{post.port}"
        app = create_app({"JOBS": "none", "SECRET_KEY": "for tests only", "SMTP": smtp})
    with app.app_context():
        upgrade()
        with transaction():
            admin = factories.admin()
            if password:
                admin.password_hash = hash_password(password)
            admin_id = admin.id
        yield admin_id
        db.session.remove()
        db.engine.dispose()


class Posting(Killed):
    """The service, its mail going to a server."""

    def __init__(self, folder, post: Post) -> None:
        super().__init__(folder)
        self._post = post

    def _environment(self) -> dict[str, str]:
        return {
            **super()._environment(),
            "MOBILITY_SMTP": f"smtp://127.0.0.1:{self._post.port}",
            "MOBILITY_JOB_THREADS": str(THREADS),
        }


def asked_run(admin_id: int, draw: random.Random) -> int:
    """A run of a new call's frozen round, asked for and not carried yet."""
    with transaction():
        admin = db.session.get_one(User, admin_id)
        home, host = factories.institution(), factories.institution()
        condition = factories.condition(home, host)
        call = factories.call(closes_at=clock.now() - timedelta(days=1))
        offers = [factories.offer(call, condition, seats=SEATS) for _ in range(PLACES)]
        for _ in range(PEOPLE):
            student = factories.student(home)
            chosen = draw.sample(offers, 3)
            factories.application(
                student, call, chosen, status=ApplicationStatus.APPROVED, score=draw.randint(50, 60)
            )
        round_ = services.open_round(call, admin)
        services.freeze_round(round_, admin)
        return services.request_run(round_, admin).id


def plan(run_id: int) -> None:
    """Have a finished run published in a moment."""
    with transaction():
        run = db.session.get_one(Run, run_id)
        at = clock.now() + timedelta(seconds=0.5)
        services.plan_publication(run, run.round.frozen_by, at)


def rounds_letters(before: int) -> list[Mail]:
    """What was queued since the mail with this id."""
    return list(db.session.scalars(select(Mail).where(Mail.id > before)))


def last_mail() -> int:
    with transaction(write=False):
        return db.session.scalar(select(func.max(Mail.id))) or 0


def all_or_nothing(run_id: int, before: int) -> bool:
    """Whether the run is published; fails where it is so in part, or an offer is overfull."""
    with transaction(write=False):
        db.session.expire_all()
        run = db.session.get_one(Run, run_id)
        round_ = db.session.get_one(Round, run.round_id)
        offers = db.session.scalars(select(Offer.id).where(Offer.call_id == round_.call_id)).all()
        placed = Counter(
            db.session.scalars(select(Placement.offer_id).where(Placement.offer_id.in_(offers)))
        )
        letters = len(rounds_letters(before))
        published = round_.status is RoundStatus.PUBLISHED
        assert run.published is published
        assert max(placed.values(), default=0) <= SEATS
        assert placed.total() == (run.stats["placed"] if published else 0)
        assert letters == (PEOPLE if published else 0)
        return published


def attempts(run_id: int) -> int:
    """How often the publication has begun."""
    with transaction(write=False):
        db.session.expire_all()
        round_id = db.session.get_one(Run, run_id).round_id
        jobs = db.session.scalars(select(Job).where(Job.name == "rounds.publish")).all()
        return max(one.attempts for one in jobs if one.ids == {"round_id": round_id})


def partners_told() -> bool:
    """Whether every letter of the freezing has left."""
    with transaction(write=False):
        under_way = Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING))
        mails = select(func.count(Job.id)).where(under_way, Job.name == "mail.deliver")
        return db.session.scalar(mails) == 0


def all_sent(before: int) -> bool:
    with transaction(write=False):
        db.session.expire_all()
        letters = rounds_letters(before)
        return bool(letters) and all(one.sent_at for one in letters)


def check_letters(post: Post, taken_before: int, before: int, spare: int) -> None:
    """Each letter has reached the server; at most `spare` left twice, under the same Message-ID."""
    copies = Counter(post.taken[taken_before:])
    with transaction(write=False):
        letters = rounds_letters(before)
        wanted = {one.message_id for one in letters}
        twice = [(one.id, one.attempts, one.error) for one in letters if copies[one.message_id] > 1]
    assert set(copies) == wanted
    assert len(twice) <= spare, f"left twice: (mail, attempts, error) {twice}"
    assert copies.total() - len(copies) <= spare
