"""Weekly timetables: read from text, written as text, compared."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from ..errors import Invalid

Meeting = dict[str, Any]
"""{"day": 1..7 from Monday, "from": "HH:MM", "to": "HH:MM"}."""

MOST_MEETINGS = 20
_DAYS = (
    ("mon", "monday", "пн", "понедельник", "дс", "дүйсенбі"),
    ("tue", "tues", "tuesday", "вт", "вторник", "сс", "сейсенбі"),
    ("wed", "wednesday", "ср", "среда", "сәрсенбі"),
    ("thu", "thur", "thurs", "thursday", "чт", "четверг", "бс", "бейсенбі"),
    ("fri", "friday", "пт", "пятница", "жм", "жұма"),
    ("sat", "saturday", "сб", "суббота", "сн", "сенбі"),
    ("sun", "sunday", "вс", "воскресенье", "жс", "жексенбі"),
)
_DAY_OF = {name: number for number, names in enumerate(_DAYS, start=1) for name in names}
_MEETING = re.compile(
    r"([^\W\d_]+)\.?[\s:]*(\d{1,2})[:.](\d{2})\s*(?:-|–|—|−|to|до)\s*(\d{1,2})[:.](\d{2})"
)


def parse_timetable(text: str) -> list[Meeting]:
    """Meetings of a week from "Mon 10:00-11:30; Wed 10:00-11:30", in order.

    Days in English, Russian or Kazakh, whole or short; parts divided by ";", "," or line ends. What
    stands twice is one.
    Raises Invalid at timetable, naming the part.
    """
    parts = [part.strip() for part in re.split(r"[;,\n]+", text) if part.strip()]
    meetings: list[Meeting] = []
    for meeting in sorted((_meeting(part) for part in parts), key=_in_order):
        if meeting not in meetings:
            meetings.append(meeting)
    if len(meetings) > MOST_MEETINGS:
        raise Invalid(_("A week has at most %(most)s meetings.", most=MOST_MEETINGS), "timetable")
    for first, second in pairwise(meetings):
        if _meet(first, second):
            raise Invalid(_("Two meetings of the week overlap."), "timetable")
    return meetings


def _meeting(part: str) -> Meeting:
    match = _MEETING.fullmatch(part.lower())
    day = _DAY_OF.get(match[1]) if match else None
    if match is None or day is None:
        raise Invalid(
            _(
                "“%(part)s” is not a day with two times. Write like “Mon 10:00-11:30”.",
                part=part[:60],
            ),
            "timetable",
        )
    begin, end = (_clock(match[at], match[at + 1], part) for at in (2, 4))
    if end <= begin:
        raise Invalid(_("“%(part)s” ends before it begins.", part=part[:60]), "timetable")
    return {"day": day, "from": begin, "to": end}


def _clock(hours: str, minutes: str, part: str) -> str:
    if int(hours) > 23 or int(minutes) > 59:
        raise Invalid(_("“%(part)s” has a time that no clock shows.", part=part[:60]), "timetable")
    return f"{int(hours):02d}:{minutes}"


def _in_order(meeting: Meeting) -> tuple[int, str]:
    return meeting["day"], meeting["from"]


def written(meetings: Sequence[Meeting]) -> str:
    """A timetable as `parse_timetable` reads it, in the reader's language."""
    return "; ".join(f"{day_name(m['day'])} {m['from']}-{m['to']}" for m in meetings)


def day_name(day: int, width: str = "abbreviated") -> str:
    """The name of a day of the week, 1 for Monday, in the reader's language."""
    locale = get_locale()
    assert locale is not None
    name: str = locale.days["stand-alone"][width][day - 1]
    return name.rstrip(".").capitalize()


def meetings_on(courses: Sequence[Any], day: int) -> list[tuple[Any, Meeting]]:
    """(course, meeting) of one day of the week, the earliest first."""
    found = [
        (course, meeting)
        for course in courses
        for meeting in course.timetable
        if meeting["day"] == day
    ]
    return sorted(found, key=lambda pair: (pair[1]["from"], pair[0].code))


def overlap(one: Any, other: Any) -> bool:
    """Whether two courses meet at one time: some day of both runs, some hour of both weeks."""
    return _share_days(one, other) and any(
        _meet(mine, theirs) for mine in one.timetable for theirs in other.timetable
    )


def _share_days(one: Any, other: Any) -> bool:
    first: date = max(one.starts_on, other.starts_on)
    return bool(first <= min(one.ends_on, other.ends_on))


def _meet(one: Meeting, other: Meeting) -> bool:
    return bool(
        one["day"] == other["day"] and one["from"] < other["to"] and other["from"] < one["to"]
    )
