"""kill -9 while a round runs: after the restart one whole result, or a failure that says so.

`make prove` kills thirty times in each way, at moments spread over the run; otherwise once.
"""

import random
import time
from datetime import timedelta

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from mobility import clock, create_app
from mobility.accounts.models import Profile, User
from mobility.applications.models import Application, ApplicationStatus, Choice
from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus
from mobility.rounds import services
from mobility.rounds.models import Round, Run, RunRow, RunStatus
from tests import factories
from tests.examples import examples

from .killing import Killed, wait

PEOPLE, PLACES, SEATS = 600, 24, 20
KILLS = examples(1, most=30)
# From the request to the stored result; the job's phases lie somewhere in between.
LONGEST_SECONDS = 6.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def office(folder, catalogues):
    """The service's database seen from this process, with one large frozen round."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(folder))
        app = create_app({"JOBS": "none", "SECRET_KEY": "for tests only"})
    with app.app_context():
        upgrade()
        with transaction():
            admin = factories.admin()
            round_ = services.open_round(_large_call(), admin)
            services.freeze_round(round_, admin)
        yield app
        db.session.remove()
        db.engine.dispose()


def _large_call():
    """A closed call in which many want the same places: the ties make the engine work."""
    home, host = factories.institution(), factories.institution()
    condition = factories.condition(home, host)
    call = factories.call(closes_at=clock.now() - timedelta(days=1), max_choices=5)
    offers = [factories.offer(call, condition, seats=SEATS).id for _ in range(PLACES)]
    draw = random.Random(7)
    db.session.execute(insert(User), [_person(number, home.id) for number in range(PEOPLE)])
    users = db.session.scalars(select(User.id).where(User.email.like("many%"))).all()
    profile = {"eqf_level": 6, "isced_field": "0613", "study_year": 3}
    db.session.execute(insert(Profile), [{"user_id": user, **profile} for user in users])
    now = clock.now()
    db.session.execute(
        insert(Application),
        [
            {
                "call_id": call.id, "applicant_id": user, "pseudonym": f"{user:08}",
                "sending_id": home.id, "status": ApplicationStatus.APPROVED,
                "submitted_at": now, "created_at": now, "score": float(draw.randint(50, 60)),
                "version": 1,
            }
            for user in users
        ],
    )  # fmt: skip
    applications = db.session.scalars(select(Application.id)).all()
    db.session.execute(
        insert(Choice),
        [
            {"application_id": application, "rank": rank, "offer_id": offer}
            for application in applications
            for rank, offer in enumerate(_list(draw, offers), start=1)
        ],
    )
    return call


def _person(number: int, institution_id: int) -> dict:
    return {
        "email": f"many{number}@mail.example", "name": f"Person {number}", "status": "active",
        "password_hash": "none", "session_key": "0", "institution_id": institution_id,
        "created_at": clock.now(),
    }  # fmt: skip


def _list(draw: random.Random, offers: list[int]) -> list[int]:
    wanted: dict[int, None] = {}
    while len(wanted) < 5:
        wanted[offers[int(len(offers) * draw.random() ** 3)]] = None
    return list(wanted)


def request_run() -> int:
    with transaction():
        round_ = db.session.scalars(select(Round)).one()
        return services.request_run(round_, db.session.scalars(select(User)).first()).id


def standing(run_id: int) -> tuple[RunStatus, JobStatus, int]:
    """The run's status, its job's, and how many rows it has."""
    with transaction(write=False):
        run = db.session.get_one(Run, run_id)
        rows = db.session.scalar(select(func.count()).where(RunRow.run_id == run_id))
        return run.status, db.session.get_one(Job, run.job_id).status, rows


def whole_or_nothing(run_id: int) -> None:
    """Never a half result: a finished run has every row, any other run none."""
    status, _, rows = standing(run_id)
    assert rows == (PEOPLE if status is RunStatus.DONE else 0)


@pytest.mark.parametrize("way", ["kill_all", "kill_main"])
@pytest.mark.parametrize("attempt", range(KILLS))
def test_kill_leaves_one_whole_result(office, folder, way, attempt):
    moment = LONGEST_SECONDS * (attempt + random.Random(f"{way}{attempt}").random()) / KILLS
    server = Killed(folder).start()
    try:
        run_id = request_run()
        time.sleep(moment)
        getattr(server, way)()
        whole_or_nothing(run_id)
        server = Killed(folder).start()
        wait(
            lambda: standing(run_id)[0] in {RunStatus.DONE, RunStatus.FAILED},
            90,
            f"run {run_id} neither finished nor failed; killed after {moment:.1f} s",
        )
        assert standing(run_id)[0] is RunStatus.DONE  # one death of three allowed
        whole_or_nothing(run_id)
        wait(lambda: standing(run_id)[1] is JobStatus.DONE, 10, "the job is not done")
        with transaction(write=False):
            certificate = db.session.get_one(Run, run_id).certificate
        assert certificate["optimal"]
    finally:
        server.kill_all()


def test_three_deaths_fail_the_run_which_can_be_run_again(office, folder):
    """Each time the job has begun, everything is killed; the fourth start gives it up."""
    run_id = request_run()
    for attempt in (1, 2, 3):
        server = Killed(folder)
        server.launch()
        try:
            wait(lambda n=attempt: _attempts(run_id) == n, 180, f"attempt {attempt} never began")
        finally:
            server.kill_all()
        whole_or_nothing(run_id)
    server = Killed(folder).start()
    try:
        wait(lambda: standing(run_id)[0] is RunStatus.FAILED, 60, "the run was not given up")
        assert standing(run_id) == (RunStatus.FAILED, JobStatus.FAILED, 0)
        again = request_run()
        wait(lambda: standing(again)[0] is RunStatus.DONE, 90, "the second run did not finish")
        whole_or_nothing(again)
    finally:
        server.kill_all()


def _attempts(run_id: int) -> int:
    with transaction(write=False):
        return db.session.get_one(Job, db.session.get_one(Run, run_id).job_id).attempts
