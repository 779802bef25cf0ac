"""Rank profile, reasons of the unplaced, and the lottery."""

import hashlib

from matching import Instance, draw_lottery, rank_profile, solve, unplaced_reasons


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
