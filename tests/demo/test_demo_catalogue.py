"""The data of the demonstration: complete, consistent, in three languages."""

import re
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from mobility import isced
from mobility.demo.catalogue import (
    courses,
    internships,
    remark,
    remarks,
    units,
    universities,
)

KAZAKH_LETTERS = set("әғқңөұүһі")
CEFR = {"A1", "A2", "B1", "B2", "C1", "C2"}


def test_universities_are_of_both_countries():
    assert Counter(university.country for university in universities()) == {"RU": 104, "KZ": 29}
    assert [university.schac for university in universities() if university.is_core] == [
        "susu.ru",
        "kaznpu.kz",
        "kaznu.kz",
        "enu.kz",
        "ksu.kz",
        "ksu.kst.kz",
        "nkzu.kz",
    ]


def test_a_domain_belongs_to_one_university():
    domains = Counter(domain for university in universities() for domain in university.domains)
    assert [domain for domain, count in domains.items() if count > 1] == []
    assert [u.schac for u in universities() if u.domains[0] != u.schac] == []
    assert [d for d in domains if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", d)] == []


def test_susu_keeps_its_former_domain():
    (susu,) = [university for university in universities() if university.schac == "susu.ru"]
    assert susu.domains == ("susu.ru", "tu-chel.ac.ru")


def test_core_universities_are_complete_in_three_languages():
    for university in universities():
        if university.is_core:
            assert all(university.texts.values()), university.schac
            assert university.website.startswith("https://"), university.schac


def test_every_university_has_an_english_name_and_only_one_lacks_its_city():
    assert [u.schac for u in universities() if not u.texts["name_en"]] == []
    assert [u.schac for u in universities() if not u.texts["city_en"]] == ["eurazir.kz"]
    assert [u.schac for u in universities() if u.latitude is None] == ["eurazir.kz"]


def test_names_stand_in_the_column_of_their_language():
    for university in universities():
        for key, text in university.texts.items():
            if key.endswith("_en"):
                assert not re.search("[а-яё]", text.casefold()), text
            elif text:
                assert re.search("[а-яёәғқңөұүһі]", text.casefold()), text


def test_coordinates_lie_in_the_country():
    for university in universities():
        if university.latitude is not None:
            assert university.longitude is not None
            west, east, south, north = (
                (46, 88, 40, 56) if university.country == "KZ" else (19, 170, 41, 70)
            )
            assert west < university.longitude < east, university.schac
            assert south < university.latitude < north, university.schac


def test_one_city_has_one_place_and_zone():
    places: dict[str, set] = {}
    for u in universities():
        places.setdefault(u.texts["city_ru"], set()).add((u.latitude, u.longitude, u.timezone))
    assert {city: found for city, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("zone", sorted({university.timezone for university in universities()}))
def test_timezones_exist(zone):
    assert ZoneInfo(zone).key == zone


def test_units_belong_to_core_universities_and_have_three_names():
    core = {university.schac for university in universities() if university.is_core}
    assert {unit.institution for unit in units()} == core
    assert len({(unit.institution, unit.code) for unit in units()}) == len(units())
    assert [unit.code for unit in units() if not all(unit.texts.values())] == []


def test_student_fields_are_detailed_fields():
    fields = {field for unit in units() for field in unit.student_fields}
    assert fields - set(isced.DETAILED) == set()
    assert [unit.code for unit in units() if not unit.student_fields] == []


@pytest.mark.parametrize(
    ("places", "institution", "count"),
    [(internships, "susu.ru", 28), (courses, "kaznpu.kz", 22)],
)
def test_places_stand_in_units_of_the_receiving_university(places, institution, count):
    codes = {unit.code for unit in units() if unit.institution == institution}
    assert len({place.code for place in places()}) == len(places()) == count
    assert {place.unit for place in places()} - codes == set()


@pytest.mark.parametrize("place", [*internships(), *courses()], ids=lambda place: place.code)
def test_a_place_is_complete(place):
    assert all(place.texts.values())
    assert KAZAKH_LETTERS & set((place.texts["title_kk"] + place.texts["description_kk"]).lower())
    assert not KAZAKH_LETTERS & set(place.texts["description_ru"].lower())
    assert 2 <= place.seats <= 5
    assert place.language in {"en", "ru", "kk"}
    assert place.cefr in CEFR
    assert set(place.eqf_levels) <= {6, 7}
    assert place.eqf_levels
    assert set(place.isced_fields) <= set(isced.FIELDS)
    assert (place.hours_per_week is None) != (place.ects is None)


@pytest.mark.parametrize("level", [6, 7])
@pytest.mark.parametrize(("places", "sender"), [(internships, "kaznpu.kz"), (courses, "susu.ru")])
def test_every_student_of_the_sending_university_has_a_choice(places, sender, level):
    fields = {f for unit in units() if unit.institution == sender for f in unit.student_fields}
    fitting = {
        field: [
            place.code
            for place in places()
            if isced.matches(field, place.isced_fields) and level in place.eqf_levels
        ]
        for field in fields
    }
    assert {field: codes for field, codes in fitting.items() if len(codes) < 3} == {}


def test_dates_are_whole_weeks_of_the_term():
    place = internships()[0]
    assert (place.start_week, place.weeks) == (0, 12)
    assert place.dates(date(2027, 2, 1)) == (date(2027, 2, 1), date(2027, 4, 23))
    assert place.dates(date(2026, 9, 1)) == (date(2026, 9, 7), date(2026, 11, 27))


@pytest.mark.parametrize("kind", sorted(remarks()))
def test_remarks_exist_in_three_languages(kind):
    for variant in remarks()[kind]:
        assert set(variant) == {"en", "ru", "kk"}
        assert all(text.strip() for text in variant.values())
        assert {"{title}" in text for text in variant.values()} == {kind.startswith("motivation")}


def test_remark_names_the_place_and_goes_round():
    text = remark("motivation_course", 0, "kk", title="Абай және оның заманы")
    assert text.startswith("«Абай және оның заманы» курсы")
    count = len(remarks()["motivation_course"])
    assert remark("motivation_course", count, "kk", title="Абай және оның заманы") == text
