"""Linear assignment under side constraints against enumeration and published optima."""

from itertools import combinations, product
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Instance, InvalidInstance, Quota, Result, solve, verify
from matching.constrained import solve_constrained
from matching.errors import Infeasible
from matching.side import improve, search
from matching.side.highs import INFEASIBLE, LIMIT, Branched
from matching.side.program import Program
from tests.examples import examples

LONG = 60.0


def solved(instance: Instance, lottery: np.ndarray | None = None) -> Result:
    return solve_constrained(instance, lottery, 7, time_limit=LONG)


@st.composite
def constrained(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of `Instance.from_lists`, with any mixture of side constraints."""
    m = draw(st.integers(1, 4))
    every = st.permutations(range(m)).flatmap(
        lambda order: st.integers(0, m).map(lambda length: order[:length])
    )
    lists = draw(st.lists(every, min_size=1, max_size=4))
    n, k = len(lists), sum(map(len, lists))
    capacity = draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    table: dict[str, Any] = {"lists": lists, "capacity": capacity}
    size = draw(st.sampled_from([2, 1000]))
    numbers = st.integers(-size, size)
    if draw(st.booleans()):
        table["cost"] = draw(st.lists(numbers, min_size=k, max_size=k))
    if draw(st.booleans()):
        table["unplaced"] = draw(st.lists(numbers, min_size=n, max_size=n))
    if draw(st.booleans()):
        table["demand"] = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    if draw(st.booleans()):
        table["min_seats"] = [draw(st.integers(0, min(2, seats))) for seats in capacity]
        if draw(st.booleans()):
            table["may_close"] = draw(st.lists(st.booleans(), min_size=m, max_size=m))
    if draw(st.booleans()):
        table["credits"] = draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))
        table["credit_limit"] = draw(st.lists(st.integers(0, 8), min_size=n, max_size=n))
    if m > 1 and draw(st.booleans()):
        pairs = list(combinations(range(m), 2))
        table["clashes"] = draw(st.lists(st.sampled_from(pairs), max_size=4))
    if draw(st.booleans()):
        table["quotas"] = draw(st.lists(quotas(k), max_size=3))
    return table


@st.composite
def quotas(draw: st.DrawFn, k: int) -> Quota:
    choices = draw(st.lists(st.sampled_from(range(k)), unique=True)) if k else []
    weights = [draw(st.integers(-2, 2)) for _ in choices]
    lower = draw(st.none() | st.integers(-2, 1))
    upper = draw(st.none() | st.integers(max(lower or 0, 0), 3))
    return Quota(choices, weights, lower, upper)


def is_allowed(instance: Instance, chosen: np.ndarray) -> bool:
    offers = instance.offer[chosen]
    held = np.bincount(offers, minlength=instance.offers)
    if (held > instance.capacity).any():
        return False
    if ((held < instance.min_seats) & ~(instance.may_close & (held == 0))).any():
        return False
    for who in range(instance.applicants):
        own = instance.offer[chosen & (instance.applicant == who)]
        if len(own) > instance.demand[who]:
            return False
        if instance.credits is not None and instance.credit_limit is not None:
            over = instance.credits[own].sum() > instance.credit_limit[who]
            if over:
                return False
        if any(set(pair) <= set(own.tolist()) for pair in instance.clashes.tolist()):
            return False
    for quota in instance.quotas:
        used = int(quota.coefficients[chosen[quota.choices]].sum())
        if quota.lower is not None and used < quota.lower:
            return False
        if quota.upper is not None and used > quota.upper:
            return False
    return True


def standing(instance: Instance, chosen: np.ndarray, lottery: np.ndarray) -> tuple[int, int, int]:
    given_ = np.bincount(instance.applicant[chosen], minlength=instance.applicants)
    missing = instance.demand - given_
    cost = int(instance.costs[chosen].sum())
    luck = int((lottery[instance.applicant] * instance.rank)[chosen].sum())
    luck += int((lottery * missing).sum()) * (instance.limit + 1)
    if instance.placements_first:
        return int(missing.sum()), cost, luck
    return 0, cost + int((instance.stay * missing).sum()), luck


def all_allowed(instance: Instance) -> list[np.ndarray]:
    bundles = []
    for who in range(instance.applicants):
        own = range(int(instance.indptr[who]), int(instance.indptr[who + 1]))
        most = min(len(own), int(instance.demand[who]))
        bundles.append([some for size in range(most + 1) for some in combinations(own, size)])
    found = []
    for each in product(*bundles):
        chosen = np.zeros(len(instance.offer), dtype=bool)
        chosen[[at for some in each for at in some]] = True
        if is_allowed(instance, chosen):
            found.append(chosen)
    return found


@given(constrained(), st.booleans())
@settings(deadline=None, max_examples=examples(150))
def test_result_is_the_best_of_all_that_are_allowed(table: dict[str, Any], ties: bool):
    instance = Instance.from_lists(**table)
    options = all_allowed(instance)
    lottery = np.arange(1, instance.applicants + 1)
    if not options:
        with pytest.raises(Infeasible):
            solved(instance)
        return
    result = solved(instance, lottery if ties else None)
    best = min(standing(instance, chosen, lottery) for chosen in options)
    ours = standing(instance, result.chosen, lottery)
    assert ours[: 3 if ties else 2] == best[: 3 if ties else 2]
    assert (result.claim, result.gap) == ("optimal", 0)
    certificate = verify(instance, result)
    assert certificate.feasible
    assert certificate.proof in {"prices", "solver"}
    assert certificate.bound is not None
    assert certificate.bound <= result.objective


def test_quota_is_priced_where_the_flow_breaks_it():
    # both would take offer 0, which the quota gives to one of them; 3 or 5 is lost
    instance = Instance.from_lists(
        [[0, 1], [0, 1]],
        [2, 2],
        cost=[1, 4, 2, 7],
        quotas=[Quota([0, 2], [1, 1], None, 1)],
    )
    result = solved(instance)
    assert result.choice.tolist() == [1, 2]
    assert (result.objective, result.claim, result.gap) == (6, "optimal", 0)
    assert result.quota_prices is not None
    # between what the one who gives way loses and what the other would
    assert 3 <= result.quota_prices[0] <= 5
    certificate = verify(instance, result)
    assert (certificate.optimal, certificate.bound) == (True, 6)


def test_balance_gives_up_what_a_greedy_choice_would_take():
    # three would go one way and one the other; a balance of 1 lets two go, and the best two
    instance = Instance.from_lists(
        [[0], [0], [0], [1]],
        [3, 1],
        cost=[-5, -9, -7, -1],
        quotas=[Quota([0, 1, 2, 3], [1, 1, 1, -1], -1, 1)],
    )
    result = solved(instance)
    assert result.chosen.tolist() == [False, True, True, True]
    assert verify(instance, result).optimal


def test_one_more_placement_outweighs_any_cost_under_a_quota():
    instance = Instance.from_lists(
        [[0, 1], [0, 2]],
        [1, 1, 1],
        cost=[0, 10**12, 10**12, 10**12],
        quotas=[Quota([1, 3], [1, 1], None, 1)],
    )
    result = solved(instance)
    assert result.placed == 2
    assert result.objective == 10**12


def test_fraction_that_prices_leave_is_said_to_be_closed_by_the_solver():
    # each pair of three people shares a quota of one: half of everybody would be 1.5 places
    instance = Instance.from_lists(
        [[0], [1], [2]],
        [1, 1, 1],
        cost=[-10, -10, -10],
        unplaced=[0, 0, 0],
        quotas=[Quota(pair, [1, 1], None, 1) for pair in combinations(range(3), 2)],
    )
    result = solved(instance)
    assert (result.objective, result.claim) == (-10, "optimal")
    certificate = verify(instance, result)
    # 15 is not a multiple of 10, so the bound is the next cost that is
    assert (certificate.proof, certificate.bound) == ("prices", -10)
    apart = Instance.from_lists(
        [[0], [1], [2]],
        [1, 1, 1],
        cost=[-10, -11, -10],
        unplaced=[0, 0, 0],
        quotas=[Quota(pair, [1, 1], None, 1) for pair in combinations(range(3), 2)],
    )
    certificate = verify(apart, solved(apart))
    assert (certificate.proof, certificate.optimal) == ("solver", False)
    assert certificate.bound is not None
    assert certificate.bound < -11


@given(constrained(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=examples(60))
def test_other_labels_change_nothing_but_the_labels(table: dict[str, Any], random: Any):
    table.pop("quotas", None)
    lists, n, m = table["lists"], len(table["lists"]), len(table["capacity"])
    table["lottery"] = random.sample(range(1, n + 1), n)
    if "cost" in table:
        flat = iter(table["cost"])
        table["cost"] = [[next(flat) for _ in row] for row in lists]
    people, offers = random.sample(range(n), n), random.sample(range(m), m)
    label = np.argsort(offers)
    shuffled = dict(table)
    for name in ("lists", "cost", "unplaced", "demand", "credit_limit", "lottery"):
        if name in table:
            shuffled[name] = [table[name][i] for i in people]
    for name in ("capacity", "min_seats", "may_close", "credits"):
        if name in table:
            shuffled[name] = [table[name][j] for j in offers]
    shuffled["lists"] = [[int(label[j]) for j in row] for row in shuffled["lists"]]
    if "clashes" in table:
        shuffled["clashes"] = [(int(label[a]), int(label[b])) for a, b in table["clashes"]]
    one, other = Instance.from_lists(**table), Instance.from_lists(**shuffled)
    if not all_allowed(one):
        return
    assert granted_ranks(other) == [granted_ranks(one)[i] for i in people]


def granted_ranks(instance: Instance) -> list[list[int]]:
    result = solved(instance, instance.lottery)
    got: list[list[int]] = [[] for _ in range(instance.applicants)]
    for at in np.flatnonzero(result.chosen):
        got[instance.applicant[at]].append(int(instance.rank[at]))
    return got


# fmcooper/matchingproblems @ 1d0c163d (MIT), Evaluations/hr/instances/{0,2,4}.txt: students'
# groups of hospitals from 1, best first; the least sum of ranks by the author's brute force
MINIMUMS = (
    (
        [
            [[3, 1], [2], [4]],
            [[1], [3], [4], [2]],
            [[1], [2], [4, 3]],
            [[1, 2, 3]],
            [[3], [1], [4]],
            [[1], [2], [3], [4]],
        ],
        9,
    ),
    (
        [
            [[4], [2, 3]],
            [[1], [2], [4], [3]],
            [[2], [3], [4], [1]],
            [[4], [2]],
            [[4], [2]],
            [[2], [4]],
        ],
        11,
    ),
    (
        [
            [[1], [4]],
            [[4], [1], [3]],
            [[4], [3], [2]],
            [[4], [3], [1]],
            [[3], [4]],
            [[3], [1], [2]],
        ],
        11,
    ),
)


@pytest.mark.parametrize(("students", "cost"), MINIMUMS)
def test_minimums_of_published_cases(students: list[list[list[int]]], cost: int):
    lists = [[j - 1 for group in row for j in group] for row in students]
    ranks = [[r for r, group in enumerate(row, 1) for _ in group] for row in students]
    instance = Instance.from_lists(
        lists, [2, 2, 1, 1], min_seats=[1, 1, 1, 1], rank=ranks, cost=ranks
    )
    result = solved(instance)
    assert (result.placed, result.objective) == (6, cost)
    assert verify(instance, result).optimal


def test_minimum_costs_what_it_costs_and_prices_prove_it():
    # nobody would go to offer 1 of their own accord; the one who loses least goes
    instance = Instance.from_lists(
        [[0, 1], [0, 1]], [2, 2], cost=[1, 9, 1, 4], unplaced=[50, 50], min_seats=[0, 1]
    )
    result = solved(instance)
    assert result.choice.tolist() == [0, 3]
    assert result.prices is not None
    assert -8 <= result.prices[1] - result.prices[0] <= -3
    assert verify(instance, result).optimal


def test_offer_that_may_close_stays_empty_where_its_minimum_costs_more():
    table: dict[str, Any] = {
        "lists": [[0], [0]],
        "capacity": [2],
        "cost": [-3, 7],
        "unplaced": [0, 0],
        "min_seats": [2],
    }
    assert solved(Instance.from_lists(**table)).objective == 4
    closed = Instance.from_lists(**table, may_close=[True])
    result = solved(closed)
    assert (result.placed, result.objective, result.claim) == (0, 0, "optimal")
    assert verify(closed, result).proof == "solver"


def test_result_without_time_is_allowed_and_states_its_gap():
    random = np.random.default_rng(3)
    n, m = 60, 12
    lists = [random.permutation(m)[:8].tolist() for _ in range(n)]
    pairs = np.arange(8 * n).reshape(-1, 4)
    instance = Instance.from_lists(
        lists,
        [4] * m,
        demand=[3] * n,
        credits=random.integers(2, 7, m).tolist(),
        credit_limit=[9] * n,
        cost=random.integers(-1000, 0, 8 * n).tolist(),
        quotas=[Quota(row, [1, -1, 1, -1], -1, 1) for row in pairs],
    )
    result = solve_constrained(instance, None, 7, time_limit=0)
    certificate = verify(instance, result)
    assert certificate.feasible
    assert (result.claim == "optimal") == (result.gap == 0)
    best = solved(instance)
    assert best.claim == "optimal"
    weight = int(instance.stay[0])
    worth = [r.objective - weight * r.placed for r in (result, best)]
    assert worth[0] - result.gap <= worth[1] <= worth[0]


# fairpyx @ f29b664e (MIT), tests/test_iterated_maximum_matching.py, test_weights; the optimum
# with hard credit limits by CP-SAT and HiGHS
CREDITS = {
    "valuations": [
        [300, 200, 100, 150, 150, 100],
        [100, 200, 300, 150, 100, 150],
        [200, 150, 250, 200, 100, 100],
        [150, 100, 200, 300, 150, 100],
        [250, 100, 150, 200, 200, 100],
    ],
    "demand": [2, 2, 3, 2, 2],
    "credit_limit": [6, 5, 8, 4, 2],
    "capacity": [2, 3, 1, 2, 4, 2],
    "credits": [2, 3, 4, 2, 3, 4],
}


def test_credits_of_a_published_case():
    n, m = len(CREDITS["valuations"]), len(CREDITS["capacity"])
    instance = Instance.from_lists(
        [list(range(m))] * n,
        CREDITS["capacity"],
        rank=[1] * (n * m),
        cost=[-value for row in CREDITS["valuations"] for value in row],
        unplaced=[0] * n,
        demand=CREDITS["demand"],
        credits=CREDITS["credits"],
        credit_limit=CREDITS["credit_limit"],
    )
    result = solved(instance)
    assert (result.objective, result.claim) == (-1800, "optimal")


def round_of_both_ways() -> Instance:
    """300 people of six HEIs and 24 offers, with an annual quota and a balance of each pair."""
    random = np.random.default_rng(5)
    n, m, heis = 300, 24, 6
    offer = np.concatenate([random.permutation(m)[:6] for _ in range(n)])
    home, host = np.repeat(random.integers(0, heis, n), 6), offer % heis
    balances = []
    for a, b in combinations(range(heis), 2):
        out, back = (home == a) & (host == b), (home == b) & (host == a)
        choices = np.flatnonzero(out | back)
        balances.append(Quota(choices, np.where(out[choices], 1, -1), -2, 2))
        balances.append(Quota(np.flatnonzero(out), np.ones(out.sum(), dtype=int), None, 7))
    return Instance(
        indptr=np.arange(0, 6 * n + 1, 6),
        offer=offer,
        capacity=np.full(m, 12),
        merit=random.integers(0, 101, n),
        quotas=balances,
    )


def test_way_of_large_rounds_is_allowed_and_its_bound_holds(monkeypatch: pytest.MonkeyPatch):
    instance = round_of_both_ways()
    exact = solved(instance)
    assert exact.claim == "optimal"
    monkeypatch.setattr(search, "LARGE", 100)
    monkeypatch.setattr(improve, "PEOPLE", 60)
    result = solve_constrained(instance, None, 7, time_limit=20)
    assert verify(instance, result).feasible
    worth = int(instance.stay[0]) // instance.scale
    ours, best = (r.objective - worth * r.placed for r in (result, exact))
    assert ours - result.gap <= best <= ours
    assert result.placed >= exact.placed - 3


def test_large_round_whose_relaxation_takes_too_long_places_most(monkeypatch: pytest.MonkeyPatch):
    instance = round_of_both_ways()
    best = solved(instance).placed
    monkeypatch.setattr(search, "LARGE", 100)
    monkeypatch.setattr(search, "relax", lambda *arguments: LIMIT)
    result = solve_constrained(instance, None, 7, time_limit=20)
    assert verify(instance, result).feasible
    assert result.placed >= 0.9 * best


def test_costs_that_add_up_along_a_chain_of_minimums_stay_exact():
    # whoever is sent to offer 0 leaves a place that must be filled in turn, 40 times over
    n, most = 40, 13_000_000_000_000_000
    lists = [*([i, i + 1] for i in range(n - 1)), [0]]
    chain = {"capacity": [1] * n, "unplaced": [0] * n, "min_seats": [1] * n}
    instance = Instance.from_lists(lists, cost=[*[-most, most] * (n - 1), most], **chain)
    assert solve(instance, seed=1).objective == n * most
    with pytest.raises(InvalidInstance, match="over 40 minimums is too wide to be exact"):
        Instance.from_lists(lists, cost=[*[-2 * most, 2 * most] * (n - 1), most], **chain)


def test_solver_that_finds_nothing_where_something_is_known_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    instance = Instance.from_lists(
        [[0]] * 3,
        [3],
        cost=[-6, -5, -5],
        unplaced=[0] * 3,
        quotas=[Quota([0, 1, 2], [5, 4, 4], None, 9)],
    )
    program, known = Program.of(instance), np.array([True, False, False])
    lost = Branched(INFEASIBLE, None, 0.0)
    monkeypatch.setattr(search, "branch", lambda *arguments: lost)
    found = search.minimise(program, inf, known=known)
    assert (found.total, found.bound, found.closed) == (-10, -11, False)


def test_gap_that_whole_prices_close_is_not_claimed():
    # with costs of 10**15 the solver's doubles leave a unit that integers do not
    first = [-5545417458886549, -4073758095566071, -5794325469315530]
    second = [-5581489881768446, -3482839844085467, -1248629859832076]
    instance = Instance.from_lists(
        [[0, 1]] * 3,
        [2, 2],
        cost=np.column_stack([first, second]),
        unplaced=[0] * 3,
        quotas=[Quota([0, 2, 4], [1, 1, 1], None, 1)],
    )
    result = solve(instance, seed=1)
    assert (result.claim, result.gap, verify(instance, result).proof) == ("optimal", 0, "prices")
