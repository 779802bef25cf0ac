"""Second rounds: nobody worse off, nothing locked moved, and the best of what is left."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    POLICIES,
    UNMATCHED,
    Infeasible,
    Instance,
    Result,
    UnsupportedConstraint,
    chosen_by,
    resolve,
    second_round,
    solve,
    verify,
)
from matching.result import first_choice
from tests.examples import examples
from tests.matching.constrained import (
    all_results,
    constrained,
    worth,
)
from tests.matching.strategies import all_assignments, build, standing, tables

BY_MERIT = ["deferred_acceptance", "serial_dictatorship"]
WITH_UPGRADES = ["linear_assignment", *BY_MERIT]
EVERY_POLICY = pytest.mark.parametrize("policy", POLICIES)

Groups = dict[str, list[int]]


def draw_groups(data: Any, result: Result, kinds: list[str]) -> Groups:
    groups: Groups = {"locked": [], "left": [], "upgrade": []}
    for who, at in enumerate(result.choice):
        kind = data.draw(st.sampled_from(kinds if at != UNMATCHED else ["left", "stays without"]))
        if kind in groups:
            groups[kind].append(who)
    return groups


def is_allowed(instance: Instance, before: Result, groups: Groups, choice: tuple[int, ...]) -> bool:
    rank = [0 if at == UNMATCHED else int(instance.rank[at]) for at in choice]
    return (
        all(choice[who] == before.choice[who] for who in groups["locked"])
        and all(choice[who] == UNMATCHED for who in groups["left"])
        and all(
            choice[who] == before.choice[who] or 0 < rank[who] < instance.rank[before.choice[who]]
            for who in groups["upgrade"]
        )
    )


def check_promises(instance: Instance, before: Result, groups: Groups, after: Result) -> None:
    assert is_allowed(instance, before, groups, tuple(after.choice.tolist()))
    held = np.bincount(instance.offer[after.chosen], minlength=instance.offers)
    assert (held <= instance.capacity).all()
    granted = np.flatnonzero(after.chosen)
    assert granted.tolist() == sorted(after.choice[after.choice != UNMATCHED].tolist())
    assert after.placed == len(granted)
    certificate = verify(instance, after)
    assert certificate.feasible
    assert not [reason for reason in certificate.reasons if " says " in reason]
    assert after.claim == "policy"


@given(tables(applicants=5, offers=4), st.data())
@settings(deadline=None, max_examples=examples(150))
def test_second_round_by_cost_is_the_best_of_all_that_are_allowed(table: dict[str, Any], data: Any):
    instance = build(table)
    before = solve(instance, seed=7)
    groups = draw_groups(data, before, ["locked", "left", "upgrade"])
    after = resolve(instance, before, **groups)
    check_promises(instance, before, groups, after)
    nothing = np.zeros(instance.applicants, dtype=np.int64)
    lottery = nothing if before.lottery is None else before.lottery
    allowed = [c for c in all_assignments(instance) if is_allowed(instance, before, groups, c)]
    best = min(standing(instance, lottery, c) for c in allowed)
    assert standing(instance, lottery, tuple(after.choice)) == best
    decided = second_round(instance, before, **groups)
    assert verify(decided.rest.instance, solve(decided.rest.instance, seed=7)).optimal


@pytest.mark.parametrize("policy", BY_MERIT)
@given(table=tables(applicants=6, offers=4, costs=False), data=st.data())
@settings(deadline=None, max_examples=examples(60))
def test_second_round_by_merit_passes_nobody_over(policy: str, table: dict[str, Any], data: Any):
    instance = build(table)
    before = solve(instance, policy, seed=7)
    groups = draw_groups(data, before, ["locked", "left", "upgrade"])
    after = resolve(instance, before, **groups)
    check_promises(instance, before, groups, after)
    assert after.policy == policy
    assert not passed_over(instance, before, groups, after)


def passed_over(
    instance: Instance, before: Result, groups: Groups, after: Result
) -> list[tuple[int, int]]:
    """Who would rather have a seat that is free, or that someone after them has got now."""
    assert after.lottery is not None
    merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit
    key = [(-merit[i], after.lottery[i]) for i in range(instance.applicants)]
    own = {who: int(instance.offer[before.choice[who]]) for who in groups["upgrade"]}
    found = []
    for e, who in enumerate(instance.applicant.tolist()):
        at, offer = after.choice[who], int(instance.offer[e])
        if who in groups["locked"] + groups["left"]:
            continue
        if at != UNMATCHED and instance.rank[at] <= instance.rank[e]:
            continue
        holders = [
            i
            for i in range(instance.applicants)
            if after.choice[i] != UNMATCHED and instance.offer[after.choice[i]] == offer
        ]
        # whose seat it was keeps it before all others
        beaten = [
            i
            for i in holders
            if i not in groups["locked"] and own.get(i) != offer and key[i] > key[who]
        ]
        if len(holders) < instance.capacity[offer] or beaten:
            found.append((who, offer))
    return found


@EVERY_POLICY
@given(table=tables(applicants=6, offers=4, costs=False), data=st.data())
@settings(deadline=None, max_examples=examples(40))
def test_seats_of_those_who_left_go_to_those_without(policy: str, table: dict[str, Any], data: Any):
    instance = build(table)
    before = solve(instance, policy, seed=7)
    groups = draw_groups(data, before, ["locked", "left"])
    after = resolve(instance, before, **groups)
    check_promises(instance, before, groups, after)
    alone = build({**table, "lists": list_of_new(table, before, groups)})
    seats = np.bincount(
        instance.offer[before.choice[groups["locked"]].astype(int)], minlength=instance.offers
    )
    left = Instance.from_lists(
        list_of_new(table, before, groups),
        np.asarray(table["capacity"]) - seats,
        merit=table.get("merit"),
        lottery=before.lottery,
        limit=alone.limit if alone.limit > instance.limit else instance.limit,
    )
    expected = solve(left, policy, seed=7)
    assert after.placed == len(groups["locked"]) + expected.placed


def list_of_new(table: dict[str, Any], before: Result, groups: Groups) -> list[list[int]]:
    out = set(groups["locked"]) | set(groups["left"])
    return [[] if who in out else list(row) for who, row in enumerate(table["lists"])]


def holding(instance: Instance, policy: str, choice: list[int]) -> Result:
    """A first round that ended with `choice`, whatever its lists were."""
    chosen = chosen_by(np.array(choice), len(instance.offer))
    return replace(solve(instance, policy, seed=1), choice=np.array(choice), chosen=chosen)


@pytest.mark.parametrize("policy", WITH_UPGRADES)
def test_seat_that_an_upgrade_frees_is_matched_in_the_same_solve(policy: str):
    lists, merit = [[0], [0, 1], [1, 2], [2]], [90, 80, 70, 60]
    instance = Instance.from_lists(lists, [1, 1, 1], merit=merit)
    before = holding(instance, policy, [0, 2, 4, UNMATCHED])
    after = resolve(instance, before, locked=[], left=[0], upgrade=[1, 2])
    assert after.choice.tolist() == [UNMATCHED, 1, 3, 5]


@pytest.mark.parametrize("policy", WITH_UPGRADES)
def test_upgrade_never_loses_its_place_to_a_better_newcomer(policy: str):
    lists, merit = [[0, 1], [1], [1]], [90, 10, 80]
    instance = Instance.from_lists(lists, [1, 1], merit=merit)
    before = holding(instance, policy, [0, 2, UNMATCHED])
    after = resolve(instance, before, locked=[0], left=[], upgrade=[1])
    assert after.choice.tolist() == [0, 2, UNMATCHED]


def test_upgrade_comes_first_where_every_hundredth_of_merit_is_taken():
    # with 10,001 merits no number is left above them all, but at each offer there is
    lists = [[0, 1], *([i % 2] for i in range(1, 10_001))]
    instance = Instance.from_lists(lists, [1, 1], merit=np.arange(10_001) / 100)
    before = holding(instance, "deferred_acceptance", [1, *[UNMATCHED] * 10_000])
    after = resolve(instance, before, locked=[], left=[], upgrade=[0])
    assert np.flatnonzero(after.choice != UNMATCHED).tolist() == [0, 10_000]
    assert after.choice[0] == 1


def test_groups_that_contradict_each_other_are_refused():
    instance = Instance.from_lists([[0], [0], [1]], [1, 1], merit=[50, 60, 70])
    before = solve(instance, seed=1)
    for groups, message in (
        ({"locked": [1], "left": [1], "upgrade": [2]}, "applicant 1 is in two groups"),
        ({"locked": [1], "left": [], "upgrade": []}, "applicant 2 has a place and is in none"),
        ({"locked": [1, 2], "left": [], "upgrade": [0]}, "applicant 0 has no place to keep"),
        ({"locked": [1, 2], "left": [-3], "upgrade": []}, r"left\[0\]: -3 is not one of 0..2"),
    ):
        with pytest.raises(ValueError, match=message):
            resolve(instance, before, **groups)


@pytest.mark.parametrize("policy", sorted(set(POLICIES) - set(WITH_UPGRADES)))
def test_policies_over_profiles_refuse_upgrades(policy: str):
    instance = Instance.from_lists([[0], [1]], [1, 1])
    before = solve(instance, policy, seed=1)
    with pytest.raises(UnsupportedConstraint, match=f"policy {policy} cannot honour upgrade"):
        resolve(instance, before, locked=[0], left=[], upgrade=[1])


@given(instance=constrained(applicants=4, offers=3, several=False), data=st.data())
@settings(
    deadline=None,
    max_examples=examples(60, most=1000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_second_round_under_constraints_is_the_best_of_all_that_are_allowed(
    instance: Instance, data: Any
):
    if not list(all_results(instance)):
        return
    before = solve(instance, seed=7)
    groups = draw_groups(data, before, ["locked", "left", "upgrade"])
    choices = [(c, tuple(first_choice(instance.indptr, c))) for c in all_results(instance)]
    allowed = [c for c, choice in choices if is_allowed(instance, before, groups, choice)]
    if not allowed:
        with pytest.raises(Infeasible):
            resolve(instance, before, **groups)
        return
    after = resolve(instance, before, **groups)
    assert is_allowed(instance, before, groups, tuple(after.choice.tolist()))
    best = min(worth(instance, before.lottery, c) for c in allowed)
    assert worth(instance, before.lottery, after.chosen) == best
