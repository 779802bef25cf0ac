"""The waiting order: by merit and lottery, as seats are vacated, and never over capacity."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility import audit, clock
from mobility.db import db
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Origin, Placement, PlacementStatus
from mobility.rounds import queries, services
from mobility.rounds.sequel import waiting
from mobility.rounds.services import giving

from .scenes import answered, placement_of, published, scene, second_computed

OFFERED, ACCEPTED = PlacementStatus.OFFERED, PlacementStatus.ACCEPTED


def waiting_scene(write):
    """The scene's call with a waiting order: Chingiz (70) and Erlan (60) wait for A."""
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.erlan = at.person("Erlan", "eeee", 60, at.a, at.b)
    published(at)
    return at


def held(application) -> tuple:
    placement = db.session.scalar(
        select(Placement).where(Placement.application_id == application.id)
    )
    if placement is None:
        return ()
    return placement.offer.code, placement.rank, placement.answer, placement.origin


def give(at) -> None:
    run_due_jobs()
    db.session.expire_all()


def test_a_vacated_seat_goes_to_the_first_in_line(app, write, mailbox):
    at = waiting_scene(write)
    answered(at, bota="accept")
    answered(at, ayan="decline")
    assert held(at.chingiz) == ()  # in a transaction of its own, after the answer
    give(at)
    assert held(at.chingiz) == ("A", 1, OFFERED, Origin.WAITING_ORDER)
    assert held(at.erlan) == ()
    letter = [mail for mail in mailbox() if mail.recipient == at.chingiz.applicant.email][-1]
    assert letter.subject == f"You have a place after all: {at.a.title}"
    with write():
        event = audit.history(queries.round_of(at.call))[-1]
    assert (event.action, event.details["pseudonym"]) == ("round.give", "cccc")


def test_who_may_move_up_stands_in_line_with_the_others_and_the_seat_left_goes_on(app, write):
    at = waiting_scene(write)
    answered(at, bota="upgrade", ayan="decline")
    give(at)
    assert held(at.bota) == ("A", 1, ACCEPTED, Origin.ROUND)  # 80 comes before 70
    assert held(at.erlan) == ("B", 2, OFFERED, Origin.WAITING_ORDER)
    assert held(at.chingiz) == ()


def test_the_locked_and_those_who_are_out_do_not_wait(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept", ayan="decline")
    with write():
        line = waiting.line_of(queries.round_of(at.call))
    assert [person.pseudonym for person in line] == ["cccc", "eeee"]


def test_a_seat_waits_for_the_answer_of_somebody_who_stands_before(app, write):
    """Bota has not answered for B yet; she may still accept and ask to be moved up to A."""
    at = waiting_scene(write)
    answered(at, ayan="decline")
    give(at)
    assert held(at.chingiz) == ()
    answered(at, bota="accept")
    give(at)
    assert held(at.chingiz)[0] == "A"


def test_silence_vacates_a_seat_too(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept")
    with clock.at(placement_of(at.ayan).answer_until):
        give(at)
        assert held(at.chingiz) == ("A", 1, OFFERED, Origin.WAITING_ORDER)


def test_a_declined_turn_goes_to_the_next(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept", ayan="decline")
    give(at)
    answered(at, chingiz="decline")
    give(at)
    assert held(at.erlan) == ("A", 1, OFFERED, Origin.WAITING_ORDER)


def test_a_placement_called_off_vacates_its_seat(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept", ayan="accept")
    with write():
        placements.cancel_placement(placement_of(at.ayan), at.sender, "Ill.")
    give(at)
    assert held(at.chingiz)[0] == "A"


@pytest.mark.parametrize(
    "rules",
    [
        {"vacated": VacatedSeats.NONE, "vacated_until": None},
        {"vacated": VacatedSeats.SECOND_ROUND},  # the second round comes first
        {"vacated_until": clock.now() - timedelta(seconds=1)},
    ],
)
def test_nothing_is_given_where_or_when_the_rules_do_not_say_so(app, write, rules):
    at = waiting_scene(write)
    with write():
        for name, value in rules.items():
            setattr(at.call, name, value)
    answered(at, bota="accept", ayan="decline")
    give(at)
    assert held(at.chingiz) == ()


def test_after_a_second_round_there_is_the_waiting_order(app, write):
    at = scene()
    with write():
        at.erlan = at.person("Erlan", "eeee", 60, at.a)
    published(at)
    answered(at, bota="accept", ayan="decline")
    found = second_computed(at)
    with write():
        services.publish_second_round(found, at.admin)
    assert held(at.chingiz) == ("A", 1, OFFERED, Origin.SECOND_ROUND)
    answered(at, chingiz="decline")
    give(at)
    assert held(at.erlan) == ("A", 1, OFFERED, Origin.WAITING_ORDER)


def test_the_yearly_number_of_the_agreement_bounds_it(app, write):
    at = waiting_scene(write)
    with write():
        at.condition.mobilities_per_year = 1
    answered(at, bota="accept", ayan="decline")
    give(at)
    assert held(at.chingiz) == ()


def test_a_place_that_closed_gives_nothing(app, write):
    at = waiting_scene(write)
    with write():
        at.a.status = type(at.a.status).WITHDRAWN
    answered(at, bota="accept", ayan="decline")
    give(at)
    assert held(at.chingiz) == ()


def test_turns_say_where_somebody_stands(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept")
    with write():
        round_ = queries.round_of(at.call)
        turns = {
            name: [
                (turn.rank, turn.code, turn.number, turn.people)
                for turn in waiting.turns_of(round_, pseudonym)
            ]
            for name, pseudonym in {"Chingiz": "cccc", "Erlan": "eeee", "Bota": "bbbb"}.items()
        }
    assert turns == {
        "Chingiz": [(1, "A", 1, 2)],
        "Erlan": [(1, "A", 2, 2), (2, "B", 1, 1)],
        "Bota": [],
    }


def test_equal_merit_is_decided_by_the_lottery_of_the_round(app, write):
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        others = [at.person(f"P{n}", f"p{n}", 70, at.a) for n in range(5)]
    published(at)
    with write():
        round_ = queries.round_of(at.call)
        inputs = waiting._inputs(round_.snapshot)
        numbers = inputs.lottery(round_.published_run.seed)
        line = [person.pseudonym for person in waiting.line_of(round_)]
    expected = sorted(
        ["cccc", *(other.pseudonym for other in others)],
        key=lambda pseudonym: -numbers[inputs.place_of[pseudonym]],  # as in the round
    )
    assert [pseudonym for pseudonym in line if pseudonym != "bbbb"] == expected


def test_giving_twice_gives_once(app, write):
    at = waiting_scene(write)
    answered(at, bota="accept", ayan="decline")
    for _ in range(3):
        with write():
            giving.give_seats(queries.round_of(at.call))
    assert db.session.scalar(select(func.count(Placement.id))) == 3


def test_coordinators_read_who_of_their_scope_is_next(app, write, visitor):
    at = waiting_scene(write)
    round_id = queries.round_of(at.call).id
    page = visitor(at.sender).read(f"/rounds/{round_id}/waiting")
    assert page.index("Bota") < page.index("Chingiz") < page.index("Erlan")
    assert f"{at.a.title} " in page
    assert "3 people in line" in page  # Ayan has his first choice
    assert '<li value="3">' in visitor(at.sender).get(f"/rounds/{round_id}/waiting").text
    host = visitor(at.receiver).read(f"/rounds/{round_id}/waiting")
    assert "Nobody of your scope waits" in host
    assert "Chingiz" not in host
    assert "Who is next at each place" in visitor(at.admin).read(f"/calls/{at.call.id}/round")
    with write():
        at.call.vacated_until = clock.now() - timedelta(hours=1)
    assert "There is no waiting order now" in visitor(at.sender).read(f"/rounds/{round_id}/waiting")
