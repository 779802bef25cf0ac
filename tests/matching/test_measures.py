"""Rank profile, reasons of the unplaced, cut-offs, justified envy, and the lottery."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import (
    POLICIES,
    UNMATCHED,
    Instance,
    Result,
    blocking_choices,
    cutoffs,
    draw_lottery,
    rank_profile,
    solve,
    unplaced_reasons,
)
from tests.examples import examples
from tests.matching.strategies import build, tables


def test_rank_profile_counts_each_rank_up_to_the_limit():
    instance = Instance.from_lists([[0, 1], [0, 1], [0]], [1, 1], merit=[90, 80, 10], limit=4)
    result = solve(instance, seed=0)
    assert rank_profile(instance, result).tolist() == [1, 1, 0, 0]


def test_unplaced_are_told_why():
    lists = [[0], [0], [], [1], [1, 0], [1]]
    instance = Instance.from_lists(lists, [1, 0], merit=[90, 80, 70, 60, 50, 40])
    result = solve(instance, seed=0)
    assert unplaced_reasons(instance, result).tolist() == [
        "",
        "all_full",
        "no_choices",
        "no_seats",
        "all_full",
        "no_seats",
    ]


def test_place_that_costs_more_than_staying_is_outweighed():
    instance = Instance.from_lists([[0]], [1], cost=[5], unplaced=[3])
    assert unplaced_reasons(instance, solve(instance, seed=0)).tolist() == ["outweighed"]


def test_nobody_and_nothing_have_empty_figures():
    instance = Instance.from_lists([], [])
    result = solve(instance, seed=0)
    assert rank_profile(instance, result).tolist() == []
    assert unplaced_reasons(instance, result).tolist() == []


def test_lottery_is_recomputed_from_its_definition():
    digests = [hashlib.sha256(f"2027:{row}".encode()).hexdigest() for row in range(50)]
    expected = [1 + sorted(digests).index(digest) for digest in digests]
    assert draw_lottery(50, 2027).tolist() == expected
    assert draw_lottery(0, 1).tolist() == []


def slowly_blocking(instance: Instance, result: Result) -> list[int]:
    """The definition, choice by choice."""
    merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit
    luck = np.zeros(instance.applicants) if result.lottery is None else result.lottery
    found = []
    for e, who in enumerate(instance.applicant.tolist()):
        at, offer = int(result.choice[who]), int(instance.offer[e])
        if at != UNMATCHED and instance.rank[at] <= instance.rank[e]:
            continue
        holders = instance.applicant[result.chosen & (instance.offer == offer)].tolist()
        own = (-merit[who], luck[who])
        passed_over = any((-merit[i], luck[i]) > own for i in holders)
        if len(holders) < instance.capacity[offer] or passed_over:
            found.append(e)
    return found


@pytest.mark.parametrize("policy", POLICIES)
@given(table=tables(applicants=8, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_blocking_choices_are_those_of_the_definition(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=7)
    found = blocking_choices(instance, result).tolist()
    assert found == slowly_blocking(instance, result)
    if POLICIES[policy].stable:
        assert found == []


def test_passed_over_for_less_merit_is_envy_and_for_equal_merit_by_lottery_alone():
    lists = [[0, 1], [0], [0]]
    for lottery, expected in ((None, [0]), ([3, 2, 1], [0, 3]), ([3, 1, 2], [0])):
        instance = Instance.from_lists(lists, [1, 1], merit=[90, 50, 50])
        result = replace(
            solve(instance, seed=1),
            lottery=None if lottery is None else np.array(lottery),
            choice=np.array([1, 2, UNMATCHED]),
            chosen=np.array([False, True, True, False]),
        )
        assert blocking_choices(instance, result).tolist() == expected


def test_with_two_seats_wanted_all_but_the_best_two_may_be_envied():
    # by hand, so that no policy for several seats is needed
    instance = Instance.from_lists([[0, 1, 2], [0, 1]], [1, 1, 1], merit=[90, 50], demand=[2, 1])
    result = Result(
        policy="by hand",
        seed=0,
        choice=np.array([1, 3]),
        chosen=np.array([False, True, True, True, False]),
        lottery=None,
        objective=0,
        placed=3,
    )
    assert blocking_choices(instance, result).tolist() == [0]
    assert rank_profile(instance, result).tolist() == [1, 1, 1]


def test_cutoff_is_the_lowest_admitted_merit_unless_seats_remain():
    lists = [[0], [0], [0], [1], [2]]
    instance = Instance.from_lists(lists, [2, 2, 0, 1], merit=[70, 80, 60.5, 10, 99])
    result = solve(instance, "deferred_acceptance", seed=1)
    assert cutoffs(instance, result).tolist() == [70, -np.inf, np.inf, -np.inf]


def test_cutoff_is_in_the_eyes_of_the_offer():
    instance = Instance.from_lists([[0, 1], [0, 1]], [1, 1], merit=[[50, 20], [40, 90]])
    result = replace(
        solve(Instance.from_lists([[0, 1], [0, 1]], [1, 1]), seed=1),
        choice=np.array([0, 3]),
        chosen=np.array([True, False, False, True]),
    )
    assert cutoffs(instance, result).tolist() == [50, 90]
