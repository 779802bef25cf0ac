"""Several answers and gifts at the same moment, in threads of their own, on the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from mobility import clock
from mobility.applications.models import Application
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.jobs import run_due_jobs
from mobility.offers.models import Offer, VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Placement
from mobility.placements.queries import is_live
from mobility.rounds import queries, services
from mobility.rounds.models import Appeal, Round
from mobility.rounds.services import giving

from .scenes import answered, placement_of, published, scene

PEOPLE = 5


@pytest.fixture
def together(app):
    """Do each of the deeds in a thread of its own, all set off at one moment; what each said."""

    def run(*deeds) -> list[str]:
        db.session.remove()
        barrier = Barrier(len(deeds))

        def start(deed) -> str:
            with app.app_context():
                barrier.wait(timeout=20)
                try:
                    deed()
                except Conflict:
                    return "refused"
                finally:
                    db.session.remove()
                return "done"

        with ThreadPoolExecutor(len(deeds)) as pool:
            return sorted(pool.map(start, deeds))

    return run


def live_at(offer_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Placement.offer_id == offer_id, is_live()))


def give(round_id: int):
    def deed():
        with transaction():
            giving.give_seats(queries.locked_round(round_id))

    return deed


def answer(placement_id: int, service, **values):
    def deed():
        with transaction():
            placement = db.session.get_one(Placement, placement_id)
            service(placement, placement.application.applicant, **values)

    return deed


@pytest.mark.parametrize("attempt", range(3))
def test_many_hands_give_each_vacated_seat_once(write, together, attempt):
    """All of A's holders decline while four workers look for seats."""
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.a.seats = 3
        for number in range(PEOPLE):
            at.person(f"P{number}", f"p{number}", 10, at.a)
    published(at)
    answered(at, bota="decline")
    offer, round_ = at.a.id, queries.round_of(at.call).id
    held = [placement_of(one).id for one in (at.ayan, at.chingiz)]
    said = together(
        *(answer(number, placements.decline_place) for number in held),
        *(give(round_) for _ in range(4)),
    )
    assert said == ["done"] * 6
    run_due_jobs()
    assert live_at(offer) == 3
    assert db.session.scalar(select(func.count(Placement.id))) == 6


@pytest.mark.parametrize("attempt", range(3))
def test_an_answer_in_the_last_moment_and_the_giving_of_its_seat_come_in_turn(
    write, together, attempt
):
    """Ayan accepts just before the end; a worker whose clock has passed it gives the seat."""
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
    published(at)
    answered(at, bota="accept")
    placement = placement_of(at.ayan)
    offer, round_, until = at.a.id, queries.round_of(at.call).id, placement.answer_until
    accept = answer(placement.id, placements.accept_place)

    def at_time(moment, deed):
        def timed():
            with clock.at(moment):
                deed()

        return timed

    together(at_time(until - timedelta(seconds=1), accept), at_time(until, give(round_)))
    with clock.at(until):
        assert live_at(offer) <= 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_appeals_take_one_mobility_left_in_the_year_once(write, together, attempt):
    at = scene()
    with write():
        at.condition.mobilities_per_year = 3  # two are placed
        at.erlan = at.person("Erlan", "eeee", 10, at.b)
    published(at)
    made = []
    with write():
        for one, offer in ((at.chingiz, at.a), (at.erlan, at.b)):
            appeal = services.open_appeal(one, one.applicant, offer.id, "Look again.")
            services.ask_for_seat(appeal, at.admin, "A slip.")
            made.append(appeal.id)
    host = at.receiver.id

    def consent(appeal_id):
        def deed():
            with transaction():
                appeal = db.session.get_one(Appeal, appeal_id)
                services.consent_to_seat(appeal, db.session.get_one(type(at.receiver), host))

        return deed

    condition = at.condition.id
    assert together(*(consent(appeal) for appeal in made)) == ["done", "refused"]
    live = db.session.scalar(
        select(func.count())
        .select_from(Placement)
        .join(Offer)
        .where(Offer.condition_id == condition, is_live())
    )
    assert live == 3


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_appeal_is_consented_to_once(write, together, attempt):
    at = scene()
    published(at)
    with write():
        appeal = services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "Look again.")
        services.ask_for_seat(appeal, at.admin, "A slip.")
    number, host, offer = appeal.id, at.receiver.id, at.a.id

    def consent():
        with transaction():
            receiver = db.session.get_one(type(at.receiver), host)
            services.consent_to_seat(db.session.get_one(Appeal, number), receiver)

    assert together(consent, consent, consent) == ["done", "refused", "refused"]
    assert db.session.get_one(Offer, offer).seats == 2
    assert live_at(offer) == 2
    assert db.session.scalar(select(func.count(Application.id))) == 4
    assert db.session.scalar(select(func.count(Round.id))) == 1
