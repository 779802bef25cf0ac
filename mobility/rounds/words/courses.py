"""What became of each course that somebody ranked, where one person may get several."""

from collections.abc import Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from ...applications.models import Choice
from ...offers.models import Offer
from ...offers.timetable import overlap
from ...status import Kind
from ..models import Run, RunRow
from .reasons import Reason, ineligible, missed, why_not


def course_reasons(
    run: Run, given: Sequence[RunRow], choices: Sequence[Choice], most: float
) -> list[Reason]:
    """One reason a choice, in the applicant's order: facts of seats, timetable and credits.

    `given`: the rows of the courses that the person got; `most`: credits they take at most.
    """
    courses = [row.offer for row in given if row.offer is not None]
    return [
        Reason(
            choice.rank,
            choice.offer,
            Kind.GOOD.value,
            _("your course"),
            _("This course is yours."),
        )
        if choice.offer in courses
        else missed(choice, _why_not(run, choice, courses, most))
        for choice in choices
    ]


def _why_not(run: Run, choice: Choice, courses: Sequence[Offer], most: float) -> str:
    """What kept somebody from a course: the first of what would have to change."""
    assert run.stats is not None
    offer, code = choice.offer, choice.offer.code_in_round
    if choice.obstacles is not None:
        return ineligible(choice)
    seats = run.stats["seats_by_offer"].get(code, 0)
    if not seats or run.stats["filled"].get(code, 0) >= seats:
        return why_not(run, code)
    if clash := next((one for one in courses if overlap(one, offer)), None):
        return _("It meets at the same time as “%(course)s”, which you got.", course=clash.title)
    credits = sum(one.ects or 0 for one in courses)
    if credits + (offer.ects or 0) > most:
        return _(
            "With it your courses would pass the %(most)s credits that you take at most.",
            most=format_decimal(most),
        )
    if courses:
        return _("Your other courses reach the credits that you want.")
    return why_not(run, code)
