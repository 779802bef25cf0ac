"""Which minimums and quotas are named when nothing keeps them all."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings

from matching import Instance, Quota
from matching.constrained import solve_constrained
from matching.errors import Infeasible
from tests.examples import examples
from tests.matching.test_constrained import all_allowed, constrained


def conflict(**table: Any) -> Infeasible:
    with pytest.raises(Infeasible) as told:
        solve_constrained(Instance.from_lists(**table), None, 1, time_limit=30)
    return told.value


def test_minimum_that_too_few_list_is_named_alone():
    told = conflict(lists=[[0, 1], [1]], capacity=[3, 3], min_seats=[2, 1])
    assert (told.offers, told.quotas, told.smallest) == ((0,), (), True)
    assert str(told) == "no assignment can keep minimum of offer 0"


def test_minimums_that_compete_for_the_same_people_are_named_together():
    told = conflict(lists=[[0, 1, 2], [0, 1, 3], [3]], capacity=[2] * 4, min_seats=[2, 1, 0, 1])
    assert (told.offers, told.quotas) == ((0, 1), ())
    assert str(told) == "no assignment can keep minimums of offers 0, 1 together"


def test_quota_in_the_way_of_a_minimum_is_named_with_it():
    told = conflict(
        lists=[[0], [0, 1]],
        capacity=[2, 2],
        min_seats=[2, 0],
        quotas=[Quota([2], [1], None, 0), Quota([0, 1], [1, 1], None, 1)],
    )
    assert (told.offers, told.quotas) == ((0,), (1,))
    assert str(told) == "no assignment can keep minimum of offer 0 and quota 1 together"


def test_offer_that_may_close_is_named_where_a_quota_needs_it_open():
    told = conflict(
        lists=[[0], [1]],
        capacity=[2, 2],
        min_seats=[2, 0],
        may_close=[True, False],
        quotas=[Quota([0], [1], 1, None)],
    )
    assert (told.offers, told.quotas) == ((0,), (0,))


def test_minimum_and_quota_beyond_all_measure_are_named_like_others():
    told = conflict(lists=[[0, 1], [0]], capacity=[2**52, 2**52], min_seats=[2**51, 1])
    assert (told.offers, told.smallest) == ((0,), True)
    endless = Quota([0, 1], [1, -1], 2**56, None)
    told = conflict(lists=[[0, 1], [0]], capacity=[2, 2], min_seats=[1, 1], quotas=[endless])
    assert (told.quotas, told.smallest) == ((0,), True)


@given(constrained())
@settings(deadline=None, max_examples=examples(150))
def test_conflict_is_one_and_the_smallest(table: dict[str, Any]):
    instance = Instance.from_lists(**table)
    if all_allowed(instance):
        return
    told = conflict(**table)
    rules = [("offer", int(j)) for j in instance.min_seats.nonzero()[0]]
    rules += [("quota", r) for r in range(len(instance.quotas))]
    named = [("offer", j) for j in told.offers] + [("quota", r) for r in told.quotas]
    assert not all_allowed(with_rules(table, named))
    assert told.smallest
    for fewer in combinations(rules, len(named) - 1):
        assert all_allowed(with_rules(table, list(fewer)))


def with_rules(table: dict[str, Any], kept: list[tuple[str, int]]) -> Instance:
    """The same with these minimums and quotas alone."""
    other = dict(table)
    if "min_seats" in table:
        other["min_seats"] = [
            least if ("offer", j) in kept else 0 for j, least in enumerate(table["min_seats"])
        ]
    other["quotas"] = [
        quota for r, quota in enumerate(table.get("quotas", ())) if ("quota", r) in kept
    ]
    return Instance.from_lists(**other)
