"""Is a result allowed, and is it the best? Answered in one pass, trusting no solver."""

from typing import Final

import numpy as np

from matching.instance import Instance
from matching.lottery import draw_lottery
from matching.result import UNMATCHED, Certificate, IntArray, Result

PRIORITY_POLICIES: Final = frozenset({"serial_dictatorship", "deferred_acceptance"})
"""With one order of merit for all offers both have one result: nobody is passed over."""

LARGEST_PRICE: Final = 2**61
"""Prices beyond this would leave int64 when a cost is added; they prove nothing here."""


def verify(instance: Instance, result: Result) -> Certificate:
    """Check a result against its instance; shares no code with the policies.

    Feasible: everybody has one of their own choices or none, and no offer more people than
    seats. Optimal: for any prices p >= 0, no assignment costs less than
        sum over i of min(stay_i, min over choices (cost + p)) - sum over j of seats_j p_j
    and this one costs exactly that. All in integers, without tolerance. Where placements
    come first, staying costs more than any saving (`worth` below), and the same proof
    covers the number of placements. For policies by merit: no place that someone would
    rather have is free or held by someone after them. O(k + m) and a sort of n.
    """
    objections = _infeasibilities(instance, result)
    if objections:
        return _refused(objections)
    stay = _stay(instance)
    spent, total = _totals(instance, result, stay)
    objections = _wrong_figures(instance, result, spent)
    if result.policy in PRIORITY_POLICIES:
        objections += _passed_over(instance, result)
        return Certificate(
            feasible=True,
            optimal=False,
            bound=None,
            gap=None,
            proof="none" if objections else "policy",
            reasons=tuple(objections),
        )
    useless = _useless_prices(instance, result.prices)
    if useless or result.prices is None:
        reasons = (*objections, *useless)
        return Certificate(
            feasible=True, optimal=False, bound=None, gap=None, proof="none", reasons=reasons
        )
    gap = total - _bound(instance, result.prices, stay)
    if gap:
        objections.append(f"prices leave a gap of {instance.in_units(gap)}")
    closed = not objections
    return Certificate(
        feasible=True,
        optimal=closed,
        bound=instance.in_units(spent - gap),
        gap=instance.in_units(gap),
        proof="prices" if closed else "none",
        reasons=tuple(objections),
    )


def _refused(objections: list[str]) -> Certificate:
    return Certificate(
        feasible=False,
        optimal=False,
        bound=None,
        gap=None,
        proof="none",
        reasons=tuple(objections),
    )


def _infeasibilities(instance: Instance, result: Result) -> list[str]:
    choice, n = result.choice, instance.applicants
    if choice.shape != (n,) or choice.dtype.kind not in "iu":
        return [f"choice is not an array of {n} integers"]
    placed = np.flatnonzero(choice != UNMATCHED)
    got = choice[placed]
    foreign = (got < instance.indptr[placed]) | (got >= instance.indptr[placed + 1])
    if foreign.any():
        return [f"applicant {placed[foreign][0]} got what they did not list"]
    held = np.bincount(instance.offer[got], minlength=instance.offers)
    over = np.flatnonzero(held > instance.capacity)
    return [f"offer {j} holds {held[j]} people on {instance.capacity[j]} seats" for j in over]


def _stay(instance: Instance) -> IntArray:
    """Cost of staying unplaced; where placements come first, recomputed from scratch.

    With at most s placements, one more can raise the cost of the others by no more than
    (s - 1) times the range of costs, and adds no more than the highest.
    """
    if instance.unplaced is not None:
        return instance.stay
    costs, n = instance.costs, instance.applicants
    if not len(costs):
        return np.zeros(n, dtype=np.int64)
    wanted = np.zeros(instance.offers, dtype=np.int64)
    np.add.at(wanted, instance.offer, 1)
    usable = min(
        int(np.minimum(instance.demand, np.diff(instance.indptr)).sum()),
        int(np.minimum(wanted, instance.capacity).sum()),
    )
    worth = int(costs.max()) + usable * (int(costs.max()) - int(costs.min())) + 1
    return np.full(n, worth, dtype=np.int64)


def _totals(instance: Instance, result: Result, stay: IntArray) -> tuple[int, int]:
    """What the result reports, and the same with everybody's staying counted in."""
    placed = result.choice != UNMATCHED
    # Python integers: a sum over many large costs may leave 64 bits
    cost = sum(instance.costs[result.choice[placed]].tolist())
    total = cost + sum(stay[~placed].tolist())
    return (cost if instance.placements_first else total), total


def _wrong_figures(instance: Instance, result: Result, spent: int) -> list[str]:
    placed = int((result.choice != UNMATCHED).sum())
    wrong = []
    if result.placed != placed:
        wrong.append(f"placed says {result.placed}, but {placed} have a place")
    if result.objective != instance.in_units(spent):
        wrong.append(f"objective says {result.objective}, but it is {instance.in_units(spent)}")
    return wrong


def _useless_prices(instance: Instance, prices: IntArray | None) -> list[str]:
    if prices is None:
        return ["no prices"]
    if prices.shape != (instance.offers,) or prices.dtype.kind not in "iu":
        return [f"prices are not an array of {instance.offers} integers"]
    wrong = np.flatnonzero((prices < 0) | (prices >= LARGEST_PRICE))
    return [f"price of offer {j} is out of range: {prices[j]}" for j in wrong[:1]]


def _bound(instance: Instance, prices: IntArray, stay: IntArray) -> int:
    best = stay.copy()
    np.minimum.at(best, instance.applicant, instance.costs + prices[instance.offer])
    priced = np.flatnonzero(prices)
    rent = zip(instance.capacity[priced].tolist(), prices[priced].tolist(), strict=True)
    return int(sum(best.tolist()) - sum(seats * price for seats, price in rent))


def _passed_over(instance: Instance, result: Result) -> list[str]:
    """Objections to a result that is to follow one order of merit."""
    n = instance.applicants
    lottery = instance.lottery
    if lottery is None:
        lottery = draw_lottery(n, result.seed)
    if result.lottery is None or not np.array_equal(lottery, result.lottery):
        return ["lottery is not the one of the instance or the seed"]
    merit = np.zeros(n) if instance.merit is None else instance.merit
    turn = np.empty(n, dtype=np.int64)
    turn[np.lexsort((np.arange(n), lottery, -merit))] = np.arange(n)

    placed = np.flatnonzero(result.choice != UNMATCHED)
    offer_of = instance.offer[result.choice[placed]]
    held = np.bincount(offer_of, minlength=instance.offers)
    last = np.full(instance.offers, -1)
    np.maximum.at(last, offer_of, turn[placed])
    last[held < instance.capacity] = n  # whoever wants a free seat comes before nobody

    got = np.where(result.choice == UNMATCHED, instance.indptr[1:], result.choice)
    rather = np.arange(len(instance.offer)) < got[instance.applicant]
    blocked = rather & (turn[instance.applicant] < last[instance.offer])
    return [
        f"applicant {instance.applicant[e]} is passed over at offer {instance.offer[e]}"
        for e in np.flatnonzero(blocked)[:1]
    ]
