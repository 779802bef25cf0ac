"""kill -9 while a round is published at its set time and its letters leave.

Afterwards everything is published or nothing, no offer over its seats, and each letter has reached
a real SMTP server. SAPAR_KILL_SEED repeats the moments of a failure.
"""

import email
import os
import random
import socket
import time
from collections import Counter
from datetime import timedelta
from email import policy

import pytest
from aiosmtpd.controller import Controller
from flask_migrate import upgrade
from sqlalchemy import func, select

from mobility import clock, create_app
from mobility.accounts.models import User
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.jobs import Job, run_due_jobs
from mobility.mail import Mail
from mobility.offers.models import Offer
from mobility.placements.models import Placement
from mobility.rounds import services
from mobility.rounds.models import Round, RoundStatus, Run
from tests import factories
from tests.examples import examples

from .test_kill import Killed

PEOPLE, PLACES, SEATS = 40, 4, 7
KILLS = examples(2, most=30)
SEED = os.environ.get("SAPAR_KILL_SEED") or str(random.SystemRandom().randrange(10**6))
THREADS = 2  # letters that may be between the server's 250 and our commit at once
CAP_SECONDS = 300


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


@pytest.fixture(scope="module")
def post():
    server = Post()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    yield server
    controller.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def office(folder, post, catalogues):
    """The service's database seen from this process, with an admin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(folder))
        smtp = f"smtp://127.0.0.1:{post.port}"
        app = create_app({"JOBS": "none", "SECRET_KEY": "for tests only", "SMTP": smtp})
    with app.app_context():
        upgrade()
        with transaction():
            admin = factories.admin().id
        yield admin
        db.session.remove()
        db.engine.dispose()


def planned_run(admin_id: int, draw: random.Random) -> int:
    """A finished run of a new call, to be published in a moment."""
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
        run = services.request_run(round_, admin)
        run_id = run.id
    run_due_jobs()
    with transaction():
        run = db.session.get_one(Run, run_id)
        admin = run.round.frozen_by
        services.plan_publication(run, admin, clock.now() + timedelta(seconds=0.5))
    return run_id


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


def all_sent(before: int) -> bool:
    with transaction(write=False):
        db.session.expire_all()
        letters = rounds_letters(before)
        return bool(letters) and all(one.sent_at for one in letters)


def wait(condition, server: Posting, what: str) -> None:
    until = time.monotonic() + CAP_SECONDS
    while not condition():
        assert time.monotonic() < until, f"{what}:\n{server.log.read_text()[-3000:]}"
        time.sleep(0.02)


@pytest.mark.parametrize("attempt", range(KILLS))
def test_kill_leaves_one_publication_and_every_letter(office, folder, post, attempt):
    print(f"SAPAR_KILL_SEED={SEED}")
    draw = random.Random(f"{SEED}-{attempt}")
    run_id = planned_run(office, draw)
    before, taken_before = last_mail(), len(post.taken)
    way = draw.choice(["kill_all", "kill_main"])
    server = Posting(folder, post)
    server.launch()
    try:
        if attempt % 2:  # while the letters leave
            mails = draw.randrange(1, PEOPLE)
            reached = lambda: len(post.taken) - taken_before >= mails  # noqa: E731
        else:  # from the claim of the job on
            reached = lambda: attempts(run_id) > 0  # noqa: E731
        wait(reached, server, "the moment to kill never came")
        time.sleep(draw.random() * (0.02 if attempt % 2 else 0.4))
        getattr(server, way)()
        killed_at = (all_or_nothing(run_id, before), len(set(post.taken[taken_before:])))
        print(f"{way}: published, letters out = {killed_at}")
        server = Posting(folder, post)
        server.launch()
        wait(lambda: all_sent(before), server, "letters stay behind")
        assert all_or_nothing(run_id, before)
    finally:
        server.kill_all()
    copies = Counter(post.taken[taken_before:])
    with transaction(write=False):
        wanted = {one.message_id for one in rounds_letters(before)}
    assert set(copies) == wanted
    assert copies.total() - len(copies) <= THREADS  # in hand when the kill fell
