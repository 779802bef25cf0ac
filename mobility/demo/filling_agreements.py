"""Agreements in all their states, each brought there by the coordinators of its partners."""

from typing import Any

from .. import clock
from ..agreements.models import Agreement, Direction
from ..agreements.services import (
    add_condition,
    approve_agreement,
    create_agreement,
    propose_agreement,
    terminate_agreement,
)
from ..db import transaction
from . import catalogue
from .scene import Scene


def fill_agreements(scene: Scene) -> None:
    """Each agreement step by step, on the days that the data name."""
    entries = catalogue.agreements()
    for entry in entries:
        with transaction():
            _fill(scene, entry)
    scene.say(f"{len(entries)} agreements")


def _fill(scene: Scene, entry: dict[str, Any]) -> None:
    days = scene.timetable
    drafter = scene.coordinators[entry["partners"][0], ""]
    with clock.at(days.at(entry["drafted"])):
        agreement = _draft(scene, entry)
    if entry["proposed"] is not None:
        with clock.at(days.at(entry["proposed"], 11)):
            propose_agreement(agreement, drafter)
    for schac, day in entry["approved"].items():
        with clock.at(days.at(day, 15)):
            approve_agreement(agreement, scene.coordinators[schac, ""], agreement.content_hash)
    if "terminated" in entry:
        day, schac, reason = entry["terminated"]
        with clock.at(days.at(day, 12)):
            terminate_agreement(agreement, scene.coordinators[schac, ""], reason["en"])


def _draft(scene: Scene, entry: dict[str, Any]) -> Agreement:
    drafter = scene.coordinators[entry["partners"][0], ""]
    first, second = (scene.institutions[schac] for schac in entry["partners"])
    agreement = create_agreement(
        drafter,
        partner_a=first,
        partner_b=second,
        signed_on=None if entry["signed"] is None else scene.timetable.day(entry["signed"]),
        text=entry["text"],
        **{f"title_{language}": title for language, title in entry["title"].items()},
    )
    for values in entry["conditions"]:
        condition = add_condition(agreement, drafter, **_condition(scene, values))
        scene.conditions[entry["key"], condition.direction.value] = condition
    return agreement


def _condition(scene: Scene, values: dict[str, Any]) -> dict[str, Any]:
    """`years` count from the academic year of the filling."""
    first, last = (scene.timetable.academic_year() + years for years in values["years"])
    kept = {name: value for name, value in values.items() if name != "years"}
    return {
        **kept,
        "direction": Direction(values["direction"]),
        "sending": scene.institutions[values["sending"]],
        "receiving": scene.institutions[values["receiving"]],
        "first_year": first,
        "last_year": last,
    }
