"""Policies over rank profiles: against enumeration, and proved by prices compared in order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import UNMATCHED, Instance, Result, rank_profile, solve, verify
from matching.profiles import ranks_of
from tests.examples import examples
from tests.matching.strategies import all_assignments, build, ranked_tables

Vector = tuple[int, ...]

PROFILES: dict[str, Callable[[Vector], Vector]] = {
    "rank_maximal": lambda profile: tuple(-count for count in profile),
    "greedy_maximum": lambda profile: (-sum(profile), *(-count for count in profile)),
    "generous_maximum": lambda profile: (-sum(profile), *reversed(profile)),
}
"""What each policy makes least: a vector, from how many got their first choice, second, ..."""


def vector(policy: str, instance: Instance, choice: Vector) -> Vector:
    ranks = [int(instance.rank[at]) for at in choice if at != UNMATCHED]
    profile = np.bincount(ranks, minlength=ranks_of(instance).stop)[1:]
    return PROFILES[policy](tuple(profile.tolist()))


def luck(instance: Instance, choice: Vector) -> int:
    assert instance.lottery is not None
    position = [instance.limit + 1 if at == UNMATCHED else instance.rank[at] for at in choice]
    return int(np.dot(instance.lottery, position)) if len(position) else 0


def shortcomings(policy: str, instance: Instance, result: Result) -> list[str]:
    """What the prices leave unproved: the bound of duality, a component at a time.

    A choice costs its own profile vector, and with a lottery one component more for it.
    """
    limit, lottery = instance.limit, instance.lottery
    assert result.prices is not None
    price = result.prices.tolist()
    stay = [list(vector(policy, instance, ())) for _ in range(instance.applicants)]
    cost = [list(vector(policy, instance, (at,))) for at in range(len(instance.offer))]
    total = list(vector(policy, instance, tuple(result.choice)))
    if any(len(row) != len(total) for row in price):
        return ["components"]
    if lottery is not None:
        assert result.tie_prices is not None
        price = [[*row, tie] for row, tie in zip(price, result.tie_prices.tolist(), strict=True)]
        stay = [[*row, int(lottery[i]) * (limit + 1)] for i, row in enumerate(stay)]
        for at, row in enumerate(cost):
            row.append(int(lottery[instance.applicant[at]] * instance.rank[at]))
        total.append(luck(instance, tuple(result.choice)))
    bound = [0] * len(total)
    for i, best in enumerate(stay):
        for at in range(instance.indptr[i], instance.indptr[i + 1]):
            with_price = zip(cost[at], price[instance.offer[at]], strict=True)
            best = min(best, [c + p for c, p in with_price])
        bound = [b + x for b, x in zip(bound, best, strict=True)]
    for seats, row in zip(instance.capacity.tolist(), price, strict=True):
        bound = [b - seats * p for b, p in zip(bound, row, strict=True)]
    below = [f"offer {j} below zero" for j, row in enumerate(price) if row < [0] * len(row)]
    return below + ([f"bound {bound} of {total}"] if bound != total else [])


@pytest.mark.parametrize("policy", PROFILES)
@given(table=ranked_tables())
@settings(deadline=None, max_examples=examples(150))
def test_profile_and_lottery_are_the_best_of_all_assignments(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=7)
    every = all_assignments(instance)
    best = min(vector(policy, instance, choice) for choice in every)
    assert vector(policy, instance, tuple(result.choice)) == best
    if instance.lottery is None:
        assert (result.lottery, result.tie_prices) == (None, None)
    else:
        rivals = [c for c in every if vector(policy, instance, c) == best]
        least = min(luck(instance, choice) for choice in rivals)
        assert luck(instance, tuple(result.choice)) == least
    assert shortcomings(policy, instance, result) == []


@pytest.mark.parametrize("policy", PROFILES)
@given(table=ranked_tables(applicants=25, offers=8))
@settings(deadline=None, max_examples=examples(60))
def test_prices_prove_the_profile_without_the_solver(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=7)
    assert shortcomings(policy, instance, result) == []
    certificate = verify(instance, result)
    assert (certificate.proof, certificate.reasons) == ("prices", ())
    assert certificate.tie_break == (instance.lottery is not None)


@pytest.mark.parametrize("policy", PROFILES)
def test_lists_of_thirty_stay_exact(policy: str):
    random = np.random.default_rng(4)
    n, m, k = 600, 60, 30
    lists = [random.choice(m, k, replace=False).tolist() for _ in range(n)]
    instance = Instance.from_lists(lists, [9] * m, lottery=random.permutation(n))
    result = solve(instance, policy, seed=0)
    assert n**k > 2**64
    assert shortcomings(policy, instance, result) == []


def test_policies_read_the_profile_from_their_own_end():
    lists = [[0, 1], [2, 0, 1], [0, 1, 2], [2, 0], [2]]
    instance = Instance.from_lists(lists, [2, 2, 1])
    profiles = {p: rank_profile(instance, solve(instance, p, seed=0)).tolist() for p in PROFILES}
    assert profiles == {
        "rank_maximal": [3, 0, 1],
        "greedy_maximum": [2, 2, 1],
        "generous_maximum": [1, 4, 0],
    }


@pytest.mark.parametrize("policy", PROFILES)
def test_merit_plays_no_part(policy: str):
    lists, lottery = [[0, 1], [0, 1], [1]], [2, 1, 3]
    plain = Instance.from_lists(lists, [1, 1], lottery=lottery)
    scored = Instance.from_lists(lists, [1, 1], lottery=lottery, merit=[10, 90, 50])
    choices = [solve(instance, policy, seed=0).choice.tolist() for instance in (plain, scored)]
    assert choices[0] == choices[1]


@pytest.mark.parametrize("policy", PROFILES)
def test_empty_and_crowded_instances_are_proved(policy: str):
    crowd = 200
    for lists, capacity in (
        ([[0]] * crowd, [1]),
        ([[0, 1, 2]] * crowd, [50, 50, 50]),
        ([list(range(20))] * 20, [1] * 20),
        ([[]] * crowd, [1]),
        ([[0]] * crowd, [0]),
        ([], [1]),
        ([], []),
    ):
        instance = Instance.from_lists(lists, capacity, lottery=list(range(len(lists))))
        result = solve(instance, policy, seed=4)
        assert shortcomings(policy, instance, result) == []
        assert verify(instance, result).optimal
