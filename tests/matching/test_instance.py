"""What an instance accepts, what it computes exactly, and what it refuses by name."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Instance, InvalidInstance, Quota
from tests.examples import examples
from tests.matching.strategies import build, tables

GOOD: dict[str, Any] = {"indptr": [0, 2, 3], "offer": [0, 1, 1], "capacity": [1, 2]}

WRONG = [
    ({"indptr": []}, "indptr", None, "is empty; without applicants it is [0]"),
    ({"indptr": [1, 2, 3]}, "indptr", 0, "1 stands where lists begin, at 0"),
    ({"indptr": [0, 3, 2, 3]}, "indptr", 2, "2 is below 3 before it"),
    ({"indptr": [0, 2, 4]}, "indptr", 2, "ends with 4 but offer has length 3"),
    ({"indptr": [[0, 3]]}, "indptr", None, "has 2 dimensions instead of 1"),
    ({"indptr": [0.0, 2.0, 3.0]}, "indptr", None, "has dtype float64 instead of integers"),
    ({"offer": [0, 2, 1]}, "offer", 1, "2 is not one of 0..1"),
    ({"offer": [0, -1, 1]}, "offer", 1, "-1 is not one of 0..1"),
    ({"offer": [1, 1, 1]}, "offer", 1, "applicant 0 lists offer 1 twice"),
    ({"offer": [True, False, True]}, "offer", None, "has dtype bool instead of integers"),
    (
        {"offer": np.array([0, 1, 2**63], dtype=np.uint64)},
        "offer",
        2,
        "does not fit into 64 bits",
    ),
    ({"capacity": [1, -2]}, "capacity", 1, "-2 seats are fewer than none"),
    ({"capacity": [1, 2.5]}, "capacity", None, "has dtype float64 instead of integers"),
    ({"cost": [1, 2]}, "cost", None, "has length 2 instead of 3"),
    ({"cost": [1, float("nan"), 2]}, "cost", 1, "nan is not a finite number"),
    ({"cost": [1, 2, float("-inf")]}, "cost", 2, "-inf is not a finite number"),
    ({"cost": ["a", "b", "c"]}, "cost", None, "has dtype <U1 instead of numbers"),
    ({"cost": [0, 2**57, 0]}, "cost", 1, f"{2**57} is too large to be exact"),
    ({"cost": [0, 1e300, 0]}, "cost", 1, "1e+300 is too large to be exact"),
    ({"cost": [0, -(2**63), 0]}, "cost", 1, f"{-(2**63)} is too large to be exact"),
    (
        {"cost": [0, 2**56, 0]},
        "cost",
        None,
        f"a range of {2**56} over 2 seats is too wide to be exact",
    ),
    ({"merit": [50]}, "merit", None, "has length 1 instead of 2"),
    ({"merit": 50}, "merit", None, "has 0 dimensions instead of 1"),
    ({"merit": [50, 100.5]}, "merit", 1, "100.5 is not between 0 and 100"),
    ({"merit": [-1, 5]}, "merit", 0, "-1.0 is not between 0 and 100"),
    ({"merit": [50, 33.333]}, "merit", 1, "33.333 has more than two decimals"),
    ({"merit": [50, float("inf")]}, "merit", 1, "inf is not a finite number"),
    ({"lottery": [1]}, "lottery", None, "has length 1 instead of 2"),
    ({"lottery": [1.0, 2.0]}, "lottery", None, "has dtype float64 instead of integers"),
    ({"lottery": [1, 2**60]}, "lottery", 1, f"{2**60} is too large to be exact"),
    ({"unplaced": [1, 2, 3]}, "unplaced", None, "has length 3 instead of 2"),
    ({"unplaced": [float("nan"), 2]}, "unplaced", 0, "nan is not a finite number"),
    ({"weight": -1}, "weight", None, "-1 is below 0"),
    ({"weight": 0.5}, "weight", None, "0.5 is not an integer"),
    ({"weight": True}, "weight", None, "True is not an integer"),
    ({"weight": 2**50}, "weight", None, f"{2**50} makes costs too large to be exact"),
    ({"limit": 1}, "limit", None, "is 1, but applicant 0 lists 2 offers"),
    ({"limit": "2"}, "limit", None, "'2' is not an integer"),
    ({"limit": 10**6, "cost": [1, 2, 3]}, "limit", None, "1000000 is above 10000"),
    ({"weight": 2**53, "cost": [1, 2, 3]}, "weight", None, f"{2**53} is too large to be exact"),
    ({"capacity": [1, 2**53]}, "capacity", 1, f"{2**53} is too large to be exact"),
    ({"rank": [1, 2]}, "rank", None, "has length 2 instead of 3"),
    ({"rank": [1, 0, 1]}, "rank", 1, "0 is below 1"),
    ({"rank": [2, 1, 1]}, "rank", 1, "1 is below 2 before it"),
    ({"rank": [1, 4, 1], "limit": 3}, "rank", 1, "4 is above the limit, 3"),
    ({"rank": [1, 10**6, 1]}, "rank", 1, "1000000 is above 10000"),
    ({"rank": [1.0, 2.0, 1.0]}, "rank", None, "has dtype float64 instead of integers"),
    ({"min_seats": [1]}, "min_seats", None, "has length 1 instead of 2"),
    ({"min_seats": [0, -1]}, "min_seats", 1, "-1 is below 0"),
    ({"min_seats": [0, 3]}, "min_seats", 1, "3 is above the capacity, 2"),
    ({"may_close": [True, True]}, "may_close", None, "is nothing without min_seats"),
    (
        {"min_seats": [0, 1], "may_close": [0, 1]},
        "may_close",
        None,
        "has dtype int64 instead of booleans",
    ),
    ({"demand": [1]}, "demand", None, "has length 1 instead of 2"),
    ({"demand": [1, -1]}, "demand", 1, "-1 is below 0"),
    ({"demand": [1, 2**31]}, "demand", 1, f"{2**31} is too large to be exact"),
    ({"demand": [1, 0.5]}, "demand", None, "has dtype float64 instead of integers"),
    ({"credits": [1, 2]}, "credits", None, "is nothing without credit_limit"),
    ({"credit_limit": [1, 2]}, "credit_limit", None, "is nothing without credits"),
    ({"credits": [1, -1], "credit_limit": [1, 1]}, "credits", 1, "-1 is below 0"),
    (
        {"credits": [1, 10**6], "credit_limit": [1, 1]},
        "credits",
        1,
        "1000000 is beyond 100000; use larger units",
    ),
    ({"credits": [1, 1], "credit_limit": [-3, 1]}, "credit_limit", 0, "-3 is below 0"),
    ({"clashes": [0, 1]}, "clashes", None, "has shape (2,) instead of (c, 2)"),
    ({"clashes": [[0, 1], [0, 2]]}, "clashes", 1, "[0, 2] are not both of 0..1"),
    ({"clashes": [[1, 1]]}, "clashes", 0, "offer 1 cannot clash with itself"),
    ({"clashes": [[0, 1], [1]]}, "clashes", None, "is not a table of pairs"),
    ({"quotas": [Quota([0], [1]), Quota([3], [1])]}, "quotas", 1, "choice 3 is not one of 0..2"),
    ({"quotas": [([0], [1], 0, 1)]}, "quotas", 0, "([0], [1], 0, 1) is not a Quota"),
    ({"quotas": 5}, "quotas", None, "5 is not a sequence of quotas"),
]


@pytest.mark.parametrize(("change", "argument", "index", "reason"), WRONG)
def test_wrong_argument_is_named_with_index_and_reason(
    change: dict[str, Any], argument: str, index: int | None, reason: str
):
    with pytest.raises(InvalidInstance) as caught:
        Instance(**{**GOOD, **change})
    error = caught.value
    assert (error.argument, error.index, error.reason) == (argument, index, reason)
    where = argument if index is None else f"{argument}[{index}]"
    assert str(error) == f"{where}: {reason}"


WRONG_QUOTA = [
    (([0, 1, 0], [1, 1, 1]), "choices: name choice 0 twice"),
    (([0], [1, 2]), "coefficients: has length 2 instead of 1"),
    (([0], [0.5]), "coefficients: has dtype float64 instead of integers"),
    (([0, 1], [1, -(10**6)]), "coefficients[1]: -1000000 is beyond 100000; use larger units"),
    (([0], [1], 2, 1), "lower: 2 is above upper, 1"),
    (([0], [1], 0.5), "lower: 0.5 is not an integer"),
    (([0], [1], None, 2**57), f"upper: {2**57} is too large to be exact"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_QUOTA)
def test_wrong_quota_is_refused_by_name(arguments: tuple[Any, ...], message: str):
    with pytest.raises(InvalidInstance) as caught:
        Quota(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_any_integer_dtype_is_accepted(dtype: type):
    instance = Instance(**{name: np.array(values, dtype) for name, values in GOOD.items()})
    assert instance.offer.dtype == np.int64
    assert instance.offer.tolist() == GOOD["offer"]


def test_ragged_merit_is_refused_by_name():
    with pytest.raises(InvalidInstance, match="merit: is not an array of numbers"):
        Instance(**GOOD, merit=[[1], [2, 3]])


def test_repeat_is_found_in_long_lists_too():
    row = list(range(40))
    assert Instance.from_lists([row, row], np.ones(40, int)).limit == 40
    for at in (1, 25, 39):
        twice = [*row[:at], *row[:1], *row[at + 1 :]]
        with pytest.raises(
            InvalidInstance, match=rf"offer\[{40 + at}\]: applicant 1 lists offer 0"
        ):
            Instance.from_lists([row, twice], np.ones(40, int))


@given(tables(applicants=6, offers=4), st.data())
@settings(deadline=None, max_examples=examples(100))
def test_repeat_is_found_wherever_it_stands(table: dict[str, Any], data: st.DataObject):
    long = [who for who, row in enumerate(table["lists"]) if len(row) > 1]
    if not long:
        return
    who = data.draw(st.sampled_from(long))
    row = table["lists"][who]
    first, again = sorted(data.draw(st.permutations(range(len(row))))[:2])
    row[again] = row[first]
    at = sum(map(len, table["lists"][:who])) + again
    message = rf"offer\[{at}\]: applicant {who} lists offer {row[first]} twice"
    with pytest.raises(InvalidInstance, match=message):
        build(table)


def test_defaults_ask_for_nothing():
    instance = Instance(**GOOD)
    assert instance.asks_for == frozenset()
    assert instance.rank.tolist() == [1, 2, 1]
    assert instance.demand.tolist() == [1, 1]
    assert instance.min_seats.tolist() == [0, 0]
    assert instance.may_close.tolist() == [False, False]
    assert instance.clashes.shape == (0, 2)
    assert instance.quotas == ()


def test_what_is_asked_for_is_named():
    quota = Quota([0], [1], upper=1)
    asking = {
        "cost": {"cost": [1, 2, 3]},
        "unplaced": {"unplaced": [1, 2]},
        "min_seats": {"min_seats": [0, 1], "may_close": [True, True]},
        "demand": {"demand": [2, 1]},
        "credits": {"credits": [1, 1], "credit_limit": [2, 2]},
        "clashes": {"clashes": [[0, 1]]},
        "quotas": {"quotas": [quota]},
    }
    for name, arguments in asking.items():
        assert Instance(**GOOD, **arguments).asks_for == {name}
    together = {name: value for part in asking.values() for name, value in part.items()}
    assert Instance(**GOOD, **together).asks_for == set(asking)


def test_merit_of_choices_makes_their_costs():
    instance = Instance(**GOOD, merit=[10, 0.5, 100])
    assert instance.costs.tolist() == [-88000, -50250, -160000]


def test_merit_is_per_applicant_where_both_lengths_fit():
    instance = Instance.from_lists([[0, 1], []], [1, 1], merit=[10, 20])
    assert instance.costs.tolist() == [-880, -550]


def test_equal_ranks_have_equal_costs_and_raise_the_limit():
    assert Instance(**GOOD, rank=[1, 1, 1]).costs.tolist() == [-800] * 3
    instance = Instance(**GOOD, rank=[1, 5, 2])
    assert (instance.limit, instance.costs.tolist()) == (5, [-3500, -1100, -3200])


def test_worth_of_a_placement_counts_the_seats_that_can_be_given():
    lists, costs = [[0, 1], [0], []], [1, 2, 4]
    one = Instance.from_lists(lists, [5, 5], cost=costs)
    assert one.stay.tolist() == [4 + 2 * 3 + 1] * 3
    more = Instance.from_lists(lists, [5, 5], cost=costs, demand=[9, 1, 3])
    assert more.stay.tolist() == [4 + 3 * 3 + 1] * 3
    few = Instance.from_lists(lists, [1, 0], cost=costs, demand=[9, 1, 3])
    assert few.stay.tolist() == [4 + 1 * 3 + 1] * 3


def test_floats_keep_fewer_bits_where_a_placement_outweighs_many_seats():
    n = 2**17
    cost = np.linspace(1, 2, n) ** 0.5
    instance = Instance(indptr=np.arange(n + 1), offer=np.zeros(n, int), capacity=[n], cost=cost)
    error = np.abs(instance.costs / instance.scale - cost)
    assert error.max() <= 2.0**-37
    assert int(instance.stay[0]) < 2**57


def test_caller_keeps_the_right_to_write():
    given = {name: np.array(values) for name, values in GOOD.items()}
    Instance(**given)
    assert all(array.flags.writeable for array in given.values())


def test_frozen_arrays_are_shared_and_views_of_others_are_not():
    offer = np.array(GOOD["offer"])
    view = offer[:]
    view.setflags(write=False)
    assert not np.shares_memory(Instance(**{**GOOD, "offer": view}).offer, offer)
    offer.setflags(write=False)
    assert Instance(**{**GOOD, "offer": offer}).offer is offer


def test_instance_can_be_replaced_in_part():
    instance = Instance(**GOOD, rank=[1, 1, 1], demand=[2, 1], quotas=[Quota([0], [1], 0, 1)])
    other = replace(instance, capacity=[4, 4])
    assert other.rank.tolist() == [1, 1, 1]
    assert (other.demand.tolist(), other.capacity.tolist()) == ([2, 1], [4, 4])
    assert other.quotas == instance.quotas


def test_arrays_are_frozen_copies():
    offer = np.array(GOOD["offer"])
    instance = Instance(**{**GOOD, "offer": offer})
    offer[0] = 1
    assert instance.offer.tolist() == GOOD["offer"]
    with pytest.raises(ValueError, match="read-only"):
        instance.costs[0] = 1


@given(tables(costs=False))
@settings(deadline=None, max_examples=examples(100))
def test_default_cost_is_exact(table: dict[str, Any]):
    instance = build({**table, "limit": 6, "weight": 3})
    at = 0
    for who, row in enumerate(table["lists"]):
        merit = Fraction(str(table["merit"][who])) if "merit" in table else Fraction(0)
        for rank in range(1, len(row) + 1):
            expected = (100 + 3 * merit) * (rank**2 - 49)
            assert Fraction(int(instance.costs[at]), instance.scale) == expected
            assert (instance.applicant[at], instance.rank[at]) == (who, rank)
            at += 1


def test_limit_is_the_longest_list_unless_given():
    assert Instance(**GOOD).limit == 2
    assert Instance(**GOOD).costs.tolist() == [-800, -500, -800]
    assert Instance(**GOOD, limit=4).costs.tolist() == [-2400, -2100, -2400]


def test_merit_with_decimals_scales_costs_by_a_hundred():
    instance = Instance(**GOOD, merit=[0.29, 100])
    assert instance.scale == 100
    assert instance.costs.tolist() == [-80232, -50145, -160000]


def test_short_decimals_are_taken_exactly():
    instance = Instance(**GOOD, cost=[0.1, 2.25, -3], unplaced=[7, 8])
    assert instance.scale == 100
    assert (instance.costs.tolist(), instance.stay.tolist()) == ([10, 225, -300], [700, 800])
    assert Instance(**GOOD, cost=[400.0, 150.0, -2.0]).scale == 1


def test_integers_beside_floats_share_their_scale():
    instance = Instance(**GOOD, cost=[1, 2, 3], unplaced=[0.5, 7])
    assert (instance.scale, instance.costs.tolist()) == (10, [10, 20, 30])
    merit = Instance(**GOOD, merit=[0.29, 100], unplaced=[0, 5])
    assert (merit.scale, merit.costs.tolist()) == (100, [-80232, -50145, -160000])
    assert merit.stay.tolist() == [0, 500]


def test_integers_are_kept_whole_beside_floats_of_any_size():
    for unplaced in ([-1234.0 / 7, 1 / 3], [1e-300, 0.0], [0.5, 2.0**60 / 9]):
        instance = Instance(**GOOD, unplaced=unplaced)
        assert (instance.costs / instance.scale).tolist() == [-800, -500, -800]
        error = np.abs(instance.stay / instance.scale - unplaced)
        assert error.max() <= 2.0**-40 * max(800, *unplaced)


def test_rounding_is_at_its_worst_above_a_power_of_two():
    cost = [2.0**20, 1 + 3 * 2.0**-20, 0.1]
    instance = Instance(**GOOD, cost=cost, unplaced=[0, 0])
    error = np.abs(instance.costs / instance.scale - cost).max()
    assert 2.0**-41 * 2**20 < error <= 2.0**-40 * 2**20


def test_other_floats_are_rounded_within_the_stated_tolerance():
    cost = [np.pi * 1e6, -np.e, 1 / 3]
    instance = Instance(**GOOD, cost=cost)
    error = np.abs(instance.costs / instance.scale - cost)
    assert error.max() <= 2.0**-40 * np.pi * 1e6
    assert error.max() > 0


def test_from_lists_takes_costs_flat_or_in_lists():
    flat = Instance.from_lists([[0, 1], [1]], [1, 2], cost=[4, 5, 6])
    nested = Instance.from_lists([[0, 1], [1]], [1, 2], cost=[[4, 5], [6]])
    assert flat.costs.tolist() == nested.costs.tolist() == [4, 5, 6]
    assert flat.indptr.tolist() == GOOD["indptr"]
    with pytest.raises(InvalidInstance, match=r"cost\[1\]: has 2 numbers for 1 offers"):
        Instance.from_lists([[0, 1], [1]], [1, 2], cost=[[4, 5], [6, 7]])
    with pytest.raises(InvalidInstance, match="cost: has 1 lists for 2 applicants"):
        Instance.from_lists([[0, 1], [1]], [1, 2], cost=[[4, 5]])


def test_importing_the_package_leaves_scipy_alone():
    code = "import sys, matching; print('scipy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
