"""Two calls that one round decides: both ways at once, by one lottery and one publication."""

from datetime import timedelta

import pytest

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.applications.services import pre_place_application
from mobility.db import transaction
from mobility.errors import Conflict
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements.services import accept_place, decline_place
from mobility.rounds import queries, services
from mobility.rounds.checking import check_file
from mobility.rounds.files import file_of
from mobility.rounds.sequel import appeals
from mobility.rounds.snapshot import Inputs
from tests import factories
from tests.rounds.scenes import (
    answered,
    computed,
    explained,
    frozen,
    placement_of,
    published,
    scene,
    second_computed,
)


@pytest.fixture
def at(app):
    """The scene, and a call the other way: SUSU sends Vera (85) and Yegor (75) to place A there.

    The exchange has to be even, and the year has none of it yet.
    """
    at = scene()
    with transaction():
        at.call.balance_tolerance = 0
        at.back = factories.call(
            title_en="Courses in Almaty",
            closes_at=at.call.closes_at,
            balance_tolerance=0,
            decided_with=at.call,
        )
        at.way_back = factories.condition(at.host, at.home)
        at.c = factories.offer(at.back, at.way_back, code="A", title_en="Almaty", seats=2)
        for name, pseudonym, score in (("Vera", "vvvv", 85), ("Yegor", "yyyy", 75)):
            made = factories.application(
                factories.student(at.host, name=name),
                at.back,
                [at.c],
                status=ApplicationStatus.APPROVED,
                pseudonym=pseudonym,
                score=score,
            )
            setattr(at, name.lower(), made)
    return at


def held(*applications) -> list[str | None]:
    found = [queries.row_of(one) for one in applications]
    return [row.offer.title if row.offer else None for row in found]


def test_both_ways_are_decided_at_once_where_one_alone_could_not_be(at, visitor):
    run = published(at)
    assert run.stats["placed"] == 4
    assert held(at.ayan, at.bota) == [at.a.title, at.b.title]
    assert held(at.vera, at.yegor) == ["Almaty", "Almaty"]
    assert run.stats["balance_cost"] == 0
    inputs = Inputs(run.round.snapshot)
    assert set(inputs.codes) == {"A", "B", f"{at.back.id}/A"}
    assert {"aaaa", "vvvv"} <= set(inputs.pseudonyms)
    page = visitor(None).read(f"/rounds/{run.round_id}")
    assert "Internships · Courses in Almaty" in page
    assert f'href="/calls/{at.back.id}"' in visitor(None).get(f"/rounds/{run.round_id}").text


def test_one_way_alone_could_place_nobody(at):
    with transaction():
        at.back.decided_with = None
    assert published(at).stats["placed"] == 0


def test_the_file_holds_and_everybody_is_explained(at, visitor):
    with transaction():
        at.c.seats = 1
    run = published(at)
    assert run.stats["placed"] == 2  # one each way
    text = file_of(run.round, run, queries.seeds(at.back))
    assert check_file(text.encode()).digest == run.round.file_digest
    explained(run)
    page = visitor(at.yegor.applicant).read(f"/applications/{at.yegor.id}/explanation")
    assert "Courses in Almaty" in page
    assert visitor(at.yegor.applicant).get(f"/rounds/{run.round_id}/file").status_code == 200


def test_each_call_leads_to_the_one_cockpit_and_draw(at, visitor):
    round_ = frozen(at)
    assert queries.round_of(at.back) == round_
    assert [one.call for one in queries.commitments(at.back)] == [at.call]
    admin = visitor(at.admin)
    for page in ("round", "draw"):
        one, other = (admin.read(f"/calls/{call.id}/{page}") for call in (at.call, at.back))
        assert one == other
        assert "Internships · Courses in Almaty" in one
    said = admin.read(f"/calls/{at.call.id}")
    assert "The same round decides these calls together with this one" in said
    assert "Courses in Almaty" in said


def test_the_freezing_waits_for_every_call_and_application(at, visitor):
    with transaction():
        at.back.closes_at = at.back.mending_until = clock.now() + timedelta(hours=1)
    with pytest.raises(Conflict, match="“Courses in Almaty” has not closed yet"):
        frozen(at)
    said = visitor(at.admin).post(
        f"/calls/{at.call.id}/round/close", {"reason": "Enough."}, follow_redirects=True
    )
    assert "The call is closed." in said.text
    with transaction():
        at.yegor.status, at.yegor.note = ApplicationStatus.RETURNED, "Mend it."
    with pytest.raises(Conflict, match="1 application is not decided yet"):
        frozen(at)


def test_a_frozen_round_holds_the_applications_of_every_call(at):
    round_ = frozen(at)
    with pytest.raises(Conflict, match="frozen"), transaction():
        pre_place_application(at.yegor, at.c, "A double degree.", at.admin)
    with transaction():
        services.thaw_round(round_, at.admin, "A score was wrong.")
    assert at.yegor.locked_at is None


def test_publication_stands_or_falls_for_both(at):
    run = computed(at)
    with transaction():
        at.yegor.status, at.yegor.note = ApplicationStatus.REJECTED, "Left."
    with transaction(), pytest.raises(Conflict, match="1 application has been changed"):
        services.publish_run(run, at.admin)
    assert queries.row_of(at.ayan) is None


def waiting(at) -> None:
    with transaction():
        for call in (at.call, at.back):
            call.vacated = VacatedSeats.WAITING_ORDER
            call.vacated_until = clock.now() + timedelta(days=30)


def test_a_vacated_seat_goes_down_the_line_of_its_place(at):
    waiting(at)
    with transaction():
        at.c.seats = 1
        at.b.seats = 0
    published(at)
    assert held(at.vera, at.yegor) == ["Almaty", None]
    with transaction():
        decline_place(placement_of(at.vera), at.vera.applicant)
    run_due_jobs()
    assert placement_of(at.yegor).offer == at.c


def test_the_waiting_order_keeps_the_balance(at):
    waiting(at)
    published(at)
    answered(at, bota="accept")
    with transaction():
        accept_place(placement_of(at.vera), at.vera.applicant)
        decline_place(placement_of(at.yegor), at.yegor.applicant)
    run_due_jobs()
    answered(at, ayan="decline")  # one each way: Chingiz waits for A, but would make it two to one
    run_due_jobs()
    assert queries.placements_by_pseudonym(at.call).keys() == {"aaaa", "bbbb", "vvvv", "yyyy"}


def test_a_seat_is_not_added_against_the_balance(at):
    with transaction():
        at.c.seats = 1
        at.b.seats = 0
    published(at)
    with transaction():
        assert appeals.why_not_open(at.yegor) is None
        appeal = services.open_appeal(at.yegor, at.yegor.applicant, at.c.id, "My score.")
    with pytest.raises(Conflict, match="would break the balance"), transaction():
        services.ask_for_seat(appeal, at.admin, "We would.")
    with transaction():
        at.call.balance_tolerance = at.back.balance_tolerance = 1
    with transaction():
        services.ask_for_seat(appeal, at.admin, "We would.")


def test_a_second_round_moves_people_of_both_calls(at):
    with transaction():
        at.c.seats = 1
        at.b.seats = 0
        for call in (at.call, at.back):
            call.vacated_until = clock.now() + timedelta(days=30)
    published(at)
    answered(at, ayan="decline")
    with transaction():
        decline_place(placement_of(at.vera), at.vera.applicant)
    second = second_computed(at)
    with transaction():
        services.publish_second_round(second, at.admin)
    placed = {name for name, one in queries.placements_by_pseudonym(at.back).items() if one.is_live}
    assert placed == {"bbbb", "yyyy"}
