"""What only places of one direction have, checked; what others have is emptied."""

from typing import Any

from flask_babel import gettext as _

from ...agreements.models import Direction
from ...errors import Invalid
from ...laboratories.words import local

BLANK: dict[str, Any] = {
    "course_code": "",
    "ects": None,
    "local_credits": None,
    "timetable": [],
    "hours_per_week": None,
    "hours": None,
    "certificate": "",
    "staff_seats": 0,
    "project": None,
    "slot": None,
}
"""Every particular with the value of a place that has none."""

CODES = {
    Direction.INTERNSHIP: "INT",
    Direction.COURSES: "CRS",
    Direction.RESEARCH: "RES",
    Direction.PROFESSIONAL_DEVELOPMENT: "PRO",
    Direction.LABORATORIES: "LAB",
}
"""How the codes of places begin that are numbered by the service."""

MOST_SEATS = 500


def checked_particulars(direction: Direction, values: dict[str, Any]) -> dict[str, Any]:
    """The values with those of other directions emptied; raises Invalid at a field."""
    own = _OWN[direction](values)
    return {**values, **BLANK, **own}


def _internship(values: dict[str, Any]) -> dict[str, Any]:
    hours = values["hours_per_week"]
    if hours is None or not 1 <= hours <= 60:
        raise Invalid(_("Give the hours a week, from 1 to 60."), "hours_per_week")
    return {"hours_per_week": hours}


def _course(values: dict[str, Any]) -> dict[str, Any]:
    if values["ects"] is None or not 0 < values["ects"] <= 60:
        raise Invalid(_("Give the ECTS credits, more than 0 and up to 60."), "ects")
    if round(values["ects"], 1) != values["ects"]:
        raise Invalid(_("Give the ECTS credits with at most one decimal."), "ects")
    credits = values["local_credits"]
    if credits is not None and not 0 < credits <= 60:
        raise Invalid(_("Give the local credits, more than 0 and up to 60."), "local_credits")
    names = ("course_code", "ects", "local_credits", "timetable")
    return {**{name: values[name] for name in names}, "hours": _hours(values)}


def _research(values: dict[str, Any]) -> dict[str, Any]:
    if not 0 <= values["staff_seats"] <= MOST_SEATS:
        raise Invalid(
            _("Give the seats for teachers: a whole number from 0 to 500."), "staff_seats"
        )
    return {"staff_seats": values["staff_seats"], **_project(values)}


def _project(values: dict[str, Any]) -> dict[str, Any]:
    """The project that a place hangs from: one of the condition's two partners."""
    project, condition = values["project"], values["condition"]
    if project is not None and not project.partner_ids & {
        condition.sending_id,
        condition.receiving_id,
    }:
        raise Invalid(_("This project is of other universities."), "project")
    return {"project": project}


def _programme(values: dict[str, Any]) -> dict[str, Any]:
    if values["hours"] is None:
        raise Invalid(_("Give the hours of the programme."), "hours")
    return {"hours": _hours(values), "certificate": values["certificate"]}


def _slot(values: dict[str, Any]) -> dict[str, Any]:
    """A laboratory slot: its dates are those of the place."""
    slot = values["slot"]
    if slot is None:
        raise Invalid(_("Choose the slot that is given."), "slot")
    if slot.equipment.institution_id != values["condition"].receiving_id:
        raise Invalid(
            _(
                "This slot is at %(institution)s.",
                institution=slot.equipment.institution.name,
            ),
            "slot",
        )
    if values["seats"] > slot.capacity:
        raise Invalid(_("The slot takes %(most)s people.", most=slot.capacity), "seats")
    return {
        **_project(values),
        "slot": slot,
        "starts_on": local(slot, slot.starts_at).date(),
        "ends_on": local(slot, slot.ends_at).date(),
    }


def _hours(values: dict[str, Any]) -> int | None:
    hours: int | None = values["hours"]
    if hours is not None and not 1 <= hours <= 2000:
        raise Invalid(_("Give the hours, from 1 to 2,000."), "hours")
    return hours


_OWN = {
    Direction.INTERNSHIP: _internship,
    Direction.COURSES: _course,
    Direction.RESEARCH: _research,
    Direction.PROFESSIONAL_DEVELOPMENT: _programme,
    Direction.LABORATORIES: _slot,
}
