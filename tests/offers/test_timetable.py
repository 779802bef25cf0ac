"""Weekly timetables: what people type, what it becomes, and when two courses clash."""

from datetime import date
from types import SimpleNamespace

import pytest

from mobility.errors import Invalid
from mobility.i18n import speaking
from mobility.offers.timetable import meetings_on, overlap, parse_timetable, written


def meeting(day, begin, end):
    return {"day": day, "from": begin, "to": end}


@pytest.mark.parametrize(
    ("text", "meetings"),
    [
        ("", []),
        ("Mon 10:00-11:30", [meeting(1, "10:00", "11:30")]),
        ("wednesday 9:00 – 10:30", [meeting(3, "09:00", "10:30")]),
        ("Пн: 10:00-11:30;\n Дс 10:00-11:30", [meeting(1, "10:00", "11:30")]),
        (
            "Пн 9.00—10.30, Чт. 14:00 до 15:30",
            [meeting(1, "09:00", "10:30"), meeting(4, "14:00", "15:30")],
        ),
        (
            "Жұма 08:00-09:00\nДс 08:00-09:00",
            [meeting(1, "08:00", "09:00"), meeting(5, "08:00", "09:00")],
        ),
        (
            "Mon 10:00-11:00;Mon 11:00-12:00;",
            [meeting(1, "10:00", "11:00"), meeting(1, "11:00", "12:00")],
        ),
    ],
)
def test_timetable_is_read_as_people_write_it(app, text, meetings):
    assert parse_timetable(text) == meetings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Monday", "“Monday” is not a day with two times."),
        ("Mun 10:00-11:00", "“Mun 10:00-11:00” is not a day"),
        ("Mon 10-11", "is not a day with two times"),
        ("Mon 24:00-25:00", "has a time that no clock shows"),
        ("Mon 10:61-11:00", "has a time that no clock shows"),
        ("Mon 12:00-11:00", "ends before it begins"),
        ("Mon 10:00-11:00; Mon 10:30-12:00", "Two meetings of the week overlap."),
        ("; ".join(f"Mon {h}:00-{h}:30; Tue {h}:00-{h}:30" for h in range(8, 19)), "at most 20"),
    ],
)
def test_what_no_timetable_says_is_refused_by_name(app, text, told):
    with pytest.raises(Invalid, match=told) as refused:
        parse_timetable(text)
    assert refused.value.field == "timetable"


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_is_written_is_read_again(app, language):
    week = [meeting(day, f"{8 + day:02d}:00", f"{9 + day:02d}:30") for day in range(1, 8)]
    with speaking(language):
        assert parse_timetable(written(week)) == week


def course(*meetings, first=date(2027, 9, 1), last=date(2027, 12, 20), code="A"):
    return SimpleNamespace(timetable=list(meetings), starts_on=first, ends_on=last, code=code)


def test_courses_clash_only_where_day_hour_and_dates_meet():
    monday = course(meeting(1, "10:00", "11:30"))
    assert overlap(monday, course(meeting(2, "10:00", "11:30"), meeting(1, "11:00", "12:00")))
    assert not overlap(monday, course(meeting(1, "11:30", "13:00")))
    assert not overlap(monday, course(meeting(2, "10:00", "11:30")))
    later = course(meeting(1, "10:00", "11:30"), first=date(2028, 2, 1), last=date(2028, 5, 1))
    assert not overlap(monday, later)
    assert not overlap(monday, course())


def test_day_shows_the_meetings_of_all_courses_in_order():
    one = course(meeting(1, "12:00", "13:00"), code="B")
    other = course(meeting(1, "09:00", "10:00"), meeting(2, "09:00", "10:00"))
    assert [m["from"] for _course, m in meetings_on([one, other], 1)] == ["09:00", "12:00"]
