"""One seat more or less, against solving again from scratch."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import POLICIES, Instance, InvalidInstance, Result, seat_value, solve
from tests.examples import examples
from tests.matching.strategies import build, tables

EVERY_POLICY = pytest.mark.parametrize("policy", POLICIES)


def figures(instance: Instance, result: Result) -> tuple[int, int]:
    """Seats given, or 0 where the cost says it all, and the cost in units of 1 / scale."""
    placed = result.placed if instance.placements_first else 0
    return placed, round(result.objective * instance.scale)


def change(table: dict[str, Any], before: Result, offer: int, seats: int) -> tuple[int, int]:
    instance = build(table)
    capacity = list(table["capacity"])
    capacity[offer] += seats
    if capacity[offer] < 0:
        return 0, 0
    after = solve(build({**table, "capacity": capacity}), before.policy, seed=before.seed)
    old, new = figures(instance, before), figures(instance, after)
    return new[0] - old[0], new[1] - old[1]


def confirm(table: dict[str, Any], policy: str) -> None:
    instance = build(table)
    result = solve(instance, policy, seed=7)
    values = seat_value(instance, result, range(instance.offers))
    assert values.exact
    for row, offer in enumerate(values.offers.tolist()):
        more = (values.more_placed[row], values.more_cost[row])
        fewer = (values.fewer_placed[row], values.fewer_cost[row])
        assert more == change(table, result, offer, +1)
        assert fewer == change(table, result, offer, -1)
        assert values.can_lose[row] == (table["capacity"][offer] > 0)


@given(tables(applicants=7, offers=4))
@settings(deadline=None, max_examples=examples(150))
def test_seat_values_of_costs_are_those_of_new_results(table: dict[str, Any]):
    confirm(table, "linear_assignment")


@EVERY_POLICY
@given(table=tables(applicants=6, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(25))
def test_seat_values_are_those_of_new_results(policy: str, table: dict[str, Any]):
    confirm(table, policy)


def test_price_is_what_one_seat_more_saves_and_a_seat_less_costs_no_less():
    random = np.random.default_rng(2)
    lists = [random.choice(30, 5, replace=False).tolist() for _ in range(300)]
    unplaced = [0] * 300
    merit = random.integers(0, 101, 300)
    instance = Instance.from_lists(lists, [8] * 30, merit=merit, unplaced=unplaced)
    result = solve(instance, seed=1)
    values = seat_value(instance, result, range(30))
    assert result.prices is not None
    assert values.more_cost.tolist() == (-result.prices).tolist()
    assert (values.fewer_cost >= result.prices).all()


def test_seat_value_asks_only_about_the_offers_given():
    instance = Instance.from_lists([[0, 1], [0], [2]], [1, 0, 1], merit=[50, 60, 70])
    result = solve(instance, seed=1)
    values = seat_value(instance, result, [2, 1])
    assert values.offers.tolist() == [2, 1]
    assert values.more_placed.tolist() == [0, 1]
    assert values.fewer_placed.tolist() == [-1, 0]
    assert values.can_lose.tolist() == [True, False]


@pytest.mark.parametrize("offer", [-1, 2])
def test_offer_that_is_none_is_refused_by_name(offer: int):
    instance = Instance.from_lists([[0, 1], [0]], [1, 1])
    with pytest.raises(InvalidInstance, match=rf"offers\[1\]: {offer} is not one of 0..1"):
        seat_value(instance, solve(instance, seed=1), [0, offer])


def test_prices_that_prove_nothing_are_refused():
    instance = Instance.from_lists([[0, 1], [0]], [1, 1], merit=[50, 60])
    result = solve(instance, seed=1)
    assert result.prices is not None
    for prices in (None, 0 * result.prices):
        with pytest.raises(ValueError, match="do not prove"):
            seat_value(instance, replace(result, prices=prices), [0])
