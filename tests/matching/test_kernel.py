"""The kernel: least cost with the lowest prices, whatever the shape of the problem."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from matching.kernel import NEVER, least_cost
from tests.examples import examples

Lists = list[list[int]]


def arrays(lists: Lists) -> tuple[np.ndarray, np.ndarray]:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in lists], dtype=np.int64)])
    return indptr, np.array([j for row in lists for j in row], dtype=np.int64)


def shortcoming(
    indptr: np.ndarray,
    offer: np.ndarray,
    cost: np.ndarray,
    stay: np.ndarray,
    capacity: np.ndarray,
    must_fill: np.ndarray | None = None,
) -> str | None:
    """What is wrong with the kernel's answer: allowed, and proved by its prices, or why not."""
    choice, prices = least_cost(indptr, offer, cost, stay, capacity, must_fill)
    n, m = len(stay), len(capacity)
    placed = choice >= 0
    if ((choice < indptr[:-1]) | (choice >= indptr[1:]))[placed].any():
        return "somebody got what they did not list"
    held = np.bincount(offer[choice[placed]], minlength=m)
    if (held > capacity).any():
        return "an offer is overfull"
    free_sign = np.zeros(m, dtype=bool) if must_fill is None else must_fill
    if (held < capacity)[free_sign].any():
        return "an offer that must be filled is not"
    if (stay[~placed] >= NEVER).any():
        return "somebody who must be placed is not"
    if (prices[~free_sign] < 0).any():
        return "a price is below 0"
    best = stay.copy()
    applicant = np.repeat(np.arange(n), np.diff(indptr))
    np.minimum.at(best, applicant, cost + prices[offer])
    total = sum(cost[choice[placed]].tolist()) + sum(stay[~placed].tolist())
    bound = sum(best.tolist()) - sum(
        q * p for q, p in zip(capacity.tolist(), prices.tolist(), strict=True)
    )
    return None if total == bound else f"total {total}, but the prices prove {bound}"


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    m = draw(st.integers(1, 6))
    every = st.permutations(range(m)).flatmap(
        lambda order: st.integers(0, m).map(lambda length: order[:length])
    )
    lists = draw(st.lists(every, min_size=1, max_size=12))
    indptr, offer = arrays(lists)
    size = draw(st.sampled_from([2, 30, 10**6, 10**12]))
    grid = draw(st.sampled_from([1, 12, 100]))
    numbers = st.integers(-size, size)
    cost = draw(st.lists(numbers, min_size=len(offer), max_size=len(offer)))
    kind = draw(st.sampled_from(["equal", "own", "outweighing"]))
    stay = draw(st.lists(numbers, min_size=len(lists), max_size=len(lists)))
    if kind == "equal":
        stay = stay[:1] * len(lists)
    if kind == "outweighing":
        stay = [3 * size * len(lists) + 1] * len(lists)
    return {
        "indptr": indptr,
        "offer": offer,
        "cost": grid * np.array(cost, dtype=np.int64),
        "stay": grid * np.array(stay, dtype=np.int64),
        "capacity": np.array(draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))),
    }


@given(problems())
@settings(deadline=None, max_examples=examples(300))
def test_prices_prove_every_answer(problem: dict[str, Any]):
    assert shortcoming(**problem) is None


@given(problems(), st.data())
@settings(deadline=None, max_examples=examples(200))
def test_what_can_be_demanded_is_kept(problem: dict[str, Any], data: Any):
    choice, _ = least_cost(**problem)
    offer, m = problem["offer"], len(problem["capacity"])
    held = np.bincount(offer[choice[choice >= 0]], minlength=m)
    # some assignment places these and fills those: the one just found
    asked = np.array(data.draw(st.lists(st.booleans(), min_size=m, max_size=m)))
    must_fill = (held == problem["capacity"]) & asked
    must_place = (choice >= 0) & (np.arange(len(choice)) % 2 == data.draw(st.integers(0, 1)))
    cost = np.array(
        data.draw(st.lists(st.integers(-50, 50), min_size=len(offer), max_size=len(offer))),
        dtype=np.int64,
    )
    stay = np.where(must_place, NEVER, problem["stay"] % 50)
    assert shortcoming(problem["indptr"], offer, cost, stay, problem["capacity"], must_fill) is None


@given(problems(), st.data())
@settings(deadline=None, max_examples=examples(100))
def test_prices_are_the_lowest_and_the_same_under_other_labels(problem: dict[str, Any], data: Any):
    _, prices = least_cost(**problem)
    n, m = len(problem["stay"]), len(problem["capacity"])
    order = data.draw(st.permutations(range(n)))
    names = np.array(data.draw(st.permutations(range(m))))
    begins = problem["indptr"].tolist()
    rows = [list(range(begins[i], begins[i + 1])) for i in order]
    at = np.array([e for row in rows for e in row], dtype=np.int64)
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    capacity = np.empty(m, dtype=np.int64)
    capacity[names] = problem["capacity"]
    _, renamed = least_cost(
        indptr,
        names[problem["offer"][at]] if len(at) else at,
        problem["cost"][at],
        problem["stay"][order],
        capacity,
    )
    assert renamed[names].tolist() == prices.tolist()
    for j in np.flatnonzero(prices):
        assert one_more_seat_saves(problem, int(j)) == prices[j]


def one_more_seat_saves(problem: dict[str, Any], j: int) -> int:
    more = problem["capacity"].copy()
    more[j] += 1
    before, after = (total(problem, capacity) for capacity in (problem["capacity"], more))
    return before - after


def total(problem: dict[str, Any], capacity: np.ndarray) -> int:
    choice, _ = least_cost(**{**problem, "capacity": capacity})
    placed = choice >= 0
    return sum(problem["cost"][choice[placed]].tolist()) + sum(problem["stay"][~placed].tolist())


def test_larger_rounds_agree_with_another_solver():
    random = np.random.default_rng(4)
    for seats in (6, 10, 14):
        n, m, k = 400, 40, 6
        offer = np.array([random.choice(m, k, replace=False) for _ in range(n)]).ravel()
        indptr = np.arange(0, n * k + 1, k)
        cost = random.integers(-200, 1, n * k)
        stay = np.full(n, 10**6)
        capacity = np.full(m, seats)
        arguments = {"indptr": indptr, "offer": offer, "cost": cost, "stay": stay}
        assert shortcoming(**arguments, capacity=capacity) is None
        e = np.arange(n * k)
        rows = coo_array(
            (np.ones(2 * n * k), (np.concatenate([e // k, n + offer]), np.tile(e, 2)))
        ).tocsr()
        limits = np.concatenate([np.ones(n), capacity])
        best = linprog(cost - stay[0], rows, limits, bounds=(0, 1)).fun + n * stay[0]
        assert total(arguments, capacity) == round(best)


@pytest.mark.parametrize("size", [1, 300])
@pytest.mark.parametrize(
    "shape",
    [
        "all want one offer",
        "all lists equal, one seat each",
        "all lists equal, few large offers",
        "everybody the same few, more people than seats",
        "no seats at all",
        "nobody lists anything",
        "more seats than anybody lists",
        "long chain",
    ],
)
@pytest.mark.parametrize("scale", [1, 10**12])
def test_adversarial_shapes_are_solved(shape: str, size: int, scale: int):
    few = min(size, 10)
    lists, capacity = {
        "all want one offer": ([[0]] * size, [3]),
        "all lists equal, one seat each": ([list(range(size))] * size, [1] * size),
        "all lists equal, few large offers": ([list(range(few))] * size, [size] * few),
        "everybody the same few, more people than seats": ([list(range(few))] * size, [2] * few),
        "no seats at all": ([list(range(few))] * size, [0] * few),
        "nobody lists anything": ([[]] * size, [1] * few),
        "more seats than anybody lists": ([[i % few] for i in range(size)], [2 * size] * few),
        "long chain": ([[i, i + 1] for i in range(size)] + [[0]], [1] * (size + 1)),
    }[shape]
    indptr, offer = arrays(lists)
    rank = np.concatenate([np.arange(len(row)) for row in lists]) if len(offer) else offer
    cost = (scale * rank).astype(np.int64)
    stay = np.full(len(lists), scale * (len(lists) + 1) * (size + 1))
    assert shortcoming(indptr, offer, cost, stay, np.array(capacity)) is None
    assert shortcoming(indptr, offer, 0 * cost, 0 * stay, np.array(capacity)) is None
    assert shortcoming(indptr, offer, -cost, 0 * stay, np.array(capacity)) is None


def test_what_cannot_be_done_is_said():
    indptr, offer = arrays([[0], [0]])
    with pytest.raises(ValueError, match="somebody who must be placed cannot be"):
        least_cost(indptr, offer, np.zeros(2, int), np.full(2, NEVER), np.array([1]))
    with pytest.raises(ValueError, match="an offer that must be filled cannot be"):
        least_cost(
            indptr,
            offer,
            np.zeros(2, int),
            np.zeros(2, int),
            np.array([1, 1]),
            must_fill=np.array([False, True]),
        )
