"""Small instances under every constraint, and all that may be granted in them."""

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from matching import Instance, Quota
from tests.matching.strategies import tables


@st.composite
def constrained(draw: st.DrawFn, *, several: bool = True, **sizes: Any) -> Instance:
    """An instance with some of: minimums, several seats each, credits, clashes, quotas."""
    table = draw(tables(**sizes))
    n, m = len(table["lists"]), len(table["capacity"])
    k = sum(map(len, table["lists"]))
    if draw(st.booleans()):
        table["min_seats"] = [draw(st.integers(0, min(2, seats))) for seats in table["capacity"]]
        table["may_close"] = draw(st.lists(st.booleans(), min_size=m, max_size=m))
    if several:
        table["demand"] = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
        table["credits"] = draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
        table["credit_limit"] = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
        if m > 1 and draw(st.booleans()):
            table["clashes"] = [draw(st.permutations(range(m)))[:2]]
    table["quotas"] = [draw(quotas(k)) for _ in range(draw(st.integers(0, 2)))]
    return Instance.from_lists(**table)


@st.composite
def quotas(draw: st.DrawFn, choices: int) -> Quota:
    at = draw(st.lists(st.integers(0, choices - 1), unique=True)) if choices else []
    weights = draw(st.lists(st.integers(-1, 2), min_size=len(at), max_size=len(at)))
    lower = draw(st.one_of(st.none(), st.integers(-2, 1)))
    upper = draw(st.one_of(st.none(), st.integers(1, 3)))
    return Quota(np.array(at, dtype=np.int64), np.array(weights, dtype=np.int64), lower, upper)


def all_results(instance: Instance) -> Iterator[np.ndarray]:
    """Everything that may be granted, (k,) each."""
    options = []
    for who in range(instance.applicants):
        own = range(instance.indptr[who], instance.indptr[who + 1])
        sizes = range(min(len(own), int(instance.demand[who])) + 1)
        options.append([some for size in sizes for some in combinations(own, size)])
    for picked in product(*options):
        chosen = np.zeros(len(instance.offer), dtype=np.bool_)
        chosen[list(chain.from_iterable(picked))] = True
        if is_allowed(instance, chosen):
            yield chosen


def is_allowed(instance: Instance, chosen: np.ndarray) -> bool:
    """Whether a result meets every constraint, each as its definition says."""
    held = np.bincount(instance.offer[chosen], minlength=instance.offers)
    closed = instance.may_close & (held == 0)
    if (held > instance.capacity).any() or (~closed & (held < instance.min_seats)).any():
        return False
    for who in range(instance.applicants):
        own = slice(instance.indptr[who], instance.indptr[who + 1])
        offers = instance.offer[own][chosen[own]]
        if len(offers) > instance.demand[who]:
            return False
        if not fit_the_limit(instance, who, offers):
            return False
        if any(set(pair) <= set(offers.tolist()) for pair in instance.clashes.tolist()):
            return False
    for quota in instance.quotas:
        total = quota.coefficients[chosen[quota.choices]].sum()
        if quota.lower is not None and total < quota.lower:
            return False
        if quota.upper is not None and total > quota.upper:
            return False
    return True


def fit_the_limit(instance: Instance, who: int, offers: np.ndarray) -> bool:
    if instance.credits is None or instance.credit_limit is None:
        return True
    return bool(instance.credits[offers].sum() <= instance.credit_limit[who])


def worth(instance: Instance, lottery: np.ndarray | None, chosen: np.ndarray) -> tuple[int, ...]:
    """What linear assignment makes as small as possible, in order."""
    seats = np.bincount(instance.applicant[chosen], minlength=instance.applicants)
    missing = instance.demand - seats
    cost = sum(instance.costs[chosen].tolist())
    if not instance.placements_first:
        cost += sum((instance.stay * missing).tolist())
    luck = 0
    if lottery is not None:
        luck = int((lottery[instance.applicant] * instance.rank)[chosen].sum())
        luck += int((lottery * missing).sum()) * (instance.limit + 1)
    return (int(missing.sum()) if instance.placements_first else 0, cost, luck)
