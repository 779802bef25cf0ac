"""`verify` accepts what is right and nothing else."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import UNMATCHED, Certificate, Instance, Quota, Result, chosen_by, solve, verify
from matching.policies.policy import make_result
from tests.examples import examples
from tests.matching.relaxation import Vector, prices_of_relaxation, slow_bound
from tests.matching.strategies import (
    CONSTRAINTS,
    all_assignments,
    all_grants,
    build,
    is_feasible,
    keeps_all,
    standing,
    tables,
    worth,
)

BASE = 10**4
"""More than twice any tie price of the instances here."""

PROFILES = ("rank_maximal", "greedy_maximum", "generous_maximum")


def optimum(instance: Instance) -> tuple[int, int]:
    nothing = np.zeros(instance.applicants, dtype=np.int64)
    return min(standing(instance, nothing, c) for c in all_assignments(instance))[:2]


def relabelled(instance: Instance, result: Result, choice: np.ndarray) -> Result:
    """The same result with another choice and figures that belong to it."""
    nothing = np.zeros(instance.applicants, dtype=np.int64)
    _, cost, _ = standing(instance, nothing, tuple(choice))
    placed = int((choice != UNMATCHED).sum())
    return replace(
        result,
        choice=choice,
        chosen=chosen_by(choice, len(instance.offer)),
        placed=placed,
        objective=instance.in_units(cost),
    )


@given(tables(applicants=5, offers=4), st.data())
@settings(deadline=None, max_examples=examples(200))
def test_mutated_choices_are_certified_only_when_optimal(table: dict[str, Any], data: Any):
    instance = build(table)
    # without the tie-break every optimum is as good, and the prices prove them all
    result = replace(solve(instance, seed=7), tie_prices=None)
    if not instance.applicants:
        return
    choice = result.choice.copy()
    for _ in range(data.draw(st.integers(1, 3))):
        who = data.draw(st.integers(0, instance.applicants - 1))
        own = range(instance.indptr[who], instance.indptr[who + 1])
        choice[who] = data.draw(st.sampled_from([UNMATCHED, *own]))
    certificate = verify(instance, relabelled(instance, result, choice))
    feasible = is_feasible(instance, tuple(choice))
    assert certificate.feasible == feasible
    nothing = np.zeros(instance.applicants, dtype=np.int64)
    best = feasible and standing(instance, nothing, tuple(choice))[:2] == optimum(instance)
    assert certificate.optimal == best
    assert certificate.proof == ("prices" if best else "none")
    assert bool(certificate.reasons) != best


@given(tables(applicants=5, offers=4), st.data())
@settings(deadline=None, max_examples=examples(100))
def test_mutated_prices_never_raise_the_bound_above_the_optimum(table: dict[str, Any], data: Any):
    instance = build(table)
    result = replace(solve(instance, seed=7), tie_prices=None)
    assert result.prices is not None
    prices = result.prices.copy()
    at = data.draw(st.integers(0, instance.offers - 1))
    prices[at] += data.draw(st.one_of(st.integers(-3, 3), st.integers(-(2**62), 2**62)))
    certificate = verify(instance, replace(result, prices=prices))
    assert certificate.feasible
    assert certificate.optimal == (certificate.gap == 0)
    if certificate.gap is not None:
        assert prices.min() >= 0
        assert certificate.gap >= 0
        assert certificate.bound is not None
        assert certificate.bound <= result.objective


def chosen_from(instance: Instance, granted: frozenset[int]) -> np.ndarray:
    chosen = np.zeros(len(instance.offer), dtype=bool)
    chosen[list(granted)] = True
    return chosen


def granting(instance: Instance, granted: frozenset[int], result: Result) -> Result:
    """The same result with other choices granted, and figures that belong to them."""
    fresh = make_result(
        result.policy,
        instance,
        None,
        result.lottery,
        result.seed,
        chosen=chosen_from(instance, granted),
    )
    return replace(
        result,
        choice=fresh.choice,
        chosen=fresh.chosen,
        objective=fresh.objective,
        placed=fresh.placed,
    )


def cost_vectors(instance: Instance) -> tuple[list[Vector], list[Vector]]:
    """(cost, lottery * rank) of each choice, and of each wanted seat not given."""
    lottery = np.zeros(instance.applicants, int) if instance.lottery is None else instance.lottery
    luck = lottery[instance.applicant] * instance.rank
    costs = list(zip(instance.costs.tolist(), luck.tolist(), strict=True))
    unlucky = lottery * (instance.limit + 1)
    return costs, list(zip(instance.stay.tolist(), unlucky.tolist(), strict=True))


def best_with_prices(instance: Instance) -> tuple[Result, Vector] | None:
    """The best by enumeration, with prices from HiGHS that need not prove it; its worth."""
    costs, stays = cost_vectors(instance)
    found = prices_of_relaxation(instance, costs, stays, BASE) if costs + stays else None
    grants = all_grants(instance)
    if found is None or not grants:
        return None
    offers, quotas = found
    lottery = instance.lottery
    known = np.zeros(instance.applicants, int) if lottery is None else lottery
    best = min(grants, key=lambda granted: worth(instance, known, granted))
    result = make_result(
        "linear_assignment",
        instance,
        None,
        lottery,
        1,
        offers[:, 0].copy(),
        chosen=chosen_from(instance, best),
        tie_prices=None if lottery is None or quotas[:, 1].any() else offers[:, 1].copy(),
        quota_prices=quotas[:, 0].copy() if instance.quotas else None,
    )
    return result, worth(instance, known, best)


def prices_close(instance: Instance, result: Result, value: Vector) -> bool:
    """Whether the bound, by its definition, is what the result is worth."""
    costs, stays = cost_vectors(instance)
    parts = 1 if result.tie_prices is None else 2
    tie_prices = result.tie_prices if parts == 2 else result.prices
    quota_prices = (
        [0] * len(instance.quotas) if result.quota_prices is None else result.quota_prices
    )
    assert result.prices is not None
    bound = slow_bound(
        instance,
        [c[:parts] for c in costs],
        [s[:parts] for s in stays],
        [pair[:parts] for pair in zip(result.prices, tie_prices, strict=True)],
        [(price, 0)[:parts] for price in quota_prices],
    )
    missing, cost, luck = value
    total = cost + (missing * int(instance.stay[0]) if missing else 0)
    return bound == (total, luck)[:parts]


CONSTRAINED = tables(applicants=3, offers=3, ties=True, constraints=CONSTRAINTS, sizes=(2, 1000))


@given(CONSTRAINED, st.data())
@settings(deadline=None, max_examples=examples(300, most=2000))
def test_mutated_results_under_constraints_are_certified_only_when_optimal(
    table: dict[str, Any], data: Any
):
    instance = build(table)
    found = best_with_prices(instance)
    if found is None:
        return
    result, value = found
    before = verify(instance, result)
    closed = prices_close(instance, result, value)
    assert before.feasible
    # the result is the best, so only prices that prove less than that are held against it
    assert before.optimal or not closed
    assert before.optimal == (not before.reasons)

    granted = frozenset(np.flatnonzero(result.chosen).tolist())
    for _ in range(data.draw(st.integers(0, 2), label="swaps") if len(instance.offer) else 0):
        granted ^= {data.draw(st.integers(0, len(instance.offer) - 1))}
    mutated = granting(instance, granted, result)
    certificate = verify(instance, mutated)
    known = np.zeros(instance.applicants, int) if result.lottery is None else result.lottery
    compared = 2 if result.tie_prices is None else 3
    now = worth(instance, known, granted)
    assert certificate.feasible == keeps_all(instance, granted)
    best = certificate.feasible and now[:compared] == value[:compared]
    assert certificate.optimal == (best and before.optimal)
    assert bool(certificate.reasons) != certificate.optimal
    check_bound(instance, certificate, now, value)


@given(CONSTRAINED, st.data())
@settings(deadline=None, max_examples=examples(300, most=2000))
def test_mutated_prices_under_constraints_prove_what_their_bound_says(
    table: dict[str, Any], data: Any
):
    instance = build(table)
    found = best_with_prices(instance)
    if found is None:
        return
    result, value = found
    names = [n for n in ("prices", "tie_prices", "quota_prices") if has_numbers(result, n)]
    name = data.draw(st.sampled_from(names))
    prices = getattr(result, name).copy()
    at = data.draw(st.integers(0, len(prices) - 1))
    prices[at] += data.draw(st.integers(-3, 3) | st.sampled_from([-100, 100, -(2**62), 2**62]))
    mutated = replace(result, **{name: prices})
    certificate = verify(instance, mutated)
    closed = prices_close(instance, mutated, value) and abs(int(prices[at])) < 2**60
    if result.tie_prices is None and certificate.gap == 0:
        closed = True  # by rounding up to the next cost that can be
    assert certificate.optimal == closed
    check_bound(instance, certificate, value, value)


def has_numbers(result: Result, name: str) -> bool:
    prices = getattr(result, name)
    return prices is not None and len(prices) > 0


def check_bound(instance: Instance, certificate: Certificate, now: Vector, best: Vector) -> None:
    """A bound never passes what the best assignment costs."""
    if certificate.gap is None:
        return
    stay = int(instance.stay[0])
    assert certificate.gap >= 0
    gap = round(certificate.gap * instance.scale)
    assert now[1] + now[0] * stay - gap <= best[1] + best[0] * stay


def profile(instance: Instance, policy: str, granted: frozenset[int]) -> Vector:
    """What the policy makes least, in order, by its definition."""
    highest = int(instance.rank.max(initial=1))
    count = [sum(int(instance.rank[at]) == r for at in granted) for r in range(1, highest + 1)]
    if policy == "rank_maximal":
        return tuple(-number for number in count)
    if policy == "greedy_maximum":
        return (-len(granted), *(-number for number in count))
    return (-len(granted), *reversed(count))


@pytest.mark.parametrize("policy", PROFILES)
@given(
    table=tables(
        applicants=3, offers=3, costs=False, ties=True, constraints=("min_seats", "demand")
    ),
    data=st.data(),
)
@settings(deadline=None, max_examples=examples(100, most=1000))
def test_profiles_are_certified_only_when_best(policy: str, table: dict[str, Any], data: Any):
    instance = build(table)
    grants = all_grants(instance)
    costs = [profile(instance, policy, frozenset([at])) for at in range(len(instance.offer))]
    stays = [tuple(0 for _ in profile(instance, policy, frozenset()))] * instance.applicants
    found = prices_of_relaxation(instance, costs, stays, 20) if costs else None
    if found is None or not grants:
        return
    best = min(grants, key=lambda granted: profile(instance, policy, granted))
    chosen = chosen_from(instance, best)
    result = make_result(policy, instance, None, instance.lottery, 1, found[0], chosen=chosen)
    certificate = verify(instance, result)
    assert (certificate.optimal, certificate.proof, certificate.gap) == (True, "prices", 0)
    at = data.draw(st.sampled_from([(), *product(range(instance.offers), range(len(stays[0])))]))
    if at:
        prices = found[0].copy()
        prices[at] += data.draw(st.integers(-2, 2))
        bound = slow_bound(instance, costs, stays, prices, [])
        proved = verify(instance, replace(result, prices=prices)).optimal
        assert proved == (bound == profile(instance, policy, best))
    granted = data.draw(st.sampled_from(grants))
    same = profile(instance, policy, granted) == profile(instance, policy, best)
    assert verify(instance, granting(instance, granted, result)).optimal == same


def test_profile_without_a_single_choice_is_certified():
    instance = Instance.from_lists([[], []], [1])
    nobody = np.full(2, UNMATCHED)
    for policy, columns in zip(PROFILES, (0, 1, 1), strict=True):
        prices = np.zeros((1, columns), dtype=np.int64)
        assert verify(instance, make_result(policy, instance, nobody, None, 1, prices)).optimal


def test_profile_with_too_few_columns_is_refused():
    instance = Instance.from_lists([[0, 1]], [1, 1])
    for policy, needed in zip(PROFILES, (2, 3, 3), strict=True):
        prices = np.zeros((2, needed - 1), dtype=np.int64)
        result = make_result(policy, instance, np.array([0]), None, 1, prices)
        assert verify(instance, result).reasons == (
            f"prices have {needed - 1} columns, fewer than the {needed} components",
        )


def passed_over(instance: Instance, granted: frozenset[int], lottery: np.ndarray) -> bool:
    """Whether there is a blocking choice, by its definition; demand 1."""
    got = {int(instance.applicant[at]): at for at in granted}

    def line(at: int) -> tuple[float, int]:
        who = int(instance.applicant[at])
        merit = instance.merit
        if merit is None:
            return (0.0, int(lottery[who]))
        return (-merit[who if len(merit) == instance.applicants else at], int(lottery[who]))

    for at in range(len(instance.offer)):
        mine = got.get(int(instance.applicant[at]))
        if mine is not None and instance.rank[mine] <= instance.rank[at]:
            continue
        offer = instance.offer[at]
        holders = [line(other) for other in granted if instance.offer[other] == offer]
        if len(holders) < instance.capacity[offer] or any(line(at) < other for other in holders):
            return True
    return False


@given(tables(applicants=3, offers=3, costs=False, ties=True, scored=True))
@settings(deadline=None, max_examples=examples(100, most=2000))
def test_deferred_acceptance_is_certified_where_nobody_is_passed_over(table: dict[str, Any]):
    instance = build({"lottery": range(len(table["lists"])), **table})
    for granted in all_grants(instance):
        chosen = chosen_from(instance, granted)
        result = make_result(
            "deferred_acceptance", instance, None, instance.lottery, 1, chosen=chosen
        )
        certificate = verify(instance, result)
        assert instance.lottery is not None
        stable = not passed_over(instance, granted, instance.lottery)
        assert (certificate.proof == "policy") == stable
        assert not certificate.optimal
        assert bool(certificate.reasons) != stable


def small() -> tuple[Instance, Result]:
    instance = Instance.from_lists([[0, 1], [0], [1, 0]], [1, 1], merit=[50, 60, 70])
    return instance, solve(instance, seed=1)


def reasons(instance: Instance, chosen: list[int], **others: Any) -> tuple[str, ...]:
    """What `verify` has against granting the choices at these positions."""
    mask = chosen_from(instance, frozenset(chosen))
    certificate = verify(
        instance, make_result("linear_assignment", instance, None, None, 1, chosen=mask, **others)
    )
    assert not certificate.feasible or others
    return certificate.reasons


def test_wrong_figures_are_refused():
    instance, result = small()
    assert verify(instance, result).reasons == ()
    worse = verify(instance, replace(result, objective=result.objective - 1))
    assert (worse.optimal, worse.proof) == (False, "none")
    assert verify(instance, replace(result, placed=3)).reasons == (
        "placed says 3, but 2 have a place",
    )
    assert verify(instance, replace(result, gap=2.0, claim="optimal")).reasons == (
        "claims to be optimal, but leaves a gap of 2.0",
    )


def test_missing_applicant_and_foreign_choice_are_infeasible():
    instance, result = small()
    short = verify(instance, replace(result, choice=result.choice[:2]))
    assert (short.feasible, short.reasons) == (False, ("choice is not an array of 3 integers",))
    foreign = verify(instance, replace(result, choice=np.array([2, -1, -1])))
    assert foreign.reasons == ("applicant 0 got what they did not list",)
    less = verify(instance, replace(result, chosen=result.chosen[:4]))
    assert less.reasons == ("chosen is not an array of 5 booleans",)
    other = verify(instance, replace(result, chosen=np.zeros(5, bool)))
    assert other.reasons == ("choice and chosen differ for applicant 1",)


def test_full_offer_is_infeasible_with_one_more():
    instance, result = small()
    crowded = verify(instance, relabelled(instance, result, np.array([0, 2, -1])))
    assert crowded.reasons == ("offer 0 holds 2 people on 1 seats",)
    assert not crowded.feasible


def test_each_broken_constraint_is_told():
    lists = [[0, 1, 2], [0, 1]]
    few = Instance.from_lists(lists, [2, 2, 1], min_seats=[2, 0, 1], may_close=[False, True, True])
    assert reasons(few, [1, 3]) == ("offer 0 holds 1 people, but needs 2",)
    two = Instance.from_lists(
        lists, [2, 2, 1], demand=[2, 1], credits=[3, 2, 4], credit_limit=[5, 9], clashes=[[2, 1]]
    )
    assert reasons(two, [3, 4]) == ("applicant 1 got 2 seats, but wants 1",)
    assert reasons(two, [0, 2]) == ("applicant 0 got 7 credits, but may have 5",)
    assert reasons(two, [1, 2])[-1] == "applicant 0 got the offers 2 and 1, which clash"
    quotas = [Quota([0, 3], [1, -1], 0, 0), Quota([1], [2], None, 1)]
    balance = Instance.from_lists(lists, [2, 2, 1], quotas=quotas)
    assert reasons(balance, [0]) == ("quota 0 counts 1, but may not pass 0",)
    assert reasons(balance, [3]) == ("quota 0 counts -1, but needs 0",)
    assert reasons(balance, [1]) == ("quota 1 counts 2, but may not pass 1",)


def test_closed_offer_may_miss_its_minimum():
    instance = Instance.from_lists([[0]], [1], min_seats=[1], may_close=[True], cost=[5])
    assert keeps_all(instance, frozenset())
    empty = make_result(
        "linear_assignment", instance, np.array([UNMATCHED]), None, 1, np.array([0])
    )
    assert verify(instance, empty).feasible


def test_prices_without_a_bound_for_their_sign_are_refused():
    instance = Instance.from_lists(
        [[0], [0], [0]], [3], cost=[1, 2, 3], min_seats=[1], quotas=[Quota([0], [1], 1)]
    )
    zero, below = np.array([0]), np.array([-1])
    assert reasons(instance, [0, 1, 2], prices=below, quota_prices=zero) == (
        "prices leave a gap of 2",
    )
    assert reasons(instance, [0, 1, 2], prices=zero, quota_prices=-below) == (
        "price of quota 0 has the sign of a bound that it lacks",
    )
    closing = replace(instance, may_close=[True])
    assert reasons(closing, [0, 1, 2], prices=below) == (
        "price of offer 0 is below 0, but it has no minimum to keep",
    )


def test_minimum_is_proved_by_a_price_below_zero():
    instance = Instance.from_lists([[0]], [1], cost=[9], unplaced=[5], min_seats=[1])
    choice = np.array([0])
    result = make_result("linear_assignment", instance, choice, None, 1, np.array([-4]))
    assert verify(instance, result).proof == "prices"
    free = replace(result, prices=np.array([0]))
    assert verify(instance, free).gap == 4


def test_lottery_is_proved_by_second_prices_alone():
    instance = Instance.from_lists([[0], [0]], [1], lottery=[1, 2])
    price = np.array([int(instance.stay[0] - instance.costs[0])])
    lucky, other = np.array([UNMATCHED, 1]), np.array([0, UNMATCHED])

    def certificate(choice: np.ndarray, second: list[int] | None) -> Certificate:
        tie_prices = None if second is None else np.array(second)
        result = make_result(
            "linear_assignment", instance, choice, instance.lottery, 1, price, tie_prices=tie_prices
        )
        return verify(instance, result)

    # staying is worth the rank after the last: 1 * 2 + 2 * 1 against 1 * 1 + 2 * 2
    assert certificate(lucky, [1]).tie_break
    assert certificate(lucky, [1]).optimal
    assert certificate(lucky, [0]).reasons == ("tie prices leave a gap of 1 in lottery x rank",)
    assert not certificate(other, [1]).optimal
    # without second prices nothing is said about the tie
    assert [certificate(c, None).optimal for c in (lucky, other)] == [True, True]
    assert not certificate(lucky, None).tie_break


def test_gap_smaller_than_the_step_between_costs_is_none():
    instance = Instance.from_lists([[0, 1], [0]], [1, 1], cost=[10, 30, 20])
    choice = np.array([1, 2])
    result = make_result("linear_assignment", instance, choice, None, 1, np.array([15, 0]))
    # 25 + 35 - 15 = 45, and costs go in tens
    assert verify(instance, result).optimal
    # 15 + 25 - 5 = 35, so that 40 is not ruled out
    farther = replace(result, prices=np.array([5, 0]))
    assert verify(instance, farther).reasons == ("prices leave a gap of 10",)


@pytest.mark.parametrize("rows", [{"clashes": [[0, 1]]}, {"quotas": [Quota([0, 1], [1, 1], 0, 1)]}])
def test_solver_is_believed_where_prices_may_have_to_leave_a_gap(rows: dict[str, Any]):
    instance = Instance.from_lists([[0, 1]], [1, 1], demand=[2], **rows)
    chosen = np.array([True, False])
    result = make_result(
        "linear_assignment", instance, None, None, 1, np.array([0, 0]), chosen=chosen
    )
    certificate = verify(instance, result)
    assert (certificate.proof, certificate.optimal) == ("solver", False)
    assert certificate.gap is not None
    assert certificate.gap > 0
    unsure = verify(instance, replace(result, claim="bounded", gap=3.0))
    assert unsure.proof == "none"
    plain = Instance.from_lists([[0, 1]], [1, 1], demand=[2])
    assert verify(plain, result).proof == "none"


def test_without_prices_nothing_is_proved():
    instance, result = small()
    certificate = verify(instance, replace(result, prices=None))
    assert (certificate.optimal, certificate.bound, certificate.reasons) == (
        False,
        None,
        ("no prices",),
    )


def test_extreme_prices_and_costs_do_not_overflow():
    size = 2**56
    instance = Instance.from_lists([[0], [0]], [1], cost=[size, -size], unplaced=[size, -size])
    largest = np.array([2**60])
    result = make_result("linear_assignment", instance, np.array([0, -1]), None, 1, largest)
    # both stay at this price, and the seat is never sold for it
    assert verify(instance, result).gap == 2**60
    wild = replace(result, prices=np.array([2**63 - 1]))
    assert verify(instance, wild).reasons == (f"price of offer 0 is out of range: {2**63 - 1}",)
