"""Simulated requests: plausible, repeatable, only what is open to the level."""

from collections import Counter

import pytest

from mobility.rounds.offline import simulation
from mobility.rounds.offline.job import Place

from .offline_files import DATA, match, save, simulate

EXCHANGE = DATA / "exchange_places.csv"
PLACES = [Place(f"P{number}", "U", "t", 2) for number in range(60)]


def drawn(places=PLACES, applicants=2000, seed=1, choices=5):
    return simulation.simulate_requests(places, applicants=applicants, seed=seed, choices=choices)


def test_same_seed_gives_the_same_requests_and_another_seed_others():
    assert drawn(seed=1) == drawn(seed=1)
    assert drawn(seed=1) != drawn(seed=2)


def test_lists_are_distinct_and_within_the_limit():
    requests = drawn()
    assert all(len(set(request.choices)) == len(request.choices) for request in requests)
    lengths = Counter(len(request.choices) for request in requests)
    assert set(lengths) == {0, 1, 2, 3, 4, 5}
    assert lengths[5] > 1000 > 100 > lengths[0]


def test_nobody_lists_a_place_of_another_level():
    by_code = {place.code: place for place in PLACES}
    for request in drawn():
        for code in request.choices:
            assert request.level in simulation.levels_of(by_code[code])


def test_columns_of_level_and_field_are_obeyed():
    places = [
        Place("A", "U", "t", 1, level="6", field="0511"),
        Place("B", "U", "t", 1, level="7, 8", field="0522"),
    ]
    requests = drawn(places, choices=2)
    assert {request.field for request in requests} == {"0511", "0522"}
    assert {request.level: set() for request in requests}.keys() == {6, 7, 8}
    for request in requests:
        assert set(request.choices) <= ({"A"} if request.level == 6 else {"B"})


def test_most_choices_are_of_the_own_field():
    by_code = {place.code: place for place in PLACES}
    own = Counter(
        simulation.field_of(by_code[code]) == request.field
        for request in drawn()
        for code in request.choices[:1]
    )
    assert own[True] > 2 * own[False]


def test_popularity_is_uneven():
    asked = Counter(code for request in drawn() for code in request.choices)
    counts = sorted(asked.values(), reverse=True)
    assert sum(counts[:6]) > 3 * sum(counts[-6:])


def test_merit_has_two_decimals_and_a_middle_above_fifty():
    merits = [request.merit for request in drawn()]
    assert all(0 <= merit <= 100 and round(merit, 2) == merit for merit in merits)
    assert 65 < sum(merits) / len(merits) < 74


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_simulated_file_can_be_matched_without_a_note(tmp_path, ending, language):
    requests = tmp_path / f"requests.{ending}"
    made = simulate(
        EXCHANGE, "--applicants", 30, "--seed", 3, "--out", requests, "--lang", language
    )
    assert made.code == 0
    run = match(EXCHANGE, requests, "--out", tmp_path / "p.csv")
    assert run.code == 0
    assert run.out[:3] == [
        "exchange_places.csv: 91 rows read",
        f"requests.{ending}: 30 rows read",
        "",
    ]


def test_simulation_writes_in_the_dialect_of_the_places(tmp_path):
    places = save(tmp_path, "places.csv", "код;вуз;название;мест\r\nA1;U;t;1\r\n")
    requests = tmp_path / "requests.csv"
    simulate(places, "--applicants", 1, "--seed", 1, "--out", requests, "--choices", 2)
    header, row, rest = requests.read_bytes().decode().split("\r\n")
    assert (header, rest) == ("applicant;merit;level;field;choice_1;choice_2", "")
    assert "," in row.split(";")[1]


def test_broken_places_are_refused_before_anything_is_invented(tmp_path):
    places = save(tmp_path, "places.csv", "code,institution,title,seats\nA1,U,t,-1\n")
    run = simulate(places, "--applicants", 3, "--seed", 1, "--out", tmp_path / "r.csv")
    assert run.code == 2
    assert run.errors == [
        "places.csv, line 2, column D “seats”: “-1” is not a whole number of seats, 0 or more.",
        "Nothing was written; errors found: 1.",
    ]
    assert not (tmp_path / "r.csv").exists()
