"""Fifty people book the last ten places at the same moment: each place goes to one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from mobility.agreements.models import Direction
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.laboratories.models import Booking, BookingStatus, Slot
from mobility.laboratories.services import book_slot
from mobility.projects.models import Project, ProjectLeader

from .. import factories

CLIENTS, PLACES = 50, 10


@pytest.mark.parametrize("capacities", [[PLACES], [2] * 5, [1] * PLACES], ids=str)
def test_last_places_go_to_ten_of_fifty_and_the_others_see_how_it_stands(app, capacities):
    with transaction():
        here, there = factories.institution("susu.ru"), factories.institution("kaznpu.kz")
        factories.condition(there, here, direction=Direction.LABORATORIES)
        equipment = factories.equipment(here)
        slots = [
            factories.slot(equipment, days=7 + number, capacity=capacity).id
            for number, capacity in enumerate(capacities)
        ]
        people = []
        for _ in range(CLIENTS):
            teacher = factories.teacher(there)
            project = factories.project(here, there, leaders=(factories.teacher(here), teacher))
            people.append((teacher.id, project.id))
    db.session.remove()
    barrier = Barrier(CLIENTS)

    def book(number: int) -> str:
        user_id, project_id = people[number]
        with app.app_context():
            barrier.wait(timeout=60)
            try:
                with transaction():
                    project = db.session.get_one(Project, project_id)
                    leader = next(one for one in project.leaders if one.user_id == user_id)
                    assert isinstance(leader, ProjectLeader)
                    book_slot(
                        db.session.get_one(Slot, slots[number % len(slots)]),
                        leader.user,
                        purpose="Samples",
                        project=project,
                    )
            except Conflict as error:
                return error.message
            finally:
                db.session.remove()
            return "booked"

    with ThreadPoolExecutor(CLIENTS) as pool:
        said = list(pool.map(book, range(CLIENTS)))
    assert said.count("booked") == PLACES
    full = "This slot is full: others were there first. Choose another one."
    assert said.count(full) == CLIENTS - PLACES
    with transaction(write=False):
        for slot_id in slots:
            slot = db.session.get_one(Slot, slot_id)
            held = db.session.query(Booking).filter_by(slot_id=slot_id, status=BookingStatus.BOOKED)
            assert held.count() == slot.capacity
