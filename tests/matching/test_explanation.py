"""Each claim of an explanation, confirmed by solving again as it says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    POLICIES,
    UNMATCHED,
    BelowCutoff,
    CostsMore,
    Explanation,
    Instance,
    InvalidInstance,
    Quota,
    Result,
    UnsupportedConstraint,
    WorseProfile,
    explain,
    explain_many,
    solve,
)
from matching.variants import changed, in_integers
from tests.examples import examples
from tests.matching.constrained import all_results, constrained
from tests.matching.strategies import MERITS, all_assignments, build, tables

BY_PROFILE = sorted(set(POLICIES) & {"rank_maximal", "greedy_maximum", "generous_maximum"})


@st.composite
def tables_with_ties(draw: st.DrawFn, **sizes: Any) -> dict[str, Any]:
    """The same tables, some with choices of equal rank."""
    table = draw(tables(**sizes))
    if draw(st.booleans()):
        table["rank"] = [
            np.cumsum(
                [1, *draw(st.lists(st.integers(0, 1), min_size=len(row), max_size=len(row)))]
            ).tolist()[: len(row)]
            for row in table["lists"]
        ]
    return table


@st.composite
def tables_scored_by_offers(draw: st.DrawFn, **sizes: Any) -> dict[str, Any]:
    """Tables where each offer scores applicants its own way, often with equal scores."""
    table = draw(tables(costs=False, **sizes))
    scores = st.one_of(st.integers(0, 3).map(float), MERITS)
    table["merit"] = [
        draw(st.lists(scores, min_size=len(row), max_size=len(row))) for row in table["lists"]
    ]
    return table


def explanations(instance: Instance, result: Result) -> list[Explanation]:
    found = [explain(instance, result, who) for who in range(instance.applicants)]
    for who, explanation in enumerate(found):
        own = range(instance.indptr[who], instance.indptr[who + 1])
        at = int(result.choice[who])
        better = [e for e in own if at == UNMATCHED or instance.rank[e] < instance.rank[at]]
        assert explanation.granted == (() if at == UNMATCHED else (at,))
        assert [reason.choice for reason in explanation.reasons] == better
    # together they are told the same as one by one
    assert explain_many(instance, result, range(instance.applicants)) == found
    return found


def cheaper(instance: Instance, result: Result, choice: int, by: int) -> Result:
    arguments = in_integers(instance)
    cost = instance.costs.copy()
    cost[choice] -= by
    return solve(changed(instance, **{**arguments, "cost": cost}), result.policy, seed=result.seed)


@given(tables_with_ties(applicants=6, offers=4))
@settings(deadline=None, max_examples=examples(150))
def test_choice_is_granted_at_the_cost_claimed_and_not_at_one_more(table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, seed=7)
    for explanation in explanations(instance, result):
        for reason in explanation.reasons:
            assert isinstance(reason, CostsMore)
            assert (reason.exact, reason.quotas) == (True, ())
            if reason.lower_by is None:
                confirm_no_cost_would_do(instance, result, reason)
                continue
            assert reason.places_lost == 0
            assert cheaper(instance, result, reason.choice, reason.lower_by).chosen[reason.choice]
            short = cheaper(instance, result, reason.choice, reason.lower_by - 1)
            assert not short.chosen[reason.choice]


def confirm_no_cost_would_do(instance: Instance, result: Result, reason: CostsMore) -> None:
    with_it = [c for c in all_assignments(instance) if reason.choice in c]
    if reason.places_lost < 0:
        assert not with_it
    else:
        most = max(sum(at != UNMATCHED for at in choice) for choice in with_it)
        assert most == result.placed - reason.places_lost
        assert reason.places_lost > 0


@given(tables_with_ties(applicants=6, offers=4))
@settings(deadline=None, max_examples=examples(60))
def test_cost_and_price_together_are_least_at_the_place_granted(table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, seed=7)
    assert result.prices is not None
    for who, explanation in enumerate(explanations(instance, result)):
        at = result.choice[who]
        paid = instance.stay[who]
        if at != UNMATCHED:
            paid = instance.costs[at] + result.prices[instance.offer[at]]
        for reason in explanation.reasons:
            assert isinstance(reason, CostsMore)
            assert reason.price is not None
            assert reason.cost + reason.price >= paid


def placed_beside(
    instance: Instance, result: Result, reason: BelowCutoff, who: int, step: int
) -> Result:
    """The result with `who` right before (-1) or right after (1) the person of the cut-off."""
    assert reason.last is not None
    assert result.lottery is not None
    lottery = 2 * result.lottery
    lottery[who] = 2 * result.lottery[reason.last] + step
    merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit.copy()
    merit[who] = merit[reason.last]
    moved = changed(instance, merit=merit, lottery=lottery)
    return solve(moved, result.policy, seed=result.seed)


@pytest.mark.parametrize("policy", ["deferred_acceptance", "serial_dictatorship"])
@given(table=tables_with_ties(applicants=8, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_place_of_the_last_admitted_is_enough_and_one_below_is_not(
    policy: str, table: dict[str, Any]
):
    instance = build(table)
    result = solve(instance, policy, seed=7)
    for who, explanation in enumerate(explanations(instance, result)):
        for reason in explanation.reasons:
            assert isinstance(reason, BelowCutoff)
            if reason.last is None:
                assert instance.capacity[instance.offer[reason.choice]] == 0
                continue
            last = int(result.choice[reason.last])
            assert instance.offer[last] == instance.offer[reason.choice]
            merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit
            assert (reason.merit, reason.last_merit) == (merit[who], merit[reason.last])
            assert result.lottery is not None
            assert reason.lottery == result.lottery[who]
            assert reason.last_lottery == result.lottery[reason.last]
            above = placed_beside(instance, result, reason, who, -1)
            got = above.choice[who]
            assert got != UNMATCHED
            assert instance.rank[got] <= instance.rank[reason.choice]
            assert not placed_beside(instance, result, reason, who, +1).chosen[reason.choice]


def propose(instance: Instance, queues: list[list[int]]) -> list[int]:
    """Deferred acceptance, slowly, where `queues` are the choices at each offer, best first."""
    following, choice = instance.indptr[:-1].tolist(), [UNMATCHED] * instance.applicants
    waiting = list(range(instance.applicants))
    while waiting:
        who = waiting.pop()
        if following[who] == instance.indptr[who + 1]:
            continue
        at = following[who]
        following[who] += 1
        choice[who] = at
        queue = queues[instance.offer[at]]
        held = sorted((e for e in choice if e in queue), key=queue.index)
        for out in held[instance.capacity[instance.offer[at]] :]:
            choice[instance.applicant[out]] = UNMATCHED
            waiting.append(int(instance.applicant[out]))
    return choice


@given(tables_scored_by_offers(applicants=6, offers=4))
@settings(deadline=None, max_examples=examples(100))
def test_where_offers_score_their_own_way_the_place_is_searched_for(table: dict[str, Any]):
    instance = build(table)
    if instance.merit is None or len(instance.merit) == instance.applicants:
        return
    result = solve(instance, "deferred_acceptance", seed=7)
    assert result.lottery is not None
    luck = result.lottery[instance.applicant]
    order = np.lexsort((luck, -instance.merit)).tolist()
    queues = [[e for e in order if instance.offer[e] == j] for j in range(instance.offers)]
    assert propose(instance, queues) == result.choice.tolist()
    for explanation in explanations(instance, result):
        for reason in explanation.reasons:
            assert isinstance(reason, BelowCutoff)
            offer = instance.offer[reason.choice]
            if reason.last is None:
                assert instance.capacity[offer] == 0
                continue
            others = [e for e in queues[offer] if e != reason.choice]
            place = [int(instance.applicant[e]) for e in others].index(reason.last)
            assert reason.last_merit == instance.merit[others[place]]
            assert reason.last_lottery == luck[others[place]]
            for rank, expected in ((place, True), (place + 1, False)):
                queue = [*others[:rank], reason.choice, *others[rank:]]
                again = propose(instance, [*queues[:offer], queue, *queues[offer + 1 :]])
                assert (reason.choice in again) == expected


def profile(instance: Instance, choice: tuple[int, ...]) -> tuple[int, ...]:
    ranks = [int(instance.rank[at]) for at in choice if at != UNMATCHED]
    return tuple(ranks.count(rank) for rank in range(1, instance.limit + 1))


def worth(policy: str, counts: tuple[int, ...]) -> tuple[int, ...]:
    """What the policy makes as large as possible, in order."""
    if policy == "rank_maximal":
        return counts
    if policy == "greedy_maximum":
        return (sum(counts), *counts)
    return (sum(counts), *(-count for count in reversed(counts)))


@pytest.mark.parametrize("policy", BY_PROFILE)
@given(table=tables_with_ties(applicants=5, offers=4, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_profile_claimed_is_the_best_that_grants_the_choice(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=7)
    actual = profile(instance, tuple(result.choice))
    for explanation in explanations(instance, result):
        for reason in explanation.reasons:
            assert isinstance(reason, WorseProfile)
            with_it = [
                worth(policy, profile(instance, choice))
                for choice in all_assignments(instance)
                if reason.choice in choice
            ]
            if reason.profile is None:
                assert (with_it, reason.decided_by) == ([], None)
                continue
            assert worth(policy, reason.profile) == max(with_it)
            assert (reason.decided_by is None) == (reason.profile == actual)
            if reason.decided_by == "placed":
                assert sum(reason.profile) < sum(actual)
            elif reason.decided_by is not None:
                rank = int(reason.decided_by)
                ahead = slice(rank, None) if policy == "generous_maximum" else slice(rank - 1)
                assert reason.profile[ahead] == actual[ahead]
                assert reason.profile[rank - 1] != actual[rank - 1]


def test_two_claims_by_hand():
    lists, merit = [[0, 1], [0, 2], [0, 1, 2]], [80, 60, 40]
    instance = Instance.from_lists(lists, [1, 1, 1], merit=merit, lottery=[1, 2, 3])
    result = solve(instance, seed=2027)
    assert result.choice.tolist() == [0, 3, 5]
    same = {"price": 480, "places_lost": 0, "quotas": (), "exact": True}
    # B saves 480 at X, but A moves to Y for 540 and C to Z for 700: 760 more. With 760 off
    # both are as good, but 1 * 1 + 2 * 2 + 3 * 2 is less than 1 * 2 + 2 * 1 + 3 * 3
    b = CostsMore(choice=2, cost=-2400, lower_by=761, difference=760, **same)
    # C saves 420 at X and A moves to Y for 540: 120 more, and 1 * 2 + 2 * 2 + 3 * 1 is less
    c = CostsMore(choice=4, cost=-2100, lower_by=120, difference=120, **same)
    assert [explain(instance, result, who).reasons for who in range(3)] == [(), (b,), (c,)]


def test_no_cost_buys_a_place_that_somebody_else_would_be_without():
    instance = Instance.from_lists([[0, 1], [0], [2]], [1, 1, 0], merit=[90, 0, 0])
    result = solve(instance, seed=1)
    assert result.choice.tolist() == [1, 2, UNMATCHED]
    first, _, third = explanations(instance, result)
    assert [(r.lower_by, r.places_lost) for r in first.reasons] == [(None, 1)]
    assert [(r.lower_by, r.places_lost) for r in third.reasons] == [(None, -1)]


def test_policy_without_terms_of_its_own_is_refused():
    instance = Instance.from_lists([[0]], [1])
    result = replace(solve(instance, seed=1), policy="boston")
    with pytest.raises(UnsupportedConstraint, match="policy boston cannot honour explanations"):
        explain(instance, result, 0)


def test_nobody_has_no_explanation():
    instance = Instance.from_lists([[0]], [1])
    with pytest.raises(InvalidInstance, match=r"applicants\[0\]: -1 is not one of 0..0"):
        explain(instance, solve(instance, seed=1), -1)


@given(instance=constrained(applicants=3, offers=3), who=st.integers(0, 2))
@settings(
    deadline=None,
    max_examples=examples(60, most=1000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_under_constraints_cost_and_quotas_do_what_is_claimed(instance: Instance, who: int):
    allowed = list(all_results(instance))
    if not allowed or who >= instance.applicants:
        return
    result = solve(instance, seed=7)
    for reason in explain(instance, result, who).reasons:
        assert isinstance(reason, CostsMore)
        assert not result.chosen[reason.choice]
        if reason.lower_by is not None:
            assert cheaper(instance, result, reason.choice, reason.lower_by).chosen[reason.choice]
            short = cheaper(instance, result, reason.choice, reason.lower_by - 1)
            assert not short.chosen[reason.choice]
        else:
            most = max((int(c.sum()) for c in allowed if c[reason.choice]), default=None)
            lost = -1 if most is None else result.placed - most
            assert reason.places_lost == lost != 0
        assert list(reason.quotas) == [
            row
            for row in range(len(instance.quotas))
            if serves(instance, result, reason.choice, row)
        ]


def serves(instance: Instance, result: Result, choice: int, row: int) -> bool:
    """Whether the choice, or nothing ranked below it, is granted with a quota lifted."""
    who = instance.applicant[choice]
    quotas = list(instance.quotas)
    own = instance.applicant[quotas[row].choices] == who
    if not quotas[row].coefficients[own].any():
        return False
    rest = np.flatnonzero(~own)
    quotas[row] = replace(
        quotas[row],
        choices=quotas[row].choices[rest],
        coefficients=quotas[row].coefficients[rest],
    )
    chosen = solve(changed(instance, quotas=quotas), seed=result.seed).chosen
    granted = np.flatnonzero(chosen & (instance.applicant == who))
    full = len(granted) == instance.demand[who]
    return bool(
        chosen[choice] or (full and (instance.rank[granted] <= instance.rank[choice]).all())
    )


def test_quota_that_binds_is_named():
    quotas = [Quota(np.array([0, 2]), np.array([1, 1]), upper=1)]
    instance = Instance.from_lists([[0, 1], [0]], [2, 1], merit=[50, 60], quotas=quotas)
    result = solve(instance, seed=1)
    assert result.choice.tolist() == [1, 2]
    (reason,) = explain(instance, result, 0).reasons
    assert isinstance(reason, CostsMore)
    assert (reason.quotas, reason.lower_by, reason.places_lost) == ((0,), None, 1)
