"""What pages say of a round that gives several courses: people are not courses, nor seats."""

import pytest

from mobility.db import transaction
from mobility.placements.services import accept_all

from .test_several_courses import courses, published

# Six people, each of whom gets one course of two seats; five of them get another one.
SIX = [(f"P{number}", 80 - number, "CD" if number else "C", 10, 10) for number in range(6)]


@pytest.fixture
def at(app):
    return courses(*SIX, seats=6)


def test_seats_and_courses_are_counted_apart_from_people(at, visitor):
    run = published(at)
    public, admin = visitor(None), visitor(at.admin)
    assert "seats filled 11 of 30" in public.read(f"/rounds/{run.round_id}")
    for read, address in (
        (public.read, f"/rounds/{run.round_id}"),
        (public.read, f"/rounds/{run.round_id}/report"),
        (admin.read, f"/runs/{run.id}"),
        (admin.read, f"/calls/{at.call.id}/round/comparison"),
    ):
        page = read(address)
        assert "Outcome Number of courses Share of all" in page
        assert "Total 11" in page
    assert "Seats filled 11 of 30" in page
    assert "seats filled 11 of 30" in admin.read(f"/runs/{run.id}")
    assert "Seats filled 11" in public.read(f"/rounds/{run.round_id}/report")


def test_nothing_is_said_of_prices_that_there_are_not(at, visitor):
    run = published(at)
    for address in (f"/rounds/{run.round_id}", f"/rounds/{run.round_id}/report"):
        page = visitor(None).read(address)
        assert "Place by place" in page
        assert "price of a place" not in page
        assert "one seat more" not in page


def test_each_result_says_what_comes_next(app, visitor):
    at = courses(("Alma", 80, "AC", 10, 10), ("Bek", 70, "A", 5, 5))
    published(at)
    alma, bek = at.people
    read = visitor(alma.applicant).read
    page, mine = f"/applications/{alma.id}", f"/applications/{bek.id}"
    assert "What comes next Accept or decline each course above until" in read(page)
    assert "Declined seats stay empty." in read(page)
    with transaction():
        accept_all(alma, alma.applicant)
    assert "What comes next Nomination, arrival and recognition of an accepted" in read(page)
    page = visitor(bek.applicant).read(mine)
    assert "What comes next Declined seats stay empty. You may apply in any call" in page
    assert f"Your coordinators: {at.sender.name}" in page


def test_few_people_with_many_courses_are_not_shown(app, visitor):
    at = courses(*SIX[1:4], seats=6)
    run = published(at)
    page = visitor(None).read(f"/rounds/{run.round_id}")
    assert "Fewer than five people took part, so no figures are shown." in page
    assert "Number of courses" not in page
