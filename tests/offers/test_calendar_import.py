"""Courses from an iCalendar file: weekly events in the time zone of the receiving institution."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.db import transaction
from mobility.i18n import standalone
from mobility.offers import imports
from mobility.offers.imports.calendars import HEADER, read_calendar
from mobility.tables.imports import LIMITS

from .. import factories
from ..examples import examples
from .test_catalogue_import import confirm, place, send, told

ALMATY = {"Asia/Almaty"}
UNTIL = "UNTIL=20270531T180000Z"


def event(*lines, uid="1@kaznpu.kz", name="Databases", category="CS101", **properties):
    fixed = {"UID": uid, "SUMMARY": name, "CATEGORIES": category, **properties}
    own = [f"{key}:{value}" for key, value in fixed.items() if value]
    return "\r\n".join(["BEGIN:VEVENT", *own, *lines, "END:VEVENT"])


def weekly(start="20270201T100000", end="20270201T113000", rule=UNTIL, zone="", **more):
    zone = f";TZID={zone}" if zone else ""
    rule = f"RRULE:FREQ=WEEKLY;{rule}".rstrip(";")
    return event(f"DTSTART{zone}:{start}", f"DTEND{zone}:{end}", rule, **more)


def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A//B//EN", *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines)


def read(*events, zones=ALMATY, text=None):
    data = calendar(*events) if text is None else text
    with standalone("en"):
        table = read_calendar("plan.ics", data if isinstance(data, bytes) else data.encode(), zones)
        table.told = [str(problem) for problem in table.problems]
    return table


def rows(*events, **kwargs):
    table = read(*events, **kwargs)
    assert table.told == []
    return [dict(zip(HEADER, row.cells, strict=True)) for row in table.rows]


def test_weekly_events_of_one_category_are_one_course():
    [course] = rows(
        weekly(
            rule=f"BYDAY=MO,WE;{UNTIL}",
            DESCRIPTION="Relations\\, and more.",
            ORGANIZER=None,
        ),
        weekly("20270205T090000", "20270205T095000", uid="2@kaznpu.kz"),
        event("DTSTART:20270610T100000", "DTEND:20270610T120000", uid="3@kaznpu.kz"),
        event("DTSTART;VALUE=DATE:20270130", uid="4@kaznpu.kz"),
    )
    assert course == {
        "code": "CS101",
        "title_en": "Databases",
        "title_ru": "",
        "title_kk": "",
        "description_en": "Relations, and more.",
        "description_ru": "",
        "description_kk": "",
        "supervisor": "",
        "starts_on": "2027-01-30",
        "ends_on": "2027-06-10",
        "timetable": "Mon 10:00-11:30; Wed 10:00-11:30; Fri 09:00-09:50",
    }


def test_without_categories_events_of_one_name_are_one_course_with_the_first_uid():
    found = rows(
        weekly(uid="a-1@kaznpu.kz", category="", name="Робототехника"),
        weekly(
            "20270202T100000", "20270202T110000", uid="a-2@x", category="", name="Робототехника"
        ),
        weekly(uid="b@kaznpu.kz", category="", name="Өлкетану"),
    )
    assert [(row["code"], row["title_ru"], row["title_kk"]) for row in found] == [
        ("a-1", "Робототехника", ""),
        ("b", "", "Өлкетану"),
    ]
    assert found[0]["timetable"] == "Mon 10:00-11:30; Tue 10:00-11:00"


@pytest.mark.parametrize(
    ("zone", "start", "slot"),
    [
        ("", "20270201T100000", "Mon 10:00-11:30"),
        ("", "20270201T050000Z", "Mon 10:00-11:30"),
        ("Asia/Yekaterinburg", "20270201T100000", "Mon 10:00-11:30"),
        ("Europe/Moscow", "20270201T100000", "Mon 12:00-13:30"),
        ("Russian Standard Time", "20270201T100000", "Mon 12:00-13:30"),
        ("Asia/Vladivostok", "20270202T030000", "Mon 22:00-23:30"),
    ],
)
def test_hours_are_those_of_the_receiving_institution(zone, start, slot):
    later = {"1000": "1130", "0500": "0630", "0300": "0430"}[start[9:13]]
    [course] = rows(weekly(start, start.replace(start[9:13], later), "COUNT=3", zone))
    assert course["timetable"] == slot
    assert course["starts_on"] == "2027-02-01"
    assert course["ends_on"] == "2027-02-15"


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("UNTIL=20270531T180000Z", "2027-05-31"),
        ("UNTIL=20270530", "2027-05-24"),
        ("UNTIL=20270531", "2027-05-31"),
        ("UNTIL=20270531T095959", "2027-05-24"),
        ("COUNT=1", "2027-02-01"),
        ("BYDAY=MO,WE;COUNT=4", "2027-02-10"),
        ("BYDAY=WE,MO;COUNT=3;WKST=SU", "2027-02-08"),
        ("BYDAY=SU,MO;UNTIL=20270215", "2027-02-15"),
        ("INTERVAL=1", ""),
    ],
)
def test_last_day_is_the_last_that_the_rule_gives(rule, last):
    [course] = rows(weekly(rule=rule))
    assert course["ends_on"] == last


def test_names_say_their_language_and_teachers_are_named():
    [course] = rows(
        event(
            "SUMMARY;LANGUAGE=ru:Базы данных",
            "SUMMARY;LANGUAGE=kk:Деректер базасы",
            "SUMMARY:Databases",
            "ORGANIZER;CN=Prof. Ким:mailto:kim@kaznpu.kz",
            "DTSTART:20270201T100000",
            "DURATION:PT1H30M",
            f"RRULE:FREQ=WEEKLY;{UNTIL}",
            name="",
        )
    )
    titles = [course[f"title_{language}"] for language in ("en", "ru", "kk")]
    assert titles == ["Databases", "Базы данных", "Деректер базасы"]
    assert (course["supervisor"], course["timetable"]) == ("Prof. Ким", "Mon 10:00-11:30")


def test_cancelled_and_moved_events_and_other_components_are_left_out():
    zone = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD"
    [course] = rows(
        f"{zone}\r\nEND:VTIMEZONE",
        weekly(),
        weekly("20270202T100000", "20270202T110000", STATUS="CANCELLED"),
        event("RECURRENCE-ID:20270208T100000", "DTSTART:20290208T120000"),
        "BEGIN:VTODO\r\nSUMMARY:Not a course\r\nEND:VTODO",
        event("BEGIN:VALARM\r\nDTSTART:20200101T000000\r\nEND:VALARM", "DTSTART:20270203T100000"),
    )
    assert (course["timetable"], course["starts_on"]) == ("Mon 10:00-11:30", "2027-02-01")


def test_folded_lines_and_their_numbers_are_kept():
    text = calendar(weekly(name="A long\r\n  name"), weekly(rule="FREQ=DAILY", uid="2"))
    text = text.replace("FREQ=WEEKLY;FREQ=DAILY", "FREQ=DAILY")
    assert read(text=text).told == [
        "plan.ics, line 13: only what is every week can stand in a weekly timetable.",
    ]
    assert rows(weekly(name="A long\r\n  name"))[0]["title_en"] == "A long name"


WRONG = {
    "monthly": (weekly(rule="X").replace("WEEKLY;X", "MONTHLY"), "only what is every week"),
    "every second week": (weekly(rule="INTERVAL=2"), "only what is every week"),
    "first Monday": (weekly(rule="BYDAY=1MO"), "1MO cannot stand in a weekly timetable."),
    "by month": (weekly(rule="BYMONTH=2"), "BYMONTH cannot stand in a weekly timetable."),
    "two rules": (
        weekly().replace("END:VEVENT", "RRULE:FREQ=WEEKLY\r\nEND:VEVENT"),
        "only one rule, and no RDATE,",
    ),
    "dates beside": (
        weekly().replace("END:VEVENT", "RDATE:20270301T100000\r\nEND:VEVENT"),
        "only one rule, and no RDATE,",
    ),
    "days alone": (
        event("DTSTART;VALUE=DATE:20270201", "RRULE:FREQ=WEEKLY"),
        "a weekly event needs hours",
    ),
    "no end": (event("DTSTART:20270201T100000", "RRULE:FREQ=WEEKLY"), "no hour at which it ends"),
    "over midnight": (weekly(end="20270202T013000"), "no hour at which it ends on the same day."),
    "over midnight there": (
        weekly("20270201T180000Z", "20270201T193000Z"),
        "no hour at which it ends on the same day.",
    ),
    "no start": (event("RRULE:FREQ=WEEKLY"), "the event has no DTSTART."),
    "broken start": (event("DTSTART:tomorrow"), "DTSTART: "),
    "broken rule": (weekly(rule="COUNT=many"), "RRULE: "),
    "unknown zone": (weekly(zone="Own"), "the time zone “Own” is not known."),
    "no name": (weekly(name="", category=""), "neither SUMMARY nor CATEGORIES."),
    "single": (event("DTSTART:20270201T100000"), "“CS101” has no weekly event"),
    "far": (weekly(rule="COUNT=2000000000"), "the event lies outside of all calendars."),
}


@pytest.mark.parametrize("name", WRONG)
def test_event_that_is_no_weekly_course_is_told_with_its_line(name):
    broken, text = WRONG[name]
    [told] = read(broken).told
    assert told.startswith("plan.ics, line 4: ")
    assert text in told


def test_category_of_several_names_is_no_code():
    [told] = read(weekly(), weekly(uid="2", name="Networks")).told
    assert told == (
        "plan.ics, line 12: “Networks” has the category “CS101” of “Databases”; the category is"
        " taken for the code of a course."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "plan.ics: holds no events."),
        ("code,title\n", "line 1: is not an iCalendar file: it begins with BEGIN:VCALENDAR."),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "plan.ics: holds no events."),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", "VEVENT, begun on line 2, is not ended."),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 2: VEVENT is begun here and never ended."),
        ("BEGIN:VCALENDAR\nX:" + "a" * 20_000, "the line has more than 20000 characters."),
        (calendar(weekly()).encode("utf-16"), "is saved as UTF-16"),
        (b"BEGIN:VCALENDAR\0", "is not a text file."),
        (b"BEGIN:VCALENDAR\n" + b"A:1\n" * 250_000, "is larger than 1 MB."),
        (calendar(*[event()] * 3_001), "holds more than 3000 events."),
    ],
)
def test_file_that_is_no_calendar_is_refused(text, told):
    table = read(text=text)
    assert table.rows == []
    assert told in "\n".join(table.told)


@pytest.mark.parametrize("zones", [set(), {"Asia/Almaty", "Asia/Yekaterinburg"}])
def test_time_zone_has_to_be_known(zones):
    [told] = read(weekly(), zones=zones).told
    assert "choose the condition above" in told


SNIPPETS = """BEGIN:VCALENDAR
BEGIN:VEVENT
END:VEVENT
END:VCALENDAR
END:
RRULE:FREQ=WEEKLY;COUNT=9
RRULE:FREQ=WEEKLY;UNTIL=
RRULE:
DTSTART:20270201T100000
DTSTART:00010101T000000Z
DTSTART;TZID=Asia/Almaty:99991231T235900
DTEND:20270201T110000
DURATION:-P1W
UID:1
SUMMARY;LANGUAGE=:x
CATEGORIES:,
ORGANIZER:
X;=:
:
 y""".splitlines()


@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=30), max_size=14).map("\n".join))
@settings(max_examples=examples(300), deadline=None)
def test_any_lines_are_read_or_refused(text):
    inner = text.replace("BEGIN:VCALENDAR", "X:1")
    for whole in (text, f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{inner}\nEND:VEVENT\nEND:VCALENDAR"):
        table = read(text=whole.encode("utf-8", "surrogatepass"))
        assert table.rows or table.problems
        assert len(table.rows) <= LIMITS.rows


def test_courses_of_a_calendar_are_drafted_and_their_days_changed(courses, visitor):
    browser = visitor(courses.host)
    text = calendar(weekly(), weekly(uid="2", name="Сети", category="CS102"))
    wrong = send(browser, courses, text, name="plan.ics")
    assert told(wrong) == [
        f"line {line}: {name} is missing."
        for line in (4, 12)
        for name in ("seats", "language", "ects")
    ]
    given = {"seats": 10, "ects": 5, "language": "ru"}
    page = send(browser, courses, text, name="plan.ics", **given)
    assert page.status_code == 200
    assert confirm(browser, courses, page.text).status_code == 303
    with transaction(write=False):
        first, second = place("CS101"), place("CS102")
        assert (first.title_en, second.title_ru) == ("Databases", "Сети")
        assert (first.seats, first.ects, first.language) == (10, 5.0, "ru")
        assert first.starts_on.isoformat() == "2027-02-01"
        assert first.ends_on.isoformat() == "2027-05-31"
    again = send(browser, courses, calendar(weekly(rule="UNTIL=20270510")), name="plan.ics")
    assert "ends_on: 2027-05-31 → 2027-05-10" in again.text


def test_time_zone_is_that_of_the_condition(courses, write):
    with write():
        there = factories.institution("east.ru", timezone="Asia/Vladivostok")
        other = factories.condition(courses.sending, there, direction=courses.condition.direction)
        defaults = imports.Defaults(other, 10, 5.0, "ru")
        data = calendar(weekly("20270201T050000Z", "20270201T060000Z")).encode()
        plan = imports.plan_import(courses.call, courses.admin, "plan.ics", data, defaults)
        assert plan.table.problems == []
        assert plan.entries[0].after["timetable"] == "Mon 15:00-16:00"
        plan = imports.plan_import(courses.call, courses.admin, "plan.ics", data)
        assert "choose the condition above" in plan.table.problems[0].text
