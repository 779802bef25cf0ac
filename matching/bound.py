"""What no assignment can stay below, computed from prices: weak duality, compared in order.

A proof has one component (cost), two (cost, then lottery * rank) or as many as there are
ranks. Every amount below is a vector of components, compared like words in a dictionary;
with one component all of it is plain linear programming duality. Sherali & Soyster (1983),
"Preemptive and nonpreemptive multi-objective programming", for more than one.
"""

from collections.abc import Callable, Sequence
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from matching.instance import Instance
from matching.result import IntArray

LARGEST_PRICE: Final = 2**60
"""Costs, prices of offers and prices of quotas together stay within int64."""

FAR: Final = np.iinfo(np.int64).max
HALF: Final = 32


class Component(NamedTuple):
    """One number of each vector.

    `cost` gives (e,) for positions in `Instance.offer`, or for all of them; `stay` (n,) for
    a wanted seat that is not given; `prices` (m,); `quota_prices` (rows,).
    """

    name: str
    cost: Callable[[IntArray | slice], IntArray]
    stay: IntArray
    prices: IntArray
    quota_prices: IntArray


def totals(components: Sequence[Component], granted: IntArray, missing: IntArray) -> list[int]:
    """What an assignment amounts to; granted (g,) positions, missing (n,) seats not given."""
    return [
        exact_sum(component.cost(granted)) + exact_dot(component.stay, missing)
        for component in components
    ]


def lower_bound(instance: Instance, components: Sequence[Component]) -> list[int]:
    """No feasible assignment amounts to less, whatever the prices with usable signs.

    O(k) a component, and less where the ones before leave few choices tight.
    """
    wants_more = bool((instance.demand > 1).any())
    least = _least_by_sorting if wants_more else _least_of_one
    rents = _rents(instance, components)
    return [sums - rent for sums, rent in zip(least(instance, components), rents, strict=True)]


def unusable_prices(instance: Instance, components: Sequence[Component]) -> list[str]:
    """Objections: too large, or of a sign for which there is no bound."""
    for component in components:
        for prices, whose in ((component.prices, "offer"), (component.quota_prices, "quota")):
            wild = np.flatnonzero((prices > LARGEST_PRICE) | (prices < -LARGEST_PRICE))
            if len(wild):
                return [f"price of {whose} {wild[0]} is out of range: {prices[wild[0]]}"]
        if _quota_size(instance, component) > LARGEST_PRICE:
            return ["prices of quotas are out of range together"]
    sign = _signs([component.prices for component in components], instance.offers)
    floor = (instance.min_seats > 0) & ~instance.may_close
    for j in np.flatnonzero((sign < 0) & ~floor)[:1]:
        return [f"price of offer {j} is below 0, but it has no minimum to keep"]
    signs = _signs(
        [component.quota_prices for component in components], len(instance.quotas)
    ).tolist()
    for row, (quota, side) in enumerate(zip(instance.quotas, signs, strict=True)):
        if (side > 0 and quota.upper is None) or (side < 0 and quota.lower is None):
            return [f"price of quota {row} has the sign of a bound that it lacks"]
    return []


def exact_sum(values: IntArray) -> int:
    """The sum, which may leave 64 bits; up to 2**31 values."""
    low = values & ((1 << HALF) - 1)
    return (int((values >> HALF).sum()) << HALF) + int(low.sum())


def exact_dot(values: IntArray, times: IntArray) -> int:
    """The sum of products, in Python integers where a factor is not 0 or 1."""
    ones = times == 1
    more = np.flatnonzero(~ones & (times != 0))
    several = sum(map(mul, values[more].tolist(), times[more].tolist()))
    return exact_sum(values[ones]) + int(several)


def _least_of_one(instance: Instance, components: Sequence[Component]) -> list[int]:
    """Sum over applicants of their least option, where nobody wants more than one seat.

    Component by component only the options that were least so far stay in play.
    """
    lengths = np.diff(instance.indptr)
    present = np.flatnonzero(lengths)
    lengths = lengths[present]
    begins = instance.indptr[present]
    edges: IntArray | slice = slice(None)
    may_stay = np.ones(instance.applicants, dtype=np.bool_)
    wants = instance.demand > 0
    sums = []
    for component in components:
        values = _values(instance, component, edges)
        best = np.where(may_stay, component.stay, FAR)
        if len(present):
            best[present] = np.minimum(best[present], np.minimum.reduceat(values, begins))
        sums.append(exact_sum(best[wants]))
        if component is components[-1] or not len(present):
            continue
        tight = values == np.repeat(best[present], lengths)
        may_stay &= component.stay == best
        lengths = np.add.reduceat(tight, begins, dtype=np.int64)
        edges = np.flatnonzero(tight) if isinstance(edges, slice) else edges[tight]
        present, lengths = present[lengths > 0], lengths[lengths > 0]
        begins = np.cumsum(lengths) - lengths
    return sums


def _least_by_sorting(instance: Instance, components: Sequence[Component]) -> list[int]:
    """Sum over applicants of as many least options as they want seats. A sort of k."""
    who = instance.applicant
    values = [_values(instance, component, slice(None)) for component in components]
    stays = [component.stay[who] for component in components]
    worse = np.zeros(len(who), dtype=np.bool_)
    level = np.ones(len(who), dtype=np.bool_)
    for value, stay in zip(values, stays, strict=True):
        worse |= level & (value > stay)
        level &= value == stay
    capped = [np.where(worse, s, v) for v, s in zip(values, stays, strict=True)]
    order = np.lexsort((*reversed(capped), who))
    place = np.arange(len(who)) - instance.indptr[who]
    taken = order[place < instance.demand[who]]
    rest = np.maximum(instance.demand - np.diff(instance.indptr), 0)
    return [
        exact_sum(value[taken]) + exact_dot(component.stay, rest)
        for value, component in zip(capped, components, strict=True)
    ]


def _values(instance: Instance, component: Component, edges: IntArray | slice) -> IntArray:
    values: IntArray = component.prices[instance.offer[edges]]
    values += component.cost(edges)
    if component.quota_prices.any():
        extra = np.zeros(len(instance.offer), dtype=np.int64)
        for quota, price in zip(instance.quotas, component.quota_prices, strict=True):
            extra[quota.choices] += quota.coefficients * price
        values += extra[edges]
    return values


def _rents(instance: Instance, components: Sequence[Component]) -> list[int]:
    """What all bounds give back at their prices."""
    sign = _signs([component.prices for component in components], instance.offers)
    seats = np.where(sign > 0, instance.capacity, instance.min_seats)
    signs = _signs(
        [component.quota_prices for component in components], len(instance.quotas)
    ).tolist()
    bounds = [
        (quota.upper if side > 0 else quota.lower) or 0
        for quota, side in zip(instance.quotas, signs, strict=True)
    ]
    rents = []
    for component in components:
        priced = np.flatnonzero(component.prices)
        rent = sum(map(mul, component.prices[priced].tolist(), seats[priced].tolist()))
        rents.append(rent + sum(map(mul, component.quota_prices.tolist(), bounds)))
    return rents


def _signs(columns: Sequence[IntArray], length: int) -> IntArray:
    """The sign of each vector: that of its first component that is not 0."""
    sign: IntArray = np.zeros(length, dtype=np.int64)
    for column in columns:
        sign = np.where(sign == 0, np.sign(column), sign)
    return sign


def _quota_size(instance: Instance, component: Component) -> int:
    """The most that the quotas can add to one choice, or take from it."""
    return sum(
        abs(price) * int(np.abs(quota.coefficients).max(initial=0))
        for quota, price in zip(instance.quotas, component.quota_prices.tolist(), strict=True)
    )
