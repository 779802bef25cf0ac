"""A laboratory, and who may work in it."""

from datetime import timedelta

from mobility import clock
from mobility.agreements.models import Direction
from mobility.db import db
from mobility.placements.models import PlacementStatus
from mobility.placements.services import place

from .. import factories


class Laboratory:
    """SUSU has a microscope; Abai KazNPU has an agreement, a project and a student there."""

    def __init__(self):
        self.here, self.there = (factories.institution(s) for s in ("susu.ru", "kaznpu.kz"))
        self.condition = factories.condition(
            self.there, self.here, direction=Direction.LABORATORIES
        )
        self.keeper = factories.coordinator(self.here)
        self.equipment = factories.equipment(self.here)
        self.slot = factories.slot(self.equipment, capacity=2)
        self.leader = factories.teacher(self.there, name="Viktor")
        self.project = factories.project(
            self.here, self.there, leaders=(factories.teacher(self.here), self.leader)
        )
        self.student = factories.student(self.there, name="Alma")


def stay(lab, person):
    """Give somebody a place at the laboratory's university, accepted."""
    under = factories.condition(lab.there, lab.here)
    offer = factories.offer(factories.call(), under)
    application = factories.application(person, offer.call, [offer])
    placement = place(application, offer, 1, clock.now() + timedelta(days=7), None)
    placement.status, placement.answered_at = PlacementStatus.ACCEPTED, clock.now()
    db.session.flush()
