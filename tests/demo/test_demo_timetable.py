"""The days of the demonstration follow the day on which it is filled."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mobility.agreements.models import academic_year_of
from mobility.demo import catalogue
from mobility.demo.timetable import Term, Timetable
from mobility.offers.terms import year_of


@pytest.mark.parametrize(
    ("begins", "code", "name"),
    [
        (date(2026, 8, 31), "2025/2026-2", "spring term 2025/2026"),
        (date(2026, 9, 1), "2026/2027-1", "autumn term 2026/2027"),
        (date(2027, 1, 31), "2026/2027-1", "autumn term 2026/2027"),
        (date(2027, 2, 1), "2026/2027-2", "spring term 2026/2027"),
    ],
)
def test_term_is_named_by_its_first_day(begins, code, name):
    assert (Term(begins).code, Term(begins).name("en")) == (code, name)
    assert year_of(code) == academic_year_of(begins)


def test_term_has_a_name_in_every_language():
    term = Term(date(2026, 11, 9))
    assert [term.name(language) for language in ("ru", "kk")] == [
        "осенний семестр 2026/2027",
        "2026/2027 оқу жылының күзгі семестрі",
    ]


@pytest.mark.parametrize("offset", range(0, 366, 5))
def test_next_term_follows_this_one_and_leaves_time(offset):
    days = Timetable(datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=offset))
    this, following = days.this_term(), days.next_term()
    assert (this.years, this.semester) != (following.years, following.semester)
    assert this.following().code == following.code
    assert (following.begins - days.today).days >= 45


def test_moments_of_past_days_are_never_ahead():
    filled_at = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # half past three in Almaty
    days = Timetable(filled_at)
    assert days.today == date(2026, 11, 24)
    assert days.at(-1, 17) == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert days.at(0, 17) == filled_at
    assert days.at(14, 18) == datetime(2026, 12, 8, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("entry", catalogue.calls(), ids=lambda entry: entry["key"])
def test_days_of_a_call_come_in_order(entry):
    steps = ("created", "announced", "opens", "closes", "mending_until")
    days = [entry[step] for step in steps]
    assert days == sorted(days)
    assert entry["answer_days"] > 0


def test_conditions_cover_the_terms_of_the_calls_on_any_day():
    agreements = {entry["key"]: entry for entry in catalogue.agreements()}
    for offset in range(366):
        days = Timetable(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=offset))
        for call in catalogue.calls():
            term = days.this_term() if call["term"] == "this" else days.next_term()
            year = academic_year_of(term.begins)
            for key in call["offers"]:
                (years,) = (
                    condition["years"]
                    for condition in agreements[key]["conditions"]
                    if condition["direction"] == call["direction"]
                )
                first, last = (days.academic_year() + number for number in years)
                assert first <= year <= last, (days.today, call["key"], key)


def test_agreements_and_calls_speak_every_language():
    for entry in (*catalogue.agreements(), *catalogue.calls()):
        assert set(entry["title"]) == {"en", "ru", "kk"}
        assert all(entry["title"].values())
    for entry in catalogue.calls():
        assert set(entry["rules"]) == {"en", "ru", "kk"}
