"""Joint projects with their leaders and results, and the equipment that SUSU shares."""

from datetime import time, timedelta
from typing import Any

from .. import clock
from ..accounts.models import Role
from ..db import db, transaction
from ..i18n import LANGUAGES
from ..laboratories.models import Slot
from ..laboratories.services import add_slots, book_slot, open_equipment, share_equipment
from ..projects.models import Project, ResultKind
from ..projects.services import add_result, create_project, open_project
from . import catalogue
from .filling_people import invent_person
from .scene import Scene, Student

HOST, GUEST = "susu.ru", "kaznpu.kz"
SHARED, BOOKED = -60, -5


def fill_projects(scene: Scene) -> None:
    """Each project drafted by SUSU, led at both universities, opened, with what it has brought."""
    entries = catalogue.directions()["projects"]
    for entry in entries:
        with transaction():
            _fill_project(scene, entry)
    scene.say(f"{len(entries)} joint projects")


def _fill_project(scene: Scene, entry: dict[str, Any]) -> None:
    days, coordinator = scene.timetable, scene.coordinators[HOST, ""]
    leaders = [_teacher(scene, schac, entry["begins"] - 30) for schac in (HOST, GUEST)]
    with clock.at(days.at(entry["begins"] - 10)):
        project = create_project(
            coordinator,
            partner_a=scene.institutions[HOST],
            partner_b=scene.institutions[GUEST],
            leader_a=leaders[0].user.email,
            leader_b=leaders[1].user.email,
            starts_on=days.day(entry["begins"]),
            ends_on=days.day(entry["ends"]),
            **_words(entry),
        )
        open_project(project, coordinator)
    for kind, title, day in entry["results"]:
        with clock.at(days.at(day, 15)):
            add_result(
                project, leaders[0].user, kind=ResultKind(kind), title=title, on=days.day(day)
            )
    scene.projects[entry["key"]] = project


def _teacher(scene: Scene, schac: str, day: int) -> Student:
    return invent_person(scene, schac, Role.STAFF, scene.timetable.at(day))


def _words(entry: dict[str, Any]) -> dict[str, str]:
    return {
        f"{part}_{language}": entry[part][language]
        for part in ("title", "description")
        for language in LANGUAGES
    }


def fill_laboratories(scene: Scene) -> None:
    """Equipment with slots ahead; the leader of a project has booked the first of each."""
    entries = catalogue.directions()["equipment"]
    for entry in entries:
        with transaction():
            _fill_equipment(scene, entry)
    scene.say(f"{len(entries)} pieces of equipment with their calendars")


def _fill_equipment(scene: Scene, entry: dict[str, Any]) -> None:
    days = scene.timetable
    unit = scene.units[HOST, entry["unit"]]
    keeper = scene.coordinator_of(unit.institution_id, unit.id)
    first = days.day(entry["first"])
    with clock.at(days.at(SHARED)):
        equipment = share_equipment(
            keeper,
            institution=scene.institutions[HOST],
            unit=unit,
            safety_training=entry["safety_training"],
            books_directly=entry["books_directly"],
            **_words(entry),
        )
        add_slots(
            equipment,
            keeper,
            first=first,
            last=first + timedelta(weeks=entry["weeks"], days=-1),
            days=entry["days"],
            begin=time.fromisoformat(entry["begin"]),
            end=time.fromisoformat(entry["end"]),
            capacity=entry["capacity"],
        )
        open_equipment(equipment, keeper)
    scene.equipment[entry["key"]] = equipment
    if entry["books_directly"]:
        with clock.at(days.at(BOOKED, 11)):
            for slot, project in zip(
                slots_of(scene, entry["key"]), scene.projects.values(), strict=False
            ):
                _book(scene, slot, project)


def _book(scene: Scene, slot: Slot, project: Project) -> None:
    leader = project.leader_of(scene.institutions[GUEST].id)
    assert leader is not None
    title = getattr(project, f"title_{leader.language}")
    book_slot(slot, leader, purpose=title, project=project)


def slots_of(scene: Scene, key: str) -> list[Slot]:
    """The slots of a piece of equipment, the earliest first."""
    return (
        db.session.query(Slot)
        .filter_by(equipment_id=scene.equipment[key].id)
        .order_by(Slot.starts_at)
        .all()
    )
