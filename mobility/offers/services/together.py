"""Calls that give several seats at once: courses up to a limit of credits, a student and a teacher.

One policy alone can honour that, and what gives vacated seats one by one cannot: so such calls go
by linear assignment, their declined seats stay empty, and nobody appeals for a seat.
"""

from typing import Any

from flask_babel import gettext as _

from ...agreements.models import Direction
from ...errors import Invalid
from ..models import WITH_CONSTRAINTS, VacatedSeats

MOST_CREDITS = 60


def check_seats_together(values: dict[str, Any]) -> None:
    """Refuse, at its field, what a call of bundles, teams or two pools cannot have."""
    credits = values["max_credits"]
    if credits is not None and values["direction"] is not Direction.COURSES:
        raise Invalid(_("Only courses have credits. Leave it empty."), "max_credits")
    if credits is not None and not 1 <= credits <= MOST_CREDITS:
        raise Invalid(_("The credits of a term lie between 1 and 60."), "max_credits")
    if values["teams"] and values["direction"] is not Direction.RESEARCH:
        raise Invalid(_("Teams are for joint research only."), "teams")
    if credits is None and values["direction"] is not Direction.RESEARCH:
        return
    if values["policy"] != WITH_CONSTRAINTS:
        raise Invalid(
            _(
                "This rule gives everybody one seat of one kind. Several courses a student, and"
                " seats for students and teachers, take linear assignment."
            ),
            "policy",
        )
    if values["vacated"] is not VacatedSeats.NONE:
        raise Invalid(
            _(
                "Where people get several courses, or places have seats for students and teachers,"
                " declined seats stay empty."
            ),
            "vacated",
        )
    if values["appeal_days"]:
        raise Invalid(
            _("In this call no seat can be given on appeal: write 0."),
            "appeal_days",
        )
