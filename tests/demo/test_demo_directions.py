"""What the demonstration shows of the other directions holds together; filled once for the file."""

import pytest
from sqlalchemy import select

from mobility.agreements.models import Direction
from mobility.applications import storage
from mobility.applications.models import (
    Application,
    Document,
    DocumentKind,
    DocumentStatus,
    SavedView,
)
from mobility.applications.queries import reviews_of
from mobility.db import db
from mobility.demo import catalogue
from mobility.demo.cli import demo
from mobility.laboratories.models import Booking, Equipment, Slot
from mobility.offers.models import Call, Offer
from mobility.offers.timetable import overlap
from mobility.placements.models import Placement, PlacementStatus
from mobility.projects.models import Project, Standing
from mobility.rounds import queries
from mobility.rounds.models import RoundStatus

KEYS = {
    "several": Direction.COURSES,
    "research": Direction.RESEARCH,
    "teachers": Direction.PROFESSIONAL_DEVELOPMENT,
    "slots": Direction.LABORATORIES,
}


@pytest.fixture(scope="module")
def database(service, database_server):
    """The database with the demonstration in it; nobody here writes."""
    database_server.reset(service)
    with service.app_context():
        result = service.test_cli_runner().invoke(demo)
        db.session.remove()
    assert result.exit_code == 0, result.output


def call_of(key: str) -> Call:
    chosen = select(Call).where(Call.direction == KEYS[key])
    if key == "several":
        chosen = chosen.where(Call.max_credits.is_not(None))
    return db.session.scalars(chosen).one()


def placements(key: str) -> dict[Application, list[Placement]]:
    found: dict[Application, list[Placement]] = {}
    chosen = select(Placement).join(Placement.offer).where(Offer.call_id == call_of(key).id)
    for placement in db.session.scalars(chosen):
        found.setdefault(placement.application, []).append(placement)
    return found


@pytest.mark.parametrize("key", KEYS)
def test_each_direction_has_a_published_round_that_placed_people(app, key):
    round_ = queries.round_of(call_of(key))
    assert round_.status is RoundStatus.PUBLISHED
    assert round_.published_run.certificate["feasible"]
    assert round_.published_run.certificate["proof"] in {"prices", "solver"}
    accepted = [
        placement
        for own in placements(key).values()
        for placement in own
        if placement.status is PlacementStatus.ACCEPTED
    ]
    assert len(accepted) >= 3


def test_teachers_bring_the_agreement_of_their_head(app):
    found = db.session.scalars(
        select(Document)
        .join(Document.application)
        .where(Application.call_id == call_of("teachers").id)
        .order_by(Document.id)
    ).all()
    applied = db.session.scalars(
        select(Application.id).where(Application.call_id == call_of("teachers").id)
    ).all()
    assert {one.application_id for one in found} == set(applied)
    assert {one.kind for one in found} == {DocumentKind.HEAD_AGREEMENT}
    assert DocumentStatus.ACCEPTED in {one.status for one in found}
    assert all(storage.path_of(one.stored_as).is_file() for one in found)


def test_courses_are_within_credits_and_never_clash(app):
    given = placements("several")
    assert max(len(own) for own in given.values()) >= 2
    for application, own in given.items():
        courses = [placement.offer for placement in own]
        assert sum(course.ects for course in courses) <= application.credits_most
        assert not any(
            overlap(one, other) for one in courses for other in courses if one is not other
        )


def test_pools_hold_and_a_team_takes_one_of_each(app):
    used: dict[Offer, list[int]] = {}
    for application, (placement,) in placements("research").items():
        seats = used.setdefault(placement.offer, [0, 0])
        for person in application.people:
            seats[person.is_staff] += 1
    assert used
    for offer, (students, teachers) in used.items():
        assert students <= offer.seats
        assert teachers <= offer.staff_seats
    assert any(application.partner for application in placements("research"))


def test_projects_are_under_way_with_places_slots_and_results(app):
    projects = db.session.scalars(select(Project)).all()
    assert [project.standing for project in projects] == [Standing.RUNNING] * 2
    assert all(len(project.leaders) == 2 and project.results for project in projects)
    assert {offer.project_id for offer in db.session.scalars(select(Offer)) if offer.project_id}
    assert db.session.scalars(select(Booking)).all()


def test_slots_of_the_call_are_kept_and_others_are_free(app):
    given = {
        offer.slot_id: offer.seats for offer in db.session.scalars(select(Offer)) if offer.slot_id
    }
    for slot in db.session.scalars(select(Slot)):
        assert slot.kept == given.get(slot.id, 0)
    assert len(db.session.scalars(select(Equipment)).all()) == 3


@pytest.mark.parametrize("key", KEYS)
def test_words_stand_in_three_languages(key):
    entry = next(one for one in catalogue.directions()["calls"] if one["key"] == key)
    texts = [entry["title"], entry["rules"]]
    texts += [place[part] for place in entry["offers"] for part in ("title", "description")]
    assert all(set(text) == {"en", "ru", "kk"} and all(text.values()) for text in texts)


def test_teachers_are_scored_by_criteria_and_two_reviewers_and_rules_give_points(app):
    call = call_of("teachers")
    assert [rule.is_hard for rule in call.eligibility_rules] == [True, False]
    assert len(call.criteria) == call.reviews_needed == 2
    added = set()
    for application in db.session.scalars(select(Application).where(Application.call == call)):
        reviews = reviews_of(application)
        assert len({review.reviewer_id for review in reviews}) == 2
        assert application.score == pytest.approx(
            sum(review.score for review in reviews) / 2, abs=0.01
        )
        added.add(application.points)
    assert added == {0, 5}


def test_documents_stand_at_every_step_and_files_are_there(app):
    found = db.session.scalars(select(Document).order_by(Document.id)).all()
    states = {(one.kind, one.status) for one in found}
    for kind in (DocumentKind.TRANSCRIPT, DocumentKind.LANGUAGE):
        assert states >= {(kind, status) for status in DocumentStatus}
    assert all(storage.path_of(one.stored_as).is_file() for one in found)
    assert db.session.scalars(select(SavedView.name).order_by(SavedView.id)).all()
