"""What is wrong with who got what, whatever it costs."""

from typing import NamedTuple, Self

import numpy as np

from matching.instance import Instance
from matching.result import UNMATCHED, BoolArray, IntArray, Result


class Granted(NamedTuple):
    """What a result grants: at (g,) positions in `Instance.offer`, ascending; who (g,) gets
    each; given (n,) seats to each applicant; held (m,) seats at each offer."""

    at: IntArray
    who: IntArray
    given: IntArray
    held: IntArray

    @classmethod
    def of(cls, instance: Instance, chosen: BoolArray) -> Self:
        at = np.flatnonzero(chosen)
        who = np.searchsorted(instance.indptr, at, side="right") - 1
        return cls(
            at,
            who,
            np.bincount(who, minlength=instance.applicants),
            np.bincount(instance.offer[at], minlength=instance.offers),
        )


def malformed(instance: Instance, result: Result) -> list[str]:
    """Objections to arrays that do not say who got which of their choices. O(n)."""
    n, k = instance.applicants, len(instance.offer)
    choice, chosen = result.choice, result.chosen
    if choice.shape != (n,) or choice.dtype.kind not in "iu":
        return [f"choice is not an array of {n} integers"]
    placed = np.flatnonzero(choice != UNMATCHED)
    got = choice[placed]
    foreign = (got < instance.indptr[placed]) | (got >= instance.indptr[placed + 1])
    if foreign.any():
        return [f"applicant {placed[foreign][0]} got what they did not list"]
    if chosen.shape != (k,) or chosen.dtype.kind != "b":
        return [f"chosen is not an array of {k} booleans"]
    return []


def contradictions(result: Result, granted: Granted) -> list[str]:
    """Objections where `choice` is not the first of what is chosen. O(g + n)."""
    first = np.full(len(result.choice), UNMATCHED)
    # backwards, so that the first of each applicant is written last
    first[granted.who[::-1]] = granted.at[::-1]
    differ = np.flatnonzero(first != result.choice)
    return [f"choice and chosen differ for applicant {i}" for i in differ[:1]]


def infeasibilities(instance: Instance, granted: Granted) -> list[str]:
    """Every bound that is not kept, in words. O(g + m + n) and the size of the quotas."""
    given, held = granted.given, granted.held
    wrong = [
        f"offer {j} holds {held[j]} people on {instance.capacity[j]} seats"
        for j in np.flatnonzero(held > instance.capacity)
    ]
    below = (held < instance.min_seats) & ~(instance.may_close & (held == 0))
    wrong += [
        f"offer {j} holds {held[j]} people, but needs {instance.min_seats[j]}"
        for j in np.flatnonzero(below)
    ]
    wrong += [
        f"applicant {i} got {given[i]} seats, but wants {instance.demand[i]}"
        for i in np.flatnonzero(given > instance.demand)
    ]
    return (
        wrong
        + _credits(instance, granted)
        + _clashes(instance, granted)
        + _quotas(instance, granted)
    )


def _credits(instance: Instance, granted: Granted) -> list[str]:
    if instance.credits is None or instance.credit_limit is None:
        return []
    earned = np.zeros(instance.applicants, dtype=np.int64)
    np.add.at(earned, granted.who, instance.credits[instance.offer[granted.at]])
    return [
        f"applicant {i} got {earned[i]} credits, but may have {instance.credit_limit[i]}"
        for i in np.flatnonzero(earned > instance.credit_limit)
    ]


def _clashes(instance: Instance, granted: Granted) -> list[str]:
    """Each holder of the one offer is looked up among the holders of the other."""
    several = granted.given[granted.who] > 1
    if not len(instance.clashes) or not several.any():
        return []
    who, offer = granted.who[several], instance.offer[granted.at[several]]
    by_offer = np.lexsort((who, offer))
    who, offer = who[by_offer], offer[by_offer]
    one, other = instance.clashes.T
    begin, end = np.searchsorted(offer, one), np.searchsorted(offer, one, side="right")
    length = end - begin
    pair = np.repeat(np.arange(len(one)), length)
    holder = who[np.arange(len(pair)) - np.repeat(np.cumsum(length) - length - begin, length)]
    n = instance.applicants
    both = np.isin(other[pair] * n + holder, offer * n + who)
    return [
        f"applicant {i} got the offers {one[c]} and {other[c]}, which clash"
        for i, c in zip(holder[both], pair[both], strict=True)
    ]


def _quotas(instance: Instance, granted: Granted) -> list[str]:
    chosen = np.zeros(len(instance.offer), dtype=np.bool_)
    chosen[granted.at] = True
    wrong = []
    for row, quota in enumerate(instance.quotas):
        count = int(quota.coefficients[chosen[quota.choices]].sum())
        if quota.upper is not None and count > quota.upper:
            wrong.append(f"quota {row} counts {count}, but may not pass {quota.upper}")
        if quota.lower is not None and count < quota.lower:
            wrong.append(f"quota {row} counts {count}, but needs {quota.lower}")
    return wrong
