"""kill -9 while a round is published, at its set time or at once, and its letters leave.

Afterwards everything is published or nothing, no offer over its seats, and each letter has reached
a real SMTP server. SAPAR_KILL_SEED repeats the moments of a failure.
"""

import random
import re
import threading
import time
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from mobility.accounts.models import User
from mobility.db import db, transaction
from mobility.jobs import run_due_jobs
from tests.examples import examples

from .killing import (
    CAP_SECONDS,
    PEOPLE,
    SEED,
    THREADS,
    Posting,
    all_or_nothing,
    all_sent,
    asked_run,
    attempts,
    check_letters,
    last_mail,
    listening,
    office_over,
    plan,
    wait,
)

KILLS = examples(2, most=30)
PASSWORD = "saddles under a wide sky"


@pytest.fixture(scope="module")
def post():
    with listening() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def office(folder, post, catalogues):
    """An admin of the service over the folder."""
    with office_over(folder, post, PASSWORD) as admin_id:
        yield admin_id


@pytest.mark.parametrize("attempt", range(KILLS))
def test_kill_leaves_one_publication_and_every_letter(office, folder, post, attempt):
    print(f"SAPAR_KILL_SEED={SEED}")
    draw = random.Random(f"{SEED}-{attempt}")
    run_id = asked_run(office, draw)
    run_due_jobs()
    plan(run_id)
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
        wait(reached, CAP_SECONDS, "the moment to kill never came", server.said)
        time.sleep(draw.random() * (0.02 if attempt % 2 else 0.4))
        getattr(server, way)()
        killed_at = (all_or_nothing(run_id, before), len(set(post.taken[taken_before:])))
        print(f"{way}: published, letters out = {killed_at}")
        server = Posting(folder, post)
        server.launch()
        wait(lambda: all_sent(before), CAP_SECONDS, "letters stay behind", server.said)
        assert all_or_nothing(run_id, before)
    finally:
        server.kill_all()
    check_letters(post, taken_before, before, THREADS)  # in hand when the kill fell


class Browser:
    """Somebody signed in, by plain requests: what the server answers may never come."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def post(self, page: str, form_on: str, **values: str) -> None:
        """Send a form with the token of the page that it stands on."""
        with self._opener.open(self._address + form_on, timeout=30) as answer:
            token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())[1]
        typed = urlencode({"csrf_token": token, **values}).encode()
        with self._opener.open(self._address + page, typed, timeout=30):
            pass


@pytest.mark.parametrize("attempt", range(examples(1, most=30)))
def test_a_server_killed_while_it_publishes_has_done_all_or_nothing(office, folder, post, attempt):
    draw = random.Random(f"{SEED}-request-{attempt}")
    run_id = asked_run(office, draw)
    run_due_jobs()
    with transaction(write=False):
        email = db.session.get_one(User, office).email
    before, taken_before = last_mail(), len(post.taken)
    server = Posting(folder, post).start()
    try:
        admin = Browser(server.address)
        admin.post("/sign-in", "/sign-in", email=email, password=PASSWORD)
        asking = threading.Thread(target=publish, args=(admin, run_id))
        asking.start()
        time.sleep(draw.random() * 0.6)
        server.kill_all()
        asking.join()
        published = all_or_nothing(run_id, before)
        print(f"SAPAR_KILL_SEED={SEED}: published = {published}")
        server = Posting(folder, post).start()
        if not published:
            again = Browser(server.address)
            again.post("/sign-in", "/sign-in", email=email, password=PASSWORD)
            publish(again, run_id)
        wait(lambda: all_sent(before), CAP_SECONDS, "letters stay behind", server.said)
        assert all_or_nothing(run_id, before)
    finally:
        server.kill_all()
    check_letters(post, taken_before, before, THREADS)


def publish(admin: Browser, run_id: int) -> None:
    try:
        admin.post(f"/runs/{run_id}/publish", f"/runs/{run_id}")
    except HTTPError:
        raise
    except (URLError, HTTPException, ConnectionError, TimeoutError):
        return  # the server died before it answered
