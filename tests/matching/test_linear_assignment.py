"""Linear assignment against enumeration and against scipy."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import matching.kernel
from matching import (
    POLICIES,
    UNMATCHED,
    Instance,
    NotCertified,
    Result,
    rank_profile,
    solve,
    verify,
)
from matching.policies.policy import make_result
from tests.examples import examples
from tests.matching.strategies import all_assignments, build, standing, tables


@given(tables())
@settings(deadline=None, max_examples=examples(300))
def test_result_is_the_best_of_all_assignments(table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, seed=7)
    # without a lottery, any of the best by placements and cost
    lottery = np.zeros(instance.applicants, int) if result.lottery is None else result.lottery
    best = min(standing(instance, lottery, c) for c in all_assignments(instance))
    assert standing(instance, lottery, tuple(result.choice)) == best
    certificate = verify(instance, result)
    assert certificate.optimal
    assert certificate.bound == result.objective
    assert certificate.gap == 0


@given(tables(applicants=30, offers=8, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_total_equals_scipy_on_expanded_seats(table: dict[str, Any]):
    instance = build(table)
    seat_of = np.repeat(np.arange(instance.offers), instance.capacity)
    matrix = np.zeros((instance.applicants, len(seat_of)))
    worth = int(instance.stay.max(initial=0))
    for at, who in enumerate(instance.applicant):
        matrix[who, seat_of == instance.offer[at]] = instance.costs[at] - worth
    rows, columns = linear_sum_assignment(matrix)
    placed = int((matrix[rows, columns] < 0).sum())
    total = matrix[rows, columns].sum() + worth * placed
    result = solve(instance, seed=1)
    assert (result.placed, result.objective) == (placed, total / instance.scale)
    assert rank_profile(instance, result).sum() == placed


@given(tables(applicants=8, offers=5), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=examples(150))
def test_other_labels_change_nothing_but_the_labels(table: dict[str, Any], random: Any):
    n, m = len(table["lists"]), len(table["capacity"])
    table.setdefault("lottery", random.sample(range(1, n + 1), n))
    people, offers = random.sample(range(n), n), random.sample(range(m), m)
    label = np.argsort(offers)
    of_people = {name: column for name, column in table.items() if name != "capacity"}
    shuffled = {name: [column[i] for i in people] for name, column in of_people.items()}
    shuffled["lists"] = [[int(label[j]) for j in row] for row in shuffled["lists"]]
    shuffled["capacity"] = [table["capacity"][j] for j in offers]
    assert ranks_of(build(shuffled)) == [ranks_of(build(table))[i] for i in people]


@given(tables(applicants=8, offers=5))
@settings(deadline=None, max_examples=examples(50))
def test_offer_that_nobody_lists_changes_nothing(table: dict[str, Any]):
    wider = {**table, "capacity": [*table["capacity"], 3]}
    assert ranks_of(build(wider)) == ranks_of(build(table))


def ranks_of(instance: Instance) -> list[int]:
    choice = solve(instance, seed=5).choice
    return [0 if at == UNMATCHED else int(instance.rank[at]) for at in choice]


@given(tables(applicants=6, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_price_is_what_one_more_seat_would_save(table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, seed=7)
    # the same worth of a placement before and after, or totals could not be compared
    unplaced = [instance.in_units(cost) for cost in instance.stay.tolist()]
    before = solve(build({**table, "unplaced": unplaced}), seed=7)
    for offer, price in enumerate(result.prices if result.prices is not None else []):
        wider = {**table, "unplaced": unplaced, "capacity": list(table["capacity"])}
        wider["capacity"][offer] += 1
        saved = before.objective - solve(build(wider), seed=7).objective
        assert round(saved * instance.scale) == price


def test_placement_outweighs_any_cost():
    instance = Instance.from_lists([[0, 1], [0]], [1, 1], cost=[[0, 10**12], [0]])
    result = solve(instance, seed=0)
    assert (result.choice.tolist(), result.objective) == ([1, 2], 10**12)


def test_unplaced_cost_is_weighed_against_places():
    instance = Instance.from_lists([[0], [1]], [1, 1], cost=[[5], [7]], unplaced=[6, 6])
    result = solve(instance, seed=0)
    assert (result.choice.tolist(), result.objective, result.placed) == ([0, -1], 11, 1)


def test_merit_decides_who_is_placed_and_who_gets_the_better_rank():
    lists = [[0, 1], [0, 1], [0, 1]]
    result = solve(Instance.from_lists(lists, [1, 1], merit=[40, 90, 60.5]), seed=0)
    assert result.choice.tolist() == [-1, 2, 5]


def test_without_a_lottery_none_is_drawn_and_the_result_is_always_the_same():
    instance = Instance.from_lists([[0, 1, 2]] * 30, [5, 5, 5])
    once, again = (solve(instance, seed=1) for _ in range(2))
    assert once.lottery is None
    assert once.choice.tolist() == again.choice.tolist()


def test_the_lottery_decides_between_optima_and_its_prices_prove_it():
    lotteries = [np.random.default_rng(seed).permutation(30) for seed in (1, 2)]
    instances = [Instance.from_lists([[0, 1, 2]] * 30, [5, 5, 5], lottery=lo) for lo in lotteries]
    once, other = (solve(instance, seed=1) for instance in instances)
    assert once.choice.tolist() != other.choice.tolist()
    assert verify(instances[0], once).tie_break


def test_adversarial_instances_are_solved_and_certified():
    crowd = 400
    for instance in (
        Instance.from_lists([[0]] * crowd, [1]),
        Instance.from_lists([[0, 1, 2]] * crowd, [100, 100, 100]),
        Instance.from_lists([list(range(crowd))] * crowd, [1] * crowd),
        Instance.from_lists([[]] * crowd, [1]),
        Instance.from_lists([[0]] * crowd, [0]),
        Instance.from_lists([], [1]),
        Instance.from_lists([], []),
        Instance.from_lists([[0, 1]] * crowd, [3, 3], cost=[[-(10**12), 10**12]] * crowd),
        Instance.from_lists([[0, 1]] * crowd, [300, 300], cost=[[0.1, 1e-7]] * crowd),
    ):
        result = solve(instance, seed=4)
        assert verify(instance, result).optimal


def test_costs_beyond_doubles_stay_exact():
    random = np.random.default_rng(5)
    n, m, k, size = 2100, 2000, 4, 10**13
    offer = np.array([random.choice(m, k, replace=False) for _ in range(n)]).ravel()
    cost = random.integers(-size, size, n * k)
    indptr = np.arange(0, n * k + 1, k)
    instance = Instance(indptr=indptr, offer=offer, capacity=np.ones(m, int), cost=cost)
    assert int(instance.stay[0]) > 2**53
    assert verify(instance, solve(instance, seed=1)).optimal


def test_few_offers_with_many_seats_are_filled():
    random = np.random.default_rng(8)
    n, m, k = 2500, 8, 5
    offer = np.array([random.choice(m, k, replace=False) for _ in range(n)]).ravel()
    arrays = {"indptr": np.arange(0, n * k + 1, k), "offer": offer, "capacity": [280] * m}
    instance = Instance(**arrays, merit=random.integers(0, 101, n))
    result = solve(instance, seed=1)
    assert (result.placed, verify(instance, result).optimal) == (280 * m, True)


def test_faulty_kernel_is_found_out_and_replaced(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(9)
    n, m, k = 60, 20, 4
    offer = np.array([random.choice(m, k, replace=False) for _ in range(n)]).ravel()
    arrays = {"indptr": np.arange(0, n * k + 1, k), "offer": offer, "capacity": [2] * m}
    instance = Instance(**arrays, merit=random.integers(0, 101, n))
    right = solve(instance, seed=1)

    def nobody_placed(indptr: Any, offer: Any, cost: Any, stay: Any, capacity: Any, *rest: Any):
        return np.full(len(stay), UNMATCHED), np.zeros(len(capacity), dtype=np.int64)

    monkeypatch.setattr(matching.kernel, "least_cost", nobody_placed)
    again = solve(instance, seed=1)
    assert (right.solver, again.solver) == ("kernel", "highs")
    assert (again.placed, again.objective) == (right.placed, right.objective)
    assert verify(instance, again).proof == "prices"


def test_nothing_is_returned_that_does_not_hold(monkeypatch: pytest.MonkeyPatch):
    def first_choices(instance: Instance, lottery: Any, seed: int, time_limit: float) -> Result:
        return make_result("serial_dictatorship", instance, instance.indptr[:-1], lottery, seed)

    wishful = replace(POLICIES["serial_dictatorship"], solve=first_choices)
    monkeypatch.setitem(POLICIES, "serial_dictatorship", wishful)
    with pytest.raises(NotCertified, match=r"policy serial_dictatorship found .* offer 0"):
        solve(Instance.from_lists([[0], [0]], [1]), "serial_dictatorship", seed=1)
