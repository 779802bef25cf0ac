"""Courses from an iCalendar file: its weekly events become the timetable of a course.

Events that share their first category are one course with that code; without categories it is
those of the same summary, and the code is the UID up to its @. A single event counts for the first
and the last day only. Times are put into the time zone of the receiving institution.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Event

from ...tables.encodings import Undecodable, decode
from ...tables.grid import Row, Table, clean, shown
from ...tables.imports import LIMITS
from .columns import DAYS

ENDING = ".ics"
HEADER = (
    "code", "title_en", "title_ru", "title_kk", "description_en", "description_ru",
    "description_kk", "supervisor", "starts_on", "ends_on", "timetable",
)  # fmt: skip
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
_LONGEST_LINE = 20_000
MOST_EVENTS = 3_000
_KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_CYRILLIC = re.compile("[А-Яа-яЁё]")


class Calendar(Table):
    """A calendar read as a table: what is wrong stands on a line, at the name of a property."""

    def refuse(self, text: str, line: int = 0, column: int = -1) -> None:
        if 0 <= column < len(self.header.cells):
            text = f"{self.header.cells[column]}: {text}"
        super().refuse(text, line)


class Unclear(Exception):
    """What an event says cannot stand in a weekly timetable."""


@dataclass(frozen=True)
class Happening:
    """An event: when it is, in the receiving time zone, and on which days of every week."""

    first: date
    last: date | None
    slots: tuple[str, ...]


@dataclass
class Course:
    """The events of one course."""

    line: int
    code: str
    texts: dict[str, str]
    happenings: list[Happening] = field(default_factory=list)

    @property
    def cells(self) -> tuple[str, ...]:
        weekly = [one for one in self.happenings if one.slots]
        slots = dict.fromkeys(slot for one in weekly for slot in one.slots)
        last = [one.last for one in self.happenings]
        days = {
            "starts_on": min(one.first for one in self.happenings).isoformat(),
            "ends_on": "" if None in last else max(day for day in last if day).isoformat(),
            "timetable": "; ".join(slots),
        }
        return tuple({"code": self.code, **self.texts, **days}.get(name, "") for name in HEADER)


def read_calendar(name: str, data: bytes, zones: set[str]) -> Calendar:
    """Read the bytes of an iCalendar file; `zones` are those of the institutions it may be of."""
    table = Calendar(name, limits=LIMITS)
    table.header = Row(1, HEADER)
    if len(data) > LIMITS.bytes:
        table.spoil(_("is larger than %(most)d MB.", most=LIMITS.bytes // 1_000_000))
    elif len(zones) != 1:
        table.spoil(_("choose the condition above: it says in whose time zone the times are."))
    else:
        _read(table, data, ZoneInfo(next(iter(zones))))
    return table


def _read(table: Calendar, data: bytes, zone: ZoneInfo) -> None:
    try:
        text, _encoding = decode(data)
    except Undecodable as error:
        table.spoil(error.text, error.line or 0)
        return
    blocks = list(_blocks(table, text))
    if len(blocks) > MOST_EVENTS:
        table.spoil(_("holds more than %(most)d events.", most=MOST_EVENTS))
    elif not blocks and not table.problems:
        table.spoil(_("holds no events."))
    if not table.complete:
        return
    courses: dict[str, Course] = {}
    for line, block in blocks:
        _take(table, courses, line, block, zone)
    for course in courses.values():
        if any(one.slots for one in course.happenings):
            table.rows.append(Row(course.line, course.cells))
        elif course.happenings:
            told = _("“%(code)s” has no weekly event (RRULE:FREQ=WEEKLY).", code=shown(course.code))
            table.refuse(told, course.line)


def _blocks(table: Calendar, text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of each event without what stands within it, and the line where it begins."""
    open_: list[tuple[str, int]] = []
    block: list[str] = []
    for line, content in _unfolded(text):
        name, _colon, value = content.partition(":")
        name, value = name.upper(), value.strip().upper()
        if not open_ and (name, value) != ("BEGIN", "VCALENDAR"):
            table.spoil(_("is not an iCalendar file: it begins with BEGIN:VCALENDAR."), line)
            return
        if len(content) > _LONGEST_LINE:
            table.spoil(_("the line has more than %(most)d characters.", most=_LONGEST_LINE), line)
            return
        if name == "BEGIN":
            open_.append((value, line))
            block = [] if value == "VEVENT" else block
        elif name == "END":
            kind, begun = open_.pop()
            if kind != value:
                told = _("%(kind)s, begun on line %(line)d, is not ended.", kind=kind, line=begun)
                table.spoil(told, line)
                return
            if kind == "VEVENT":
                yield begun, block
        elif open_[-1][0] == "VEVENT":
            block.append(content)
    for kind, begun in open_:
        table.spoil(_("%(kind)s is begun here and never ended.", kind=shown(kind)), begun)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its number; one that begins with a blank goes on the line before it."""
    begun, parts = 0, [""]
    for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1):
        if line[:1] in {" ", "\t"} and begun:
            parts.append(line[1:])
            continue
        if begun and (content := "".join(parts)):
            yield begun, content
        begun, parts = number, [line]
    if content := "".join(parts):
        yield begun, content


def _take(
    table: Calendar, courses: dict[str, Course], line: int, block: list[str], zone: ZoneInfo
) -> None:
    """Add an event to its course, or note what is wrong in it."""
    try:
        event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *block, "END:VEVENT"]))
    except ValueError as error:
        table.refuse(_("the event cannot be read (%(error)s).", error=shown(str(error))), line)
        return
    for name, told in event.errors:
        table.refuse(f"{name}: {shown(str(told))}", line)
    if event.errors or "RECURRENCE-ID" in event or str(event.get("STATUS")) == "CANCELLED":
        return
    try:
        key, course = _course_of(event, line)
        happening = _happening(event, zone)
        course = courses.setdefault(key, course)
        _check_titles(course, event)
        course.happenings.append(happening)
    except Unclear as error:
        table.refuse(str(error), line)
    except OverflowError:
        table.refuse(_("the event lies outside of all calendars."), line)


def _check_titles(course: Course, event: Any) -> None:
    """A category that events of several names share is no code of a course."""
    other = {f"title_{language}": text for language, text in _titles(event).items()}
    if any(course.texts.get(name, text) != text for name, text in other.items()):
        raise Unclear(
            _(
                "“%(title)s” has the category “%(code)s” of “%(other)s”; the category is taken for"
                " the code of a course.",
                title=shown(next(iter(other.values()))),
                code=shown(course.code),
                other=shown(next(text for name, text in course.texts.items() if name in other)),
            )
        )


def _titles(event: Any) -> dict[str, str]:
    texts = [(_language(one), clean(str(one))) for one in _all(event, "SUMMARY")]
    return {language: text for language, text in texts if text}


def _all(event: Any, name: str) -> list:
    """The values of a property that may stand more than once."""
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _course_of(event: Any, line: int) -> tuple[str, Course]:
    """What an event says of its course, and the key that those of one course share."""
    titles = _titles(event)
    named = [clean(str(one)) for group in _all(event, "CATEGORIES") for one in group.cats]
    title = next(iter(titles.values()), "")
    code = next((one for one in named if one), "")
    if not code and not title:
        raise Unclear(_("the event has neither SUMMARY nor CATEGORIES."))
    key = f"c {code}" if code else f"s {title}"
    code = code or clean(str(event.get("UID", ""))).partition("@")[0]
    texts = {f"title_{language}": text for language, text in titles.items()}
    for one in _all(event, "DESCRIPTION"):
        texts[f"description_{_language(one)}"] = clean(str(one))
    return key, Course(line, code, {**texts, "supervisor": _teacher(event)})


def _teacher(event: Any) -> str:
    for organizer in _all(event, "ORGANIZER"):
        if name := clean(str(organizer.params.get("CN", ""))):
            return name
    return next((clean(str(contact)) for contact in _all(event, "CONTACT")), "")


def _language(text: object) -> str:
    """The language that a text names, else the one its letters tell."""
    named = str(getattr(text, "params", {}).get("LANGUAGE", "")).lower()[:2]
    if named in {"en", "ru", "kk"}:
        return named
    if _KAZAKH.search(str(text)):
        return "kk"
    return "ru" if _CYRILLIC.search(str(text)) else "en"


def _happening(event: Any, zone: ZoneInfo) -> Happening:
    if "DTSTART" not in event:
        raise Unclear(_("the event has no DTSTART."))
    start = _moment(event, "DTSTART", zone)
    if "RRULE" not in event:
        first = start.astimezone(zone).date() if isinstance(start, datetime) else start
        return Happening(first, first, ())
    if not isinstance(start, datetime):
        raise Unclear(_("a weekly event needs hours, not days alone."))
    return _weekly(event, start, zone)


def _moment(event: Any, name: str, zone: tzinfo) -> datetime | date:
    """A moment, aware: where the file names no time zone, in the receiving one."""
    prop = event[name]
    if isinstance(prop, list):
        raise Unclear(_("%(name)s stands twice.", name=name))
    value = getattr(prop, "dt", None)
    if isinstance(value, datetime) and value.tzinfo is None:
        if said := prop.params.get("TZID"):
            raise Unclear(_("the time zone “%(name)s” is not known.", name=shown(str(said))))
        return value.replace(tzinfo=zone)
    if not isinstance(value, date):
        raise Unclear(_("%(name)s is not a moment.", name=name))
    return value


def _end(event: Any, start: datetime, zone: tzinfo) -> datetime:
    if "DTEND" in event:
        end = _moment(event, "DTEND", zone)
    else:
        length = getattr(event.get("DURATION"), "dt", None)
        end = start + length if isinstance(length, timedelta) else start
    if not isinstance(end, datetime) or not timedelta() < end - start < timedelta(days=1):
        raise Unclear(_("the event has no hour at which it ends on the same day."))
    return end


def _weekly(event: Any, start: datetime, zone: ZoneInfo) -> Happening:
    if "RDATE" in event or len(_all(event, "RRULE")) != 1:
        raise Unclear(_("only one rule, and no RDATE, can stand in a weekly timetable."))
    rule = {name: list(values) for name, values in event["RRULE"].items()}
    if strange := sorted(rule.keys() - _PARTS_KNOWN):
        told = _("%(part)s cannot stand in a weekly timetable.", part=shown(", ".join(strange)))
        raise Unclear(told)
    if rule.get("FREQ") != ["WEEKLY"] or rule.get("INTERVAL", [1]) != [1]:
        raise Unclear(_("only what is every week can stand in a weekly timetable."))
    days = [str(one) for one in rule.get("BYDAY", [_WEEK[start.weekday()]])]
    if strange := [one for one in days if one not in _WEEK]:
        told = _("%(part)s cannot stand in a weekly timetable.", part=shown(", ".join(strange)))
        raise Unclear(told)
    end = _end(event, start, zone)
    ahead = sorted({(_WEEK.index(one) - start.weekday()) % 7 for one in days})
    firsts = [start + timedelta(days=days_on) for days_on in ahead]
    slots = [_slot(first, first + (end - start), zone) for first in firsts]
    first = firsts[0].astimezone(zone).date()
    return Happening(first, _last(rule, firsts, zone), tuple(slots))


def _slot(begin: datetime, end: datetime, zone: ZoneInfo) -> str:
    begin, end = begin.astimezone(zone), end.astimezone(zone)
    if begin.date() != end.date():
        raise Unclear(_("the event has no hour at which it ends on the same day."))
    return f"{DAYS[begin.weekday()]} {begin:%H:%M}-{end:%H:%M}"


def _last(rule: dict[str, list], firsts: list[datetime], zone: ZoneInfo) -> date | None:
    """The last day that a weekly rule gives, None where it has no end. `firsts` ascend."""
    if "COUNT" in rule:
        weeks, place = divmod(max(int(rule["COUNT"][0]), 1) - 1, len(firsts))
        return (firsts[place] + timedelta(weeks=weeks)).astimezone(zone).date()
    if "UNTIL" not in rule:
        return None
    until = rule["UNTIL"][0]
    if isinstance(until, datetime):
        until = until.replace(tzinfo=until.tzinfo or zone)
    else:
        until = datetime(until.year, until.month, until.day, 23, 59, tzinfo=zone)
    latest = [first + timedelta(weeks=(until - first) // timedelta(weeks=1)) for first in firsts]
    return max(max(latest), firsts[0]).astimezone(zone).date()
