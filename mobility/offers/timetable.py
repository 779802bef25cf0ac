"""A weekly timetable as people write it: "Mon 10:00-11:30; Wed 10:00-11:30"."""

import re

from flask_babel import gettext as _

from ..errors import Invalid

# The days of a week, Monday first, as they are shortened in the three languages.
_DAYS = (
    ("mon", "monday", "пн", "понедельник", "дс", "дүйсенбі"),
    ("tue", "tues", "tuesday", "вт", "вторник", "сс", "сейсенбі"),
    ("wed", "wednesday", "ср", "среда", "сәрсенбі"),
    ("thu", "thur", "thurs", "thursday", "чт", "четверг", "бс", "бейсенбі"),
    ("fri", "friday", "пт", "пятница", "жм", "жұма"),
    ("sat", "saturday", "сб", "суббота", "сн", "сенбі"),
    ("sun", "sunday", "вс", "воскресенье", "жс", "жексенбі"),
)
_NUMBERS = {name: number for number, names in enumerate(_DAYS, start=1) for name in names}
_SLOT = re.compile(
    r"([^\W\d_]+)\.?[ :]*([0-2]?[0-9])[:.]([0-5][0-9])\s*[-–—]\s*([0-2]?[0-9])[:.]([0-5][0-9])"
)


def parse_timetable(text: str) -> list[dict[str, object]]:
    """The slots, by day and hour: {"day": 1 (Monday) to 7, "from": "HH:MM", "to": "HH:MM"}.

    Slots stand apart by semicolons or lines. Raises Invalid at `timetable`.
    """
    slots = [_slot(" ".join(part.split())) for part in re.split(r"[;\n]", text) if part.strip()]
    by_time = {(slot["day"], slot["from"], slot["to"]): slot for slot in slots}
    return [by_time[key] for key in sorted(by_time, key=str)]


def _slot(part: str) -> dict[str, object]:
    found = _SLOT.fullmatch(part)
    day = _NUMBERS.get(found[1].casefold()) if found else None
    if found is None or day is None:
        raise Invalid(
            _("“%(text)s” is not a day with hours, such as “Mon 10:00-11:30”.", text=part[:60]),
            "timetable",
        )
    begin, end = (f"{int(found[at]):02d}:{found[at + 1]}" for at in (2, 4))
    if end <= begin or end > "23:59":
        raise Invalid(_("“%(text)s” ends before it begins.", text=part[:60]), "timetable")
    return {"day": day, "from": begin, "to": end}
