"""The cockpit, the run, the public page and the result, as people see them."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.jobs import Job
from mobility.placements.models import Placement
from mobility.placements.services import accept_place
from mobility.rounds import services
from mobility.rounds.models import Round, RoundStatus, Run, RunStatus
from tests import factories
from tests.clients import words

from .scenes import computed, finish, frozen, published, scene


def post(visitor, address, **data):
    return visitor.post(address, data=data)


def test_an_admin_goes_from_the_open_call_to_the_answers(app, visitor):
    at = scene(closed=False)
    admin = visitor(at.admin)
    cockpit = f"/calls/{at.call.id}/round"
    assert "Close the call now" in admin.read(cockpit)

    answer = post(admin, f"{cockpit}/close", reason="Everybody has applied.")
    assert (answer.status_code, answer.location) == (303, cockpit)
    assert "Freeze 4 applications" in admin.read(cockpit)

    assert post(admin, f"{cockpit}/freeze").status_code == 303
    page = admin.read(cockpit)
    assert "Run the matching" in page
    assert db.session.scalar(select(Round.snapshot_hash)) in page

    answer = post(admin, f"{cockpit}/runs")
    run = db.session.scalars(select(Run)).one()
    assert (answer.status_code, answer.location) == (303, f"/runs/{run.id}")
    assert "You may leave this page" in admin.read(answer.location)
    finish(run)
    page = admin.read(f"/runs/{run.id}")
    assert "Proved optimal" in page
    assert "2 of 2 seats filled" in page or "seats filled 2 of 2" in page
    assert "aaaa" in page
    assert "4 people learn their result at the same moment, by page and mail. 2 people get" in page

    answer = post(admin, f"/runs/{run.id}/publish")
    assert (answer.status_code, answer.location) == (303, cockpit)
    page = admin.read(cockpit)
    assert "2 no answer yet 0 accepted 0 declined 0 not answered in time" in page


def test_early_closing_needs_a_reason_and_keeps_the_page(app, visitor):
    at = scene(closed=False)
    answer = post(visitor(at.admin), f"/calls/{at.call.id}/round/close", reason="")
    assert answer.status_code == 422
    assert words(answer.text).count("Give the reason.") == 2  # summary and field
    assert at.call.phase.value == "open"


def test_thaw_keeps_what_was_typed_when_it_cannot_be_done(app, write, visitor):
    at = scene()
    round_ = frozen(at)
    with write():
        services.request_run(round_, at.admin)
    answer = post(visitor(at.admin), f"/calls/{at.call.id}/round/thaw", reason="A wrong score.")
    assert answer.status_code == 409
    assert "A wrong score." in answer.text
    assert "still being computed" in answer.text


def test_thaw_from_the_cockpit(app, visitor):
    at = scene()
    computed(at)
    admin = visitor(at.admin)
    answer = post(admin, f"/calls/{at.call.id}/round/thaw", reason="A wrong score.")
    assert answer.status_code == 303
    page = admin.read(f"/calls/{at.call.id}/round")
    assert "The inputs were given free. A wrong score." in page
    assert "of other inputs" in page


def test_cockpit_says_whose_decisions_are_missing(app, write, visitor):
    at = scene()
    with write():
        student = factories.student(at.home)
        factories.application(student, at.call, [at.a], status=ApplicationStatus.SUBMITTED)
    admin = visitor(at.admin)
    page = admin.get(f"/calls/{at.call.id}/round").text
    assert f"{at.home.name_en}</a>: submitted, 1" in page
    assert f'href="/pipeline?call={at.call.id}&amp;status=submitted"' in page
    assert "Freezing waits for decisions on these applications:" in page
    assert "Freeze 4" not in page
    assert post(admin, f"/calls/{at.call.id}/round/freeze").status_code == 409


def test_a_failed_run_says_why_and_can_be_run_again(app, write, visitor):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
        run.status, run.error, run.finished_at = RunStatus.FAILED, "out of memory", clock.now()
    admin = visitor(at.admin)
    page = admin.read(f"/runs/{run.id}")
    assert "This run failed and nothing of it was stored. The reason: out of memory" in page
    assert "Run again" in page
    assert post(admin, f"/calls/{at.call.id}/round/runs").status_code == 303


def test_publishing_twice_is_a_conflict(app, visitor):
    at = scene()
    run = published(at)
    assert post(visitor(at.admin), f"/runs/{run.id}/publish").status_code == 409
    assert db.session.scalar(select(func.count(Placement.id))) == 2


def test_a_run_names_nobody(app, visitor):
    at = scene()
    run = computed(at)
    admin = visitor(at.admin)
    for page in (admin.read(f"/runs/{run.id}"), admin.read(f"/calls/{at.call.id}/round")):
        for application in (at.ayan, at.bota, at.chingiz, at.dana):
            assert application.applicant.name not in page


def test_nobody_sees_anything_before_publication(app, write, visitor):
    """The result is computed; each page of everybody else reads as it did without it."""
    at = scene()
    round_ = frozen(at)
    people = {
        "nobody": None,
        "student": at.ayan.applicant,
        "sender": at.sender,
        "host": at.receiver,
    }

    def seen():
        pages = {}
        for name, person in people.items():
            reader = visitor(person)
            for address in (
                "/",
                "/rounds",
                f"/rounds/{round_.id}",
                f"/calls/{at.call.id}",
                f"/calls/{at.call.id}/round",
                f"/offers/{at.a.id}",
                f"/applications/{at.ayan.id}",
                "/placements",
                "/placements/1",
            ):
                answer = reader.get(address)
                # the token against forged requests is new on each page
                text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
                pages[name, address] = (answer.status_code, text)
        return pages

    moment = clock.now()
    with clock.at(moment):
        before = seen()
        with write():
            run = services.request_run(round_, at.admin)
        finish(run)
        assert run.status is RunStatus.DONE
        after = seen()
    assert after == before
    answers = {name: visitor(person).get(f"/runs/{run.id}") for name, person in people.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "nobody": 303,  # to the sign-in page
        "student": 404,
        "sender": 404,
        "host": 404,
    }


def test_everybody_reads_the_published_round(app, write, visitor):
    at = scene()
    with write():
        for number in range(8):
            at.person(f"Extra {number}", f"e{number:03}", 50 + number, at.a)
    run = published(at)
    page = visitor().read(f"/rounds/{run.round_id}")
    assert run.round.snapshot_hash in page
    assert "Proved optimal" in page
    assert "Linear assignment" in page
    assert "applicants 12" in page or "12 applicants" in page
    assert "aaaa" not in page.split()
    listed = visitor().read("/rounds")
    assert "Internships" in listed


def test_small_groups_are_hidden_from_the_public(app, visitor):
    at = scene()
    run = published(at)
    page = visitor().read(f"/rounds/{run.round_id}")
    assert "Fewer than five people took part" in page
    assert "first choice" not in page


def test_rounds_before_publication_are_for_admins(app, visitor):
    at = scene()
    round_ = frozen(at)
    assert visitor().get(f"/rounds/{round_.id}").status_code == 303  # to the sign-in page
    assert visitor(at.sender).get(f"/rounds/{round_.id}").status_code == 404
    answer = visitor(at.admin).get(f"/rounds/{round_.id}")
    assert (answer.status_code, answer.location) == (303, f"/calls/{at.call.id}/round")
    assert "Internships" in visitor(at.admin).read("/rounds")
    assert "No round is published yet" in visitor(at.sender).read("/rounds")


def test_students_find_their_results_on_the_first_page(app, visitor):
    at = scene()
    run = computed(at)
    assert "My results" not in visitor(at.ayan.applicant).read("/")
    with transaction():
        services.publish_run(run, at.admin)
    page = visitor(at.ayan.applicant).read("/")
    assert f"My results {at.call.title_en} {at.a.title_en} waiting for an answer" in page
    page = visitor(at.chingiz.applicant).read("/")
    assert f"My results {at.call.title_en} no place" in page
    assert "My results" not in visitor(at.sender).read("/")


def test_the_next_step_stands_above_results_and_counts(app, write, visitor):
    at = scene()
    published(at)
    with write():
        call = factories.call(title_en="The next call")
        factories.application(at.dana.applicant, call, [factories.offer(call, at.condition)])
        placement = db.session.scalars(
            select(Placement).where(Placement.application_id == at.ayan.id)
        ).one()
        accept_place(placement, at.ayan.applicant)
    page = visitor(at.chingiz.applicant).read("/")
    assert page.index("What next Apply in “The next call”") < page.index("My results")
    page = visitor(at.sender).read("/")
    assert page.index("What next 1 application waits") < page.index("1 person to nominate")


def test_a_place_given_up_is_no_longer_called_ones_own(app, visitor):
    at = scene()
    published(at)
    student = visitor(at.ayan.applicant)
    page = student.read(f"/applications/{at.ayan.id}")
    assert f"You have a place, your first choice: {at.a.title_en}" in page
    placement = db.session.scalars(
        select(Placement).where(Placement.application_id == at.ayan.id)
    ).one()
    post(student, f"/placements/{placement.id}/decline", version=placement.version, reason="")
    page = student.read(f"/applications/{at.ayan.id}")
    assert "You have a place" not in page
    assert f"You declined your place: {at.a.title_en}" in page
    page = student.read(f"/placements/{placement.id}")
    assert "The place was declined and the seat is free again." in page


def test_admin_finds_closed_calls_on_the_first_page(app, visitor):
    at = scene()
    assert "Calls that wait for their round" in visitor(at.admin).read("/")
    assert "Calls that wait for their round" not in visitor(at.sender).read("/")


def test_call_page_leads_to_the_published_round(app, visitor):
    at = scene()
    run = published(at)
    page = visitor().get(f"/calls/{at.call.id}").text
    assert f'href="/rounds/{run.round_id}"' in page
    assert f"/calls/{at.call.id}/round" not in page
    assert f"/calls/{at.call.id}/round" in visitor(at.admin).get(f"/calls/{at.call.id}").text


def published_empty(admin, title: str) -> None:
    """A round published without rows, as the list of rounds reads it."""
    call = factories.call(closes_at=clock.now() - timedelta(days=1), title_en=title)
    stats = {
        "applicants": 20, "placed": 10, "profile": [10], "reasons": {"all_full": 10},
        "seats": 10, "seats_by_offer": {"A": 10}, "filled": {"A": 10},
    }  # fmt: skip
    inputs = {"snapshot_hash": "0" * 64, "created_at": clock.now()}
    round_ = Round(
        call=call,
        status=RoundStatus.PUBLISHED,
        snapshot="{}",
        published_at=clock.now(),
        **inputs,
    )
    round_.runs.append(
        Run(
            policy="linear_assignment",
            seed="1",
            stats=stats,
            certificate={"optimal": True, "proof": "prices"},
            status=RunStatus.DONE,
            published=True,
            requested_by=admin,
            seconds=0.1,
            **inputs,
        )
    )
    db.session.add(round_)
    db.session.flush()


def test_rounds_are_listed_with_the_same_queries_for_one_and_three(
    app, write, visitor, count_queries
):
    with write():
        admin = factories.admin()
        factories.call(closes_at=clock.now() - timedelta(days=1))
        published_empty(admin, "First")

    def counted(*titles):
        reader = visitor(admin)
        reader.read("/rounds")
        with count_queries() as statements:
            page = reader.read("/rounds")
        assert all(title in page for title in titles)
        return len(statements)

    one = counted("First")
    with write():
        for title in ("Second", "Third"):
            factories.call(closes_at=clock.now() - timedelta(days=1))
            published_empty(admin, title)
    assert counted("First", "Second", "Third") == one


def test_a_waiting_run_shows_its_progress(app, write, visitor):
    at = scene()
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
        job = db.session.get_one(Job, run.job_id)
        job.progress, job.note = 0.4, "Storing the result."
    page = visitor(at.admin).get(f"/runs/{run.id}").text
    assert 'data-live="1500"' in page
    assert 'value="40"' in page
    assert "Storing the result." in page
