"""The demonstration, filled once for this file: what stands in it holds together."""

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mobility import clock
from mobility.accounts.models import User
from mobility.agreements.models import Agreement, Direction, Standing
from mobility.agreements.queries import this_year
from mobility.applications.models import Application, ApplicationStatus
from mobility.audit import AuditEvent, record
from mobility.db import db, transaction
from mobility.demo.cli import demo
from mobility.demo.guide import PASSWORD
from mobility.demo.queries import BEGUN, DEMONSTRATION, filled_accounts
from mobility.jobs import Job, JobStatus
from mobility.mail import Mail
from mobility.offers.models import Call, Offer, Phase
from mobility.partners.models import Institution
from mobility.placements.models import Origin, Placement
from mobility.placements.queries import is_live
from mobility.rounds import chances, queries
from mobility.rounds.models import Round, RoundStatus
from mobility.rounds.services import estimating
from tests import factories

S = ApplicationStatus


@pytest.fixture(scope="module")
def told(service, database_server):
    """What the command says while it fills a database in which it was interrupted before."""
    database_server.reset(service)
    # The service outlives a file of tests, and another file may have sent mail into its folder.
    shutil.rmtree(Path(service.instance_path, "mail"), ignore_errors=True)
    with service.app_context():
        with transaction():
            record(BEGUN, DEMONSTRATION, actor=None)
            factories.coordinator(factories.institution("susu.ru"), is_demo=True)
        result = service.test_cli_runner().invoke(demo)
        db.session.remove()
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def database(told):
    """The database with the demonstration in it; nobody here writes."""


def calls() -> dict[str, Call]:
    """The three calls of internships and single courses: decided, in review, open."""
    ordered = db.session.scalars(
        select(Call)
        .where(
            Call.direction.in_((Direction.INTERNSHIP, Direction.COURSES)),
            Call.max_credits.is_(None),
        )
        .order_by(Call.closes_at)
    ).all()
    return dict(zip(("decided", "review", "open"), ordered, strict=True))


def decided_round() -> Round:
    return queries.round_of(calls()["decided"])


def of_round() -> list[Placement]:
    """The placements of the decided call."""
    chosen = select(Placement).join(Placement.offer)
    return list(db.session.scalars(chosen.where(Offer.call_id == calls()["decided"].id)))


def statuses(call: Call) -> dict[ApplicationStatus, int]:
    found = select(Application.status).where(Application.call_id == call.id)
    return Counter(db.session.scalars(found))


def test_an_interrupted_filling_starts_over_and_tells_whom_to_sign_in_as(app, told):
    assert "The last filling was interrupted; starting over." in told
    lines = [line.split("  ") for line in told.splitlines() if "@" in line]
    shown = [word.strip() for line in lines for word in line if "@" in word]
    assert shown == [account["email"] for account in filled_accounts()]
    assert PASSWORD in told.replace("\n", " ")


def test_there_are_300_applications_in_all_steps(app):
    by_call = {key: statuses(call) for key, call in calls().items()}
    assert by_call == {
        "decided": {
            S.APPROVED: 170,
            S.PRE_PLACED: 1,
            S.REJECTED: 7,
            S.EXCLUDED: 1,
            S.WITHDRAWN: 5,
            S.DRAFT: 12,
        },
        "review": {
            S.SUBMITTED: 22,
            S.RETURNED: 5,
            S.APPROVED: 12,
            S.REJECTED: 2,
            S.WITHDRAWN: 1,
            S.DRAFT: 1,
        },
        "open": {
            S.SUBMITTED: 29,
            S.RETURNED: 4,
            S.APPROVED: 8,
            S.REJECTED: 2,
            S.WITHDRAWN: 2,
            S.DRAFT: 16,
        },
    }
    assert sum(sum(counts.values()) for counts in by_call.values()) == 300


def test_one_call_is_open_for_two_weeks_and_two_are_closed(app):
    found = calls()
    assert [call.phase for call in found.values()] == [Phase.CLOSED, Phase.CLOSED, Phase.OPEN]
    assert 13 <= (found["open"].closes_at - clock.now()).days <= 14
    assert clock.now() < found["review"].mending_until


def test_the_published_round_is_frozen_run_and_certified(app):
    round_ = decided_round()
    run, *compared = round_.runs
    assert [one.policy for one in compared] == ["rank_maximal", "serial_dictatorship"]
    assert all(one.certificate["optimal"] for one in compared[:1])
    assert round_.status is RoundStatus.PUBLISHED
    assert round_.call_id == calls()["decided"].id
    assert round_.frozen_at < run.finished_at < round_.published_at < clock.now()
    assert run.published
    assert run.snapshot_hash == round_.snapshot_hash
    assert (run.certificate["feasible"], run.certificate["optimal"]) == (True, True)
    assert len(run.rows) == 171
    placed = {row.application_id: row.offer_id for row in run.rows if row.offer_id is not None}
    first = {Origin.ROUND, Origin.PRE_PLACEMENT}
    assert {p.application_id for p in of_round() if p.origin in first} == placed.keys()
    assert all(row.told is not None for row in run.rows)


def test_each_call_committed_the_service_s_seed_at_its_opening(app):
    for call in calls().values():
        own = queries.own_commitment(call)
        assert call.opens_at <= own.committed_at < call.opens_at + timedelta(minutes=1)


def test_the_draw_is_of_two_and_an_auditor_is_named(app):
    round_ = decided_round()
    assert [one is not None for one in queries.seeds(round_.call)] == [True, True]
    [auditor] = queries.auditors(round_)
    assert auditor.coordinates(
        db.session.scalar(select(Institution.id).where(Institution.schac == "enu.kz"))
    )
    assert (round_.published_run.stats["excluded"], round_.published_run.stats["pre_placed"]) == (
        1,
        1,
    )


def test_vacated_seats_went_to_an_appeal_and_in_a_second_round(app):
    round_ = decided_round()
    stood = Counter(one.status.value for one in queries.appeals_in(round_.call))
    assert stood == {"placed": 1, "dismissed": 1}
    second = queries.published_second_round(round_)
    assert second.certificate["optimal"]
    assert second.stats["placed"] > 0
    origins = Counter(one.origin for one in of_round())
    assert (origins[Origin.PRE_PLACEMENT], origins[Origin.APPEAL]) == (1, 1)
    assert origins[Origin.SECOND_ROUND] == second.stats["placed"]


def test_the_open_call_shows_chances_once_they_are_drawn(app):
    open_call = calls()["open"]
    assert open_call.shows_chances
    assert chances.shown(open_call)
    assert estimating.crowd_of(open_call, queries.offers_in_play(open_call)) is not None


def test_nobody_is_placed_over_capacity_nor_where_they_did_not_ask(app):
    held = select(func.count()).where(Placement.offer_id == Offer.id, is_live()).scalar_subquery()
    over = select(Offer.code).where(held > Offer.seats + Offer.staff_seats)
    assert db.session.scalars(over).all() == []
    for placement in db.session.scalars(select(Placement)):
        choice = placement.application.choices[placement.rank - 1]
        assert (choice.rank, choice.offer_id) == (placement.rank, placement.offer_id)


def test_placements_stand_at_every_step(app):
    states = Counter(placement.state.value for placement in of_round())
    assert set(states) == {
        "accepted",
        "declined",
        "lapsed",
        "pending",
        "rejected",
        "verified",
        "live",
        "cancelled",
    }
    assert (states["accepted"], states["pending"], states["rejected"]) == (4, 6, 3)
    for placement in db.session.scalars(select(Placement)):
        assert placement.arrived_on is None or placement.arrived_on <= clock.now().date()


def test_agreements_stand_in_every_state_and_move_both_ways(app):
    agreements = db.session.scalars(select(Agreement)).all()
    assert Counter(agreement.standing(this_year()) for agreement in agreements) == {
        Standing.IN_FORCE: 3,
        Standing.LATER: 1,
        Standing.ONE_SIDED: 1,
        Standing.PROPOSED: 1,
        Standing.DRAFT: 1,
        Standing.TERMINATED: 1,
    }
    moves = {
        (condition.sending.schac, condition.receiving.schac)
        for agreement in agreements
        for condition in agreement.conditions
        if condition.in_force(this_year())
    }
    assert moves == {
        ("kaznpu.kz", "susu.ru"),
        ("susu.ru", "kaznpu.kz"),
        ("kaznu.kz", "susu.ru"),
        ("susu.ru", "kaznu.kz"),
    }


def test_people_are_invented_and_sign_in_only_here(app):
    people = db.session.scalars(select(User)).all()
    assert [user.email for user in people if not user.email.endswith(".example")] == []
    assert [user.email for user in people if not user.is_demo] == []
    assert len({user.password_hash for user in people}) == 1


def test_universities_are_all_there(app):
    assert db.session.scalar(select(func.count()).select_from(Institution)) == 133


def test_nothing_happened_in_the_future(app):
    latest = db.session.scalar(select(func.max(AuditEvent.at)))
    assert latest <= clock.now()
    submitted = db.session.scalar(select(func.max(Application.submitted_at)))
    assert submitted < clock.now()


def test_every_reviewer_coordinates_what_they_reviewed(app):
    reviewed = select(Application).where(Application.scored_by_id.is_not(None))
    for application in db.session.scalars(reviewed):
        assert application.scored_by.coordinates(
            application.sending_id, application.sending_unit_id
        )


def test_letters_count_as_sent_and_no_job_failed(app):
    assert db.session.scalar(select(func.count()).where(Mail.sent_at.is_(None))) == 0
    assert db.session.scalar(select(func.count()).where(Mail.sent_at > Mail.queued_at)) == 0
    waiting = select(func.count()).where(Job.name == "mail.deliver", Job.status == JobStatus.QUEUED)
    assert db.session.scalar(waiting) == 0
    assert db.session.scalars(select(Job.name).where(Job.name.like("mail.%"))).all() == []
    assert not Path(app.instance_path, "mail").exists()
    failed = db.session.scalars(select(Job.name).where(Job.status == JobStatus.FAILED)).all()
    assert failed == []


def test_the_accounts_shown_are_of_different_people_who_can_sign_in(app, visitor):
    shown = filled_accounts()
    assert len({account["email"] for account in shown}) == len(shown) == 13
    for account in shown:
        answer = visitor().post("/sign-in", {"email": account["email"], "password": PASSWORD})
        assert answer.status_code == 303, account


def test_the_first_pages_of_the_accounts_shown_open(app, visitor):
    for account in filled_accounts():
        user = db.session.scalar(select(User).where(User.email == account["email"]))
        page = visitor(user).read("/")
        assert "Universities are real; agreements and people are invented." in page


def test_a_second_filling_is_refused_and_changes_nothing(app):
    before = db.session.scalar(select(func.max(AuditEvent.id)))
    db.session.rollback()
    result = app.test_cli_runner().invoke(demo)
    assert result.exit_code == 1
    assert "holds data already" in result.output
    again = app.test_cli_runner().invoke(demo, ["--if-empty"])
    assert again.exit_code == 0
    assert "admin@sapar.example" in again.output
    assert db.session.scalar(select(func.max(AuditEvent.id))) == before
