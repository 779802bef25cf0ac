"""A weekly timetable as people write it."""

import pytest

from mobility.errors import Invalid
from mobility.i18n import standalone
from mobility.offers.imports.columns import timetable_text
from mobility.offers.timetable import parse_timetable

MONDAY = {"day": 1, "from": "10:00", "to": "11:30"}


@pytest.mark.parametrize(
    "text",
    ["Mon 10:00-11:30", "monday 10.00 – 11.30;", "Пн: 10:00-11:30", "дс. 10:00—11:30\n\n"],
)
def test_a_slot_is_read_as_it_is_written_in_three_languages(text):
    assert parse_timetable(text) == [MONDAY]


def test_slots_stand_in_the_order_of_the_week_and_once():
    slots = parse_timetable("Ср 9:00-10:00; Mon 10:00-11:30\nжс 08:00-08:50; Дс 10:00-11:30")
    assert slots == [
        MONDAY,
        {"day": 3, "from": "09:00", "to": "10:00"},
        {"day": 7, "from": "08:00", "to": "08:50"},
    ]
    assert timetable_text(slots) == "Mon 10:00-11:30; Wed 09:00-10:00; Sun 08:00-08:50"
    assert parse_timetable(timetable_text(slots)) == slots
    assert parse_timetable(" ; ") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mon", "is not a day with hours"),
        ("Any 10:00-11:00", "is not a day with hours"),
        ("Mon 10:00-11:60", "is not a day with hours"),
        ("Mon 11:00-11:00", "ends before it begins"),
        ("Mon 23:00-24:00", "ends before it begins"),
        ("Mon 28:00-29:00", "ends before it begins"),
    ],
)
def test_what_is_no_slot_is_refused(text, told):
    with standalone("en"), pytest.raises(Invalid, match=told) as caught:
        parse_timetable(text)
    assert caught.value.field == "timetable"
