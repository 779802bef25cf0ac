"""What every policy promises, and the two that follow the order of merit."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import (
    POLICIES,
    UNMATCHED,
    Instance,
    Policy,
    Result,
    UnsupportedConstraint,
    chosen_by,
    solve,
    verify,
)
from tests.examples import examples
from tests.matching.strategies import all_assignments, build, tables

BY_MERIT = ["serial_dictatorship", "deferred_acceptance"]


@pytest.mark.parametrize("policy", POLICIES)
@given(table=tables(applicants=8, offers=5, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_every_result_is_feasible_and_proved(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=11)
    certificate = verify(instance, result)
    assert certificate.feasible
    assert certificate.proof == ("policy" if policy in BY_MERIT else "prices")
    assert certificate.reasons == ()
    assert solve(instance, policy, seed=11).choice.tolist() == result.choice.tolist()


@given(tables(applicants=8, offers=5, costs=False))
@settings(deadline=None, max_examples=examples(100))
def test_with_one_order_of_merit_both_policies_agree(table: dict[str, Any]):
    instance = build(table)
    first, second = (solve(instance, policy, seed=3) for policy in BY_MERIT)
    assert first.choice.tolist() == second.choice.tolist()


@given(tables(applicants=4, offers=3, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_order_of_merit_proof_fits_one_assignment_alone(table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, "deferred_acceptance", seed=3)
    accepted = [
        choice
        for choice in all_assignments(instance)
        if verify(instance, with_choice(instance, result, choice)).proof == "policy"
    ]
    assert accepted == [tuple(result.choice)]


def with_choice(instance: Instance, result: Result, choice: tuple[int, ...]) -> Result:
    got = np.array(choice, dtype=np.int64)
    placed = got != UNMATCHED
    total = sum(instance.costs[got[placed]].tolist())
    return replace(
        result,
        choice=got,
        chosen=chosen_by(got, len(instance.offer)),
        placed=int(placed.sum()),
        objective=instance.in_units(total),
    )


@pytest.mark.parametrize("policy", BY_MERIT)
@given(table=tables(applicants=4, offers=3, costs=False))
@settings(deadline=None, max_examples=examples(25))
def test_no_other_list_serves_better_than_the_true_one(policy: str, table: dict[str, Any]):
    honest = solve(build(table), policy, seed=3)
    offers = range(len(table["capacity"]))
    for who, truth in enumerate(table["lists"]):
        got = rank_by(truth, build(table), honest, who)
        for length in range(len(offers) + 1):
            for lie in permutations(offers, length):
                lists = [list(lie) if i == who else row for i, row in enumerate(table["lists"])]
                instance = build({**table, "lists": lists})
                assert rank_by(truth, instance, solve(instance, policy, seed=3), who) >= got


def rank_by(truth: list[int], instance: Instance, result: Result, who: int) -> int:
    at = result.choice[who]
    if at == UNMATCHED or instance.offer[at] not in truth:
        return len(truth)
    return truth.index(int(instance.offer[at]))


@pytest.mark.parametrize("policy", BY_MERIT)
def test_merit_comes_first_and_the_lower_number_breaks_ties(policy: str):
    instance = Instance.from_lists([[0]] * 3, [1], merit=[50, 60, 60], lottery=[1, 3, 2])
    assert solve(instance, policy, seed=0).choice.tolist() == [-1, -1, 2]


@pytest.mark.parametrize("policy", BY_MERIT)
@pytest.mark.parametrize("argument", ["cost", "unplaced"])
def test_policies_by_merit_refuse_costs(policy: str, argument: str):
    instance = Instance.from_lists([[0]], [1], **{argument: [3]})
    with pytest.raises(UnsupportedConstraint, match=f"policy {policy} cannot honour {argument}"):
        solve(instance, policy, seed=0)


def test_lottery_that_is_not_the_drawn_one_is_refused():
    instance = Instance.from_lists([[0]] * 3, [1])
    result = solve(instance, "serial_dictatorship", seed=1)
    certificate = verify(instance, replace(result, lottery=result.lottery[::-1].copy()))
    assert certificate.proof == "none"
    assert certificate.reasons == ("lottery is not the one of the instance or the seed",)


def test_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="'boston' is not one of linear_assignment"):
        solve(Instance.from_lists([], []), "boston", seed=0)


def test_policies_declare_what_they_promise():
    assert {p.name: (p.title, p.stable, p.strategy_proof) for p in POLICIES.values()} == {
        "linear_assignment": ("Linear assignment", False, False),
        "rank_maximal": ("Rank-maximal", False, False),
        "greedy_maximum": ("Greedy maximum", False, False),
        "generous_maximum": ("Generous maximum", False, False),
        "deferred_acceptance": ("Deferred acceptance", True, True),
        "serial_dictatorship": ("Serial dictatorship", True, True),
    }


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_of_two_alike_the_declared_number_is_lucky(policy: Policy):
    for lottery in permutations([1, 2, 3]):
        instance = Instance.from_lists([[0]] * 3, [1], merit=[70] * 3, lottery=lottery)
        winner = int(np.argmax(solve(instance, policy.name, seed=0).choice))
        assert lottery[winner] == (1 if policy.lucky == "lower" else 3)
