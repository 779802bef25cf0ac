"""Chances against rounds that are really played with the newcomer in them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import POLICIES, UNMATCHED, Instance, UnsupportedConstraint, chances, solve
from matching.chances import WHAT_A_NEWCOMER_GETS, _bootstrap
from tests.examples import examples
from tests.matching.strategies import MERITS, build, tables

PLAYABLE = pytest.mark.parametrize("policy", WHAT_A_NEWCOMER_GETS)


def with_newcomer(drawn: Instance, row: list[int], merit: float, number: int) -> Instance:
    assert drawn.lottery is not None
    merits = np.zeros(drawn.applicants) if drawn.merit is None else drawn.merit
    return Instance(
        indptr=[*drawn.indptr, len(drawn.offer) + len(row)],
        offer=[*drawn.offer, *row],
        rank=[*drawn.rank, *range(1, len(row) + 1)],
        capacity=drawn.capacity,
        merit=[*merits, merit],
        lottery=[*drawn.lottery, number],
        weight=drawn.weight,
        limit=drawn.limit,
    )


def luck_of(instance: Instance, choice: np.ndarray) -> int:
    assert instance.lottery is not None
    rank = np.append(instance.rank, instance.limit + 1)[choice]
    return int((instance.lottery * rank).sum())


@PLAYABLE
@given(table=tables(applicants=7, offers=4, costs=False), data=st.data())
@settings(deadline=None, max_examples=examples(80))
def test_newcomer_gets_what_a_round_with_them_gives(policy: str, table: dict[str, Any], data: Any):
    instance = build(table)
    offers = list(range(instance.offers))[: instance.limit]
    rows = data.draw(st.lists(st.permutations(offers), min_size=1, max_size=4))
    merit = data.draw(st.lists(MERITS, min_size=len(rows), max_size=len(rows)))
    drawn = _bootstrap(instance, 7, np.random.default_rng(data.draw(st.integers(0, 10**6))))
    number = 2 * data.draw(st.integers(0, drawn.applicants)) + 1
    lists = Instance.from_lists(rows, instance.capacity, merit=merit, limit=instance.limit)
    got = WHAT_A_NEWCOMER_GETS[policy](drawn, lists, number, policy)
    for row, own in enumerate(rows):
        played = with_newcomer(drawn, own, merit[row], number)
        expected = int(solve(played, policy, seed=0).choice[-1])
        mine = [at - lists.indptr[row] for at in got if lists.applicant[at] == row]
        if (mine or [UNMATCHED]) != [max(UNMATCHED, expected - len(drawn.offer))]:
            # allowed only between results that are equal in cost and in lottery
            assert policy == "linear_assignment"
            confirm_equal(played, expected, len(drawn.offer) + int(mine[0]) if mine else UNMATCHED)


def confirm_equal(played: Instance, expected: int, mine: int) -> None:
    ways = [forced(played, at) for at in (expected, mine)]
    assert ways[0] == ways[1]


def forced(played: Instance, at: int) -> tuple[int, float, int]:
    """Placed, cost and lottery of the best round that gives the newcomer `at`."""
    begin = int(played.indptr[-2])
    capacity = played.capacity.copy()
    if at != UNMATCHED:
        capacity[played.offer[at]] -= 1
    rest = Instance(
        indptr=[*played.indptr[:-1], begin],
        offer=played.offer[:begin],
        rank=played.rank[:begin],
        cost=played.costs[:begin],
        capacity=capacity,
        lottery=played.lottery,
        limit=played.limit,
    )
    choice = solve(rest, seed=0).choice.copy()
    choice[-1] = at
    got = choice[choice != UNMATCHED]
    return len(got), int(played.costs[got].sum()), luck_of(played, choice)


@PLAYABLE
def test_chance_of_one_seat_wanted_by_all_alike_is_one_in_all(policy: str):
    instance = Instance.from_lists([[0]] * 3, [1])
    found = chances(instance, [[0]], 2000, 5, policy=policy)
    assert abs(found.probability[0] - 1 / 4) < 4 * np.sqrt(3 / 16 / 2000)
    assert found.got[0] + found.nothing[0] == found.draws == 2000


@PLAYABLE
def test_same_seed_gives_the_same_chances_and_parts_add_up(policy: str):
    random = np.random.default_rng(3)
    lists = [random.choice(6, 3, replace=False).tolist() for _ in range(40)]
    instance = Instance.from_lists(lists, [4] * 6, merit=random.integers(0, 101, 40))
    asked: dict[str, Any] = {"policy": policy, "merit": [50, 95.5]}
    rows = [[0, 1], [2, 3, 4]]
    whole = chances(instance, rows, 30, 9, **asked)
    again = chances(instance, rows, 30, 9, **asked)
    assert whole.got.tolist() == again.got.tolist()
    parts = [
        chances(instance, [[0, 1], [2, 3, 4]], range(*p), 9, **asked) for p in ((0, 11), (11, 30))
    ]
    assert (parts[0].got + parts[1].got).tolist() == whole.got.tolist()
    assert (parts[0].nothing + parts[1].nothing).tolist() == whole.nothing.tolist()
    assert (whole.indptr.tolist(), whole.offer.tolist()) == ([0, 2, 5], [0, 1, 2, 3, 4])


def test_more_competitors_leave_fewer_chances_and_none_leave_all():
    instance = Instance.from_lists([[0], [0]], [1])
    few, many, none = (
        chances(instance, [[0]], 300, 1, competitors=size).probability[0] for size in (1, 9, 0)
    )
    assert (few > 0.4, many < 0.2, none) == (True, True, 1)


def test_progress_is_told_after_each_draw():
    told: list[tuple[int, int]] = []
    chances(
        Instance.from_lists([[0]], [1]),
        [[0], []],
        range(5, 8),
        1,
        progress=lambda done, draws: told.append((done, draws)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_scores_of_offers_are_those_of_the_choices():
    instance = Instance.from_lists([[0, 1]] * 3, [1, 1], merit=[[50, 20]] * 3)
    asked: dict[str, Any] = {"policy": "deferred_acceptance"}
    found = chances(instance, [[0, 1], [0, 1]], 20, 1, merit=[[60, 0], [0, 30]], **asked)
    assert found.got.tolist() == [20, 0, 0, 20]


def test_what_cannot_be_played_is_refused():
    instance = Instance.from_lists([[0]], [1], cost=[3])
    with pytest.raises(UnsupportedConstraint, match="cannot honour cost in chances"):
        chances(instance, [[0]], 1, 1)
    for policy in set(POLICIES) - set(WHAT_A_NEWCOMER_GETS):
        with pytest.raises(UnsupportedConstraint, match=f"policy {policy} cannot honour chances"):
            chances(Instance.from_lists([[0]], [1]), [[0]], 1, 1, policy=policy)
