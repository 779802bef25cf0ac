"""`verify` accepts what is right and nothing else."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import UNMATCHED, Instance, Result, chosen_by, solve, verify
from tests.examples import examples
from tests.matching.strategies import all_assignments, build, is_feasible, standing, tables


def optimum(instance: Instance) -> tuple[int, int]:
    nothing = np.zeros(instance.applicants, dtype=np.int64)
    return min(standing(instance, nothing, c) for c in all_assignments(instance))[:2]


def relabelled(instance: Instance, result: Result, choice: np.ndarray) -> Result:
    """The same result with another choice and figures that belong to it."""
    _, cost, _ = standing(instance, 0 * result.lottery, tuple(choice))
    placed = int((choice != UNMATCHED).sum())
    return replace(
        result,
        choice=choice,
        chosen=chosen_by(choice, len(instance.offer)),
        placed=placed,
        objective=instance.in_units(cost),
    )


@given(tables(applicants=5, offers=4), st.data())
@settings(deadline=None, max_examples=examples(400))
def test_mutated_choices_are_certified_only_when_optimal(table: dict[str, Any], data: Any):
    instance = build(table)
    result = solve(instance, seed=7)
    if not instance.applicants:
        return
    choice = result.choice.copy()
    for _ in range(data.draw(st.integers(1, 3))):
        who = data.draw(st.integers(0, instance.applicants - 1))
        own = range(instance.indptr[who], instance.indptr[who + 1])
        choice[who] = data.draw(st.sampled_from([UNMATCHED, *own]))
    mutated = relabelled(instance, result, choice)
    certificate = verify(instance, mutated)
    feasible = is_feasible(instance, tuple(choice))
    assert certificate.feasible == feasible
    nothing = 0 * result.lottery
    best = feasible and standing(instance, nothing, tuple(choice))[:2] == optimum(instance)
    # the prices prove every optimum, so those are accepted and all others refused
    assert certificate.optimal == best
    assert certificate.proof == ("prices" if best else "none")
    assert bool(certificate.reasons) != best


@given(tables(applicants=5, offers=4), st.data())
@settings(deadline=None, max_examples=examples(200))
def test_mutated_prices_never_raise_the_bound_above_the_optimum(table: dict[str, Any], data: Any):
    instance = build(table)
    result = solve(instance, seed=7)
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


def small() -> tuple[Instance, Result]:
    instance = Instance.from_lists([[0, 1], [0], [1, 0]], [1, 1], merit=[50, 60, 70])
    return instance, solve(instance, seed=1)


def test_wrong_figures_are_refused():
    instance, result = small()
    assert verify(instance, result).reasons == ()
    worse = verify(instance, replace(result, objective=result.objective - 1))
    assert (worse.optimal, worse.proof) == (False, "none")
    assert verify(instance, replace(result, placed=3)).reasons == (
        "placed says 3, but 2 have a place",
    )


def test_missing_applicant_and_foreign_choice_are_infeasible():
    instance, result = small()
    short = verify(instance, replace(result, choice=result.choice[:2]))
    assert (short.feasible, short.reasons) == (False, ("choice is not an array of 3 integers",))
    foreign = verify(instance, replace(result, choice=np.array([2, -1, -1])))
    assert foreign.reasons == ("applicant 0 got what they did not list",)


def test_full_offer_is_infeasible_with_one_more():
    instance, result = small()
    crowded = verify(instance, relabelled(instance, result, np.array([0, 2, -1])))
    assert crowded.reasons == ("offer 0 holds 2 people on 1 seats",)
    assert not crowded.feasible


def test_without_prices_nothing_is_proved():
    instance, result = small()
    certificate = verify(instance, replace(result, prices=None))
    assert (certificate.optimal, certificate.bound, certificate.reasons) == (
        False,
        None,
        ("no prices",),
    )
