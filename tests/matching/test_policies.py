"""What every policy promises, and the two that follow the order of merit."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    POLICIES,
    UNMATCHED,
    Instance,
    Policy,
    Quota,
    Result,
    UnsupportedConstraint,
    chosen_by,
    solve,
    verify,
)
from tests.examples import examples
from tests.matching.strategies import (
    all_assignments,
    build,
    build_scored,
    ranked_tables,
    scored_tables,
    tables,
)

BY_MERIT = ["serial_dictatorship", "deferred_acceptance"]

CONSTRAINTS: dict[str, dict[str, Any]] = {
    "cost": {"cost": [3, 2, 1, 5]},
    "unplaced": {"unplaced": [4, 4, 4]},
    "min_seats": {"min_seats": [1, 0]},
    "demand": {"demand": [2, 1, 1]},
    "credits": {"credits": [5, 6], "credit_limit": [6, 6, 6]},
    "clashes": {"clashes": [[0, 1]]},
    "quotas": {"quotas": [Quota(choices=[0, 2], coefficients=[1, 1], upper=1)]},
}
"""One that changes what may be given for everything that an instance may ask for."""


@pytest.mark.parametrize("policy", POLICIES)
@given(table=ranked_tables(applicants=8, offers=5))
@settings(deadline=None, max_examples=examples(60))
def test_every_result_is_feasible_and_proved(policy: str, table: dict[str, Any]):
    instance = build(table)
    result = solve(instance, policy, seed=11)
    certificate = verify(instance, result)
    assert certificate.feasible
    assert certificate.proof == ("policy" if policy in BY_MERIT else "prices")
    assert certificate.reasons == ()
    assert solve(instance, policy, seed=11).choice.tolist() == result.choice.tolist()


@pytest.mark.parametrize("policy", POLICIES)
@given(table=ranked_tables(applicants=8, offers=5), random=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=examples(40))
def test_other_labels_change_nothing_but_the_labels(
    policy: str, table: dict[str, Any], random: Any
):
    n, m = len(table["lists"]), len(table["capacity"])
    table.setdefault("lottery", random.sample(range(1, n + 1), n))
    people, offers = random.sample(range(n), n), random.sample(range(m), m)
    label = np.argsort(offers)
    shuffled = {
        name: [column[i] for i in people] if name not in ("capacity", "limit") else column
        for name, column in table.items()
    }
    shuffled["lists"] = [[int(label[j]) for j in row] for row in shuffled["lists"]]
    shuffled["capacity"] = [table["capacity"][j] for j in offers]
    before = places_of(build(table), policy)
    assert places_of(build(shuffled), policy) == [before[i] for i in people]


@pytest.mark.parametrize("policy", POLICIES)
@given(table=ranked_tables(applicants=8, offers=5))
@settings(deadline=None, max_examples=examples(30))
def test_offer_that_nobody_lists_changes_nothing(policy: str, table: dict[str, Any]):
    wider = {**table, "capacity": [*table["capacity"], 3]}
    assert places_of(build(wider), policy) == places_of(build(table), policy)


def places_of(instance: Instance, policy: str) -> list[int]:
    """Where in their list everybody got something, from 0; -1 for nothing."""
    choice = solve(instance, policy, seed=5).choice
    return np.where(choice == UNMATCHED, UNMATCHED, choice - instance.indptr[:-1]).tolist()


@given(scored_tables(applicants=8, offers=5))
@settings(deadline=None, max_examples=examples(100))
def test_deferred_acceptance_leaves_no_blocking_pair(table: dict[str, Any]):
    instance = build_scored(table)
    result = solve(instance, "deferred_acceptance", seed=3)
    assert blocking_pairs(instance, result.lottery, tuple(result.choice)) == []
    assert verify(instance, result).proof == "policy"


@given(scored_tables(applicants=4, offers=3))
@settings(deadline=None, max_examples=examples(60))
def test_no_stable_assignment_is_better_for_anybody(table: dict[str, Any]):
    table.pop("rank", None)
    instance = build_scored(table)
    result = solve(instance, "deferred_acceptance", seed=3)
    got = ranks_in(instance, tuple(result.choice))
    for choice in all_assignments(instance):
        if not blocking_pairs(instance, result.lottery, choice):
            others = ranks_in(instance, choice)
            assert all(own <= other for own, other in zip(got, others, strict=True))


def ranks_in(instance: Instance, choice: tuple[int, ...]) -> list[int]:
    return [instance.limit + 1 if at == UNMATCHED else int(instance.rank[at]) for at in choice]


def blocking_pairs(
    instance: Instance, lottery: np.ndarray, choice: tuple[int, ...]
) -> list[tuple[int, int]]:
    """Applicants and offers they rank better than theirs, with a free seat or a worse holder."""
    assert instance.merit is not None
    standing = [
        (-float(instance.merit[at]), int(lottery[who])) for at, who in enumerate(instance.applicant)
    ]
    held: dict[int, list[int]] = {offer: [] for offer in range(instance.offers)}
    for at in choice:
        if at != UNMATCHED:
            held[int(instance.offer[at])].append(at)
    pairs = []
    for at, who in enumerate(instance.applicant):
        offer = int(instance.offer[at])
        room = len(held[offer]) < instance.capacity[offer]
        if instance.rank[at] < ranks_in(instance, choice)[who] and (
            room or any(standing[at] < standing[other] for other in held[offer])
        ):
            pairs.append((int(who), offer))
    return pairs


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


@given(table=scored_tables(applicants=3, offers=3))
@settings(deadline=None, max_examples=examples(25))
def test_nor_where_offers_score_their_own_way(table: dict[str, Any]):
    table.pop("rank", None)
    honest = solve(build_scored(table), "deferred_acceptance", seed=3)
    table["lottery"] = honest.lottery[: len(table["lists"])].tolist()
    offers = range(len(table["capacity"]))
    for who, truth in enumerate(table["lists"]):
        got = rank_by(truth, build_scored(table), honest, who)
        for length in range(len(offers) + 1):
            for lie in permutations(offers, length):
                lists = [list(lie) if i == who else row for i, row in enumerate(table["lists"])]
                instance = build_scored({**table, "lists": lists, "limit": 3})
                result = solve(instance, "deferred_acceptance", seed=3)
                assert rank_by(truth, instance, result, who) >= got


def rank_by(truth: list[int], instance: Instance, result: Result, who: int) -> int:
    at = result.choice[who]
    if at == UNMATCHED or instance.offer[at] not in truth:
        return len(truth)
    return truth.index(int(instance.offer[at]))


@pytest.mark.parametrize("policy", BY_MERIT)
def test_merit_comes_first_and_the_lower_number_breaks_ties(policy: str):
    instance = Instance.from_lists([[0]] * 3, [1], merit=[50, 60, 60], lottery=[1, 3, 2])
    assert solve(instance, policy, seed=0).choice.tolist() == [-1, -1, 2]


def test_many_seats_and_scores_are_those_of_the_textbook():
    random = np.random.default_rng(2)
    n, m, k = 600, 12, 6
    lists = [random.choice(m, k, replace=False).tolist() for _ in range(n)]
    scores = random.integers(0, 30, (n, m))
    merit = [scores[i, row].tolist() for i, row in enumerate(lists)]
    instance = Instance.from_lists(lists, random.integers(0, 70, m), merit=merit)
    result = solve(instance, "deferred_acceptance", seed=8)
    # in rounds: everybody without a place proposes, each offer keeps its best
    following, kept = [0] * n, {offer: [] for offer in range(m)}
    while True:
        seated = {who for people in kept.values() for who in people}
        proposing = [i for i in range(n) if i not in seated and following[i] < k]
        if not proposing:
            break
        for who in proposing:
            kept[lists[who][following[who]]].append(who)
            following[who] += 1
        for offer, people in kept.items():
            people.sort(key=lambda i, j=offer: (-scores[i, j], result.lottery[i]))
            del people[instance.capacity[offer] :]
    expected = np.full(n, UNMATCHED)
    for people in kept.values():
        for who in people:
            expected[who] = instance.indptr[who] + following[who] - 1
    assert result.choice.tolist() == expected.tolist()
    assert 0 < result.placed < n


@given(tables(applicants=8, offers=5, costs=False))
@settings(deadline=None, max_examples=examples(60))
def test_scores_that_all_offers_share_are_an_order_of_merit(table: dict[str, Any]):
    merit = table.setdefault("merit", [50.0] * len(table["lists"]))
    per_choice = [[t] * len(row) for t, row in zip(merit, table["lists"], strict=True)]
    if sum(map(len, per_choice)) == len(merit):
        return
    shared = build({**table, "merit": per_choice})
    choices = [solve(i, "deferred_acceptance", seed=3).choice for i in (build(table), shared)]
    assert choices[0].tolist() == choices[1].tolist()


def test_tied_choices_are_asked_for_in_the_order_of_the_list():
    for lists in ([[0, 1]], [[1, 0]]):
        instance = Instance.from_lists(lists, [1, 1], rank=[[1, 1]])
        for policy in BY_MERIT:
            assert solve(instance, policy, seed=0).choice.tolist() == [0]


def test_serial_dictatorship_refuses_scores_of_each_offer():
    instance = Instance.from_lists([[0, 1], [0]], [1, 1], merit=[[50, 60], [70]])
    with pytest.raises(UnsupportedConstraint, match="cannot honour merit per choice"):
        solve(instance, "serial_dictatorship", seed=0)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_constraint_is_honoured_or_refused(policy: Policy, constraint: str):
    lists = [[0, 1], [0], [1]]
    instance = Instance.from_lists(lists, [2, 2], **CONSTRAINTS[constraint])
    assert instance.asks_for == {constraint}
    if constraint in policy.handles:
        certificate = verify(instance, solve(instance, policy.name, seed=0))
        assert (certificate.feasible, certificate.reasons) == (True, ())
        return
    message = f"policy {policy.name} cannot honour {constraint}"
    with pytest.raises(UnsupportedConstraint, match=message):
        solve(instance, policy.name, seed=0)


def test_lottery_that_is_not_the_drawn_one_is_refused():
    instance = Instance.from_lists([[0]] * 3, [1])
    result = solve(instance, "serial_dictatorship", seed=1)
    certificate = verify(instance, replace(result, lottery=result.lottery[::-1].copy()))
    assert certificate.proof == "none"
    assert certificate.reasons == ("lottery is not the one of the instance or the seed",)


def test_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="'boston' is not one of linear_assignment"):
        solve(Instance.from_lists([], []), "boston", seed=0)


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_limit_that_is_none_is_refused(seconds: float):
    with pytest.raises(ValueError, match=f"time_limit: {seconds} is not a number of seconds"):
        solve(Instance.from_lists([], []), seed=0, time_limit=seconds)


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
