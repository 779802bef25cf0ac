"""Calls with their rules, and the places that the receiving side opens in them."""

from typing import Any

from .. import clock
from ..agreements.models import CooperationCondition, Direction
from ..db import transaction
from ..offers.models import Call
from ..offers.services import announce_call, create_call, create_offer, open_offer
from . import catalogue
from .filling_documents import ask
from .filling_letters import carry_due_jobs
from .scene import Scene
from .timetable import Term

CLOSING_HOUR = 18


def fill_calls(scene: Scene) -> None:
    """Each call drafted by the admin, filled with places by coordinators, then announced."""
    for entry in catalogue.calls():
        with transaction():
            call = scene.calls[entry["key"]] = _fill(scene, entry)
        with clock.at(call.opens_at):
            carry_due_jobs()  # the service commits its seed
    scene.say(f"{len(scene.calls)} calls with their places")


def _fill(scene: Scene, entry: dict[str, Any]) -> Call:
    days = scene.timetable
    term = days.this_term() if entry["term"] == "this" else days.next_term()
    direction = Direction(entry["direction"])
    conditions = {key: scene.conditions[key, direction.value] for key in entry["offers"]}
    with clock.at(days.at(entry["created"])):
        call = create_call(
            scene.admin,
            direction=direction,
            term=term.code,
            opens_at=days.at(entry["opens"], 9),
            closes_at=days.at(entry["closes"], CLOSING_HOUR),
            mending_until=days.at(entry["mending_until"], CLOSING_HOUR),
            **{name: entry[name] for name in ("answer_days", "min_choices", "max_choices")},
            **entry.get("matching", {}),
            **_words(entry, term, list(conditions.values())),
        )
        if "documents" in entry:
            ask(call, entry["documents"], scene.admin)
    with clock.at(days.at(entry["created"] + 2)):
        for key, condition in conditions.items():
            for place in _places(direction, entry["offers"][key]):
                _open(scene, call, condition, place, term)
    with clock.at(days.at(entry["announced"])):
        announce_call(call, scene.admin)
    return call


def _words(
    entry: dict[str, Any], term: Term, conditions: list[CooperationCondition]
) -> dict[str, str]:
    words = {}
    for language, title in entry["title"].items():
        senders = ", ".join(
            getattr(condition.sending, f"name_{language}") for condition in conditions
        )
        words[f"title_{language}"] = title.format(term=term.name(language))
        words[f"rules_{language}"] = entry["rules"][language].format(
            senders=senders,
            least=entry["min_choices"],
            most=entry["max_choices"],
            days=entry["answer_days"],
        )
    return words


def _places(direction: Direction, codes: str | list[str]) -> list[catalogue.Place]:
    places = {
        Direction.INTERNSHIP: catalogue.internships,
        Direction.COURSES: catalogue.courses,
    }[direction]()
    return places if codes == "all" else [place for place in places if place.code in codes]


def _open(
    scene: Scene, call: Call, condition: CooperationCondition, place: catalogue.Place, term: Term
) -> None:
    host = condition.receiving
    unit = scene.units[host.schac, place.unit]
    actor = scene.coordinator_of(host.id, unit.id)
    starts_on, ends_on = place.dates(term.begins)
    offer = create_offer(
        call,
        actor,
        condition=condition,
        unit=unit,
        code=place.code,
        course_code=place.course_code,
        seats=place.seats,
        language=place.language,
        cefr=place.cefr or None,
        eqf_levels=list(place.eqf_levels),
        isced_fields=list(place.isced_fields),
        starts_on=starts_on,
        ends_on=ends_on,
        supervisor=scene.inventor.person(host.schac, host.country).name_ru,
        hours_per_week=place.hours_per_week,
        ects=place.ects,
        local_credits=place.ects,  # a Kazakhstan credit is 30 hours, an ECTS credit 25 to 30
        **place.texts,
    )
    open_offer(offer, actor)
