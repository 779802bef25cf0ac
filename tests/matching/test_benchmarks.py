"""What the benchmarks draw and say."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from benchmarks.growth import slope, svg
from benchmarks.report import duration, page
from benchmarks.rounds_grid import draw, spread
from benchmarks.row import Row
from benchmarks.shapes import CHOICES, POPULARITY, cell_names
from matching import Instance


def measured(size: int, *, ours: float, peer: float, total: int = 7) -> Row:
    about = {"build": 0.001, "verify": 0.001, "cold": 1.0, "peak": 300, "runs": 5}
    figures = {
        "idle": {"pass": 0.001, "peak": 100},
        "ours": {**about, "warm": ours, "total": 7, "proof": "prices"},
        "ortools": {**about, "warm": peer, "total": total},
    }
    return Row(size, "flat/100/rank", figures)


@pytest.mark.parametrize("cell", ["flat/70/rank", "zipf1.2/100/merit", "zipf0.7/130/4^rank"])
def test_a_drawn_round_is_one_instance_with_the_costs_given_to_the_peers(cell: str):
    arrays = draw(1_000, cell)
    wanted = {name: arrays.get(name) for name in ("indptr", "offer", "capacity", "merit")}
    if cell.endswith("4^rank"):
        wanted["cost"] = arrays["cost"]
    instance = Instance(**wanted)
    assert np.array_equal(instance.costs, arrays["cost"])
    assert instance.stay.max() <= arrays["stay"][0]
    assert instance.capacity.sum() == 10 * int(cell.split("/")[1])
    assert instance.capacity.max() - instance.capacity.min() <= 1


def test_a_round_is_the_same_for_the_same_seed():
    first, again, other = (draw(1_000, "zipf0.7/100/merit", seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["offer"], other["offer"])


@pytest.mark.parametrize("popularity", POPULARITY)
def test_first_choices_follow_popularity(popularity: str):
    offer = draw(10_000, f"{popularity}/100/rank")["offer"].reshape(-1, CHOICES)
    firsts = np.sort(np.bincount(offer[:, 0], minlength=1_000))[::-1]
    weights = np.arange(1, 1_001) ** -POPULARITY[popularity]
    expected = weights[:10].sum() / weights.sum()
    assert firsts[:10].sum() / 10_000 == pytest.approx(expected, abs=0.02)


def test_seats_are_spread_evenly():
    assert spread(7, 3).tolist() == [3, 2, 2]


def test_cells_are_picked_by_pattern():
    assert len(list(cell_names(["*"]))) == 27
    assert list(cell_names(["flat/*/rank"])) == ["flat/70/rank", "flat/100/rank", "flat/130/rank"]


def test_another_total_is_told_on_the_page():
    rows = [measured(1_000, ours=0.1, peer=0.5), measured(10_000, ours=1.0, peer=5.0, total=8)]
    assert [row.wrong() for row in rows] == [[], ["ortools: total 8"]]
    text = page(rows, "python -m benchmarks", plot=True)
    assert "- flat/100/rank: ortools: total 8" in text
    assert "takes 5.00 times as long in the median and 5.00 times at the least" in text


def test_a_peer_that_was_not_waited_for_is_not_called_wrong():
    row = measured(1_000, ours=0.1, peer=0.5)
    row.figures["highs"] = {"over": "over 300 s"}
    assert row.wrong() == []
    text = page([row], "python -m benchmarks", plot=False)
    assert "| flat/100/rank | 100 ms, 0 MB | over 300 s,  |" in text


def test_growth_is_the_slope_between_logarithms():
    rows = [measured(10**at, ours=2.0**at, peer=10.0**at) for at in (3, 4, 5)]
    assert slope(rows, "ours") == pytest.approx(np.log10(2))
    assert slope(rows, "ortools") == pytest.approx(1)
    picture = ET.fromstring(svg(rows))
    assert [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")][-2:] == [
        "ours",
        "OR-Tools",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"), [(12.345, "12.3 s"), (0.05, "50 ms"), (0.0000123, "12.3 µs")]
)
def test_durations_have_three_digits(seconds: float, said: str):
    assert duration(seconds) == said
