"""Figures that describe a result: how well people fared, and who was passed over."""

import numpy as np
import numpy.typing as npt

from matching.arrays import FloatArray
from matching.instance import Instance
from matching.result import UNMATCHED, BoolArray, IntArray, Result


def rank_profile(instance: Instance, result: Result) -> IntArray:
    """How many seats were given to a first choice, to a second, ...

    Returns (L,) with L the limit of the instance. O(k).
    """
    return profile_of(instance, result.chosen)


def profile_of(instance: Instance, chosen: BoolArray) -> IntArray:
    """The rank profile (L,) of granted choices (k,)."""
    ranks = instance.rank[chosen]
    return np.bincount(ranks - 1, minlength=instance.limit).astype(np.int64)


def unplaced_reasons(instance: Instance, result: Result) -> npt.NDArray[np.str_]:
    """Why each unplaced applicant got nothing.

    Returns (n,) of "" for the placed, "no_choices" for an empty list, "no_seats" when all
    listed offers have zero seats, "all_full" when every listed seat went to others, and
    "outweighed" when a seat is left but costs more than staying unplaced, or is kept back
    by a minimum or a quota. O(k).
    """
    n, m = instance.applicants, instance.offers
    free = instance.capacity - np.bincount(instance.offer[result.chosen], minlength=m)
    listed = np.diff(instance.indptr)
    with_seats = np.bincount(instance.applicant[instance.capacity[instance.offer] > 0], minlength=n)
    with_room = np.bincount(instance.applicant[free[instance.offer] > 0], minlength=n)
    return np.select(
        [result.choice != UNMATCHED, listed == 0, with_seats == 0, with_room == 0],
        ["", "no_choices", "no_seats", "all_full"],
        default="outweighed",
    )


def merits(instance: Instance) -> FloatArray:
    """Merit in the eyes of the offer of each choice, 0 where none was given. (k,)."""
    if instance.merit is None:
        return np.zeros(len(instance.offer))
    if len(instance.merit) == instance.applicants:
        return instance.merit[instance.applicant]
    return instance.merit


def last_admitted(instance: Instance, result: Result) -> IntArray:
    """The granted choice that stands last at each offer, by merit and then by lottery.

    Returns (m,) positions in `offer`; UNMATCHED where nobody was admitted. Where the result
    has no lottery, equals stand in the order of applicants. O(k + f log f), f seats given.
    """
    granted = np.flatnonzero(result.chosen)
    merit, luck = merits(instance)[granted], lottery_of_choices(instance, result)[granted]
    in_order = granted[np.lexsort((luck, -merit, instance.offer[granted]))]
    last = np.full(instance.offers, UNMATCHED)
    last[instance.offer[in_order]] = in_order
    return last


def lottery_of_choices(instance: Instance, result: Result) -> IntArray:
    """Lottery number of who made each choice, 0 where the result has none. (k,)."""
    if result.lottery is None:
        return np.zeros(len(instance.offer), dtype=np.int64)
    return result.lottery[instance.applicant]


def cutoffs(instance: Instance, result: Result) -> FloatArray:
    """Lowest admitted merit of each offer.

    Returns (m,); -inf where seats remain, since anyone eligible would get in, and inf where
    there were none. The score of who would have got in under deferred acceptance and serial
    dictatorship; a description, no more, under other policies. O(k).
    Azevedo & Leshno (2016), "A supply and demand framework for two-sided matching".
    """
    last = last_admitted(instance, result)
    held = np.bincount(instance.offer[result.chosen], minlength=instance.offers)
    merit = np.append(merits(instance), np.inf)[last]
    return np.where(held < instance.capacity, -np.inf, merit)


def rather(instance: Instance, result: Result) -> BoolArray:
    """The choices that an applicant would rather have than what they got. (k,).

    With a demand above 1: all that were not granted while seats are missing, and otherwise
    those ranked above the last of the granted.
    """
    granted = np.flatnonzero(result.chosen)
    who = instance.applicant[granted]
    worst = np.zeros(instance.applicants, dtype=np.int64)
    np.maximum.at(worst, who, instance.rank[granted])
    worst[np.bincount(who, minlength=instance.applicants) < instance.demand] = instance.limit + 1
    return ~result.chosen & (instance.rank < worst[instance.applicant])


def blocking_choices(instance: Instance, result: Result) -> IntArray:
    """Choices that somebody was passed over for: justified envy, or a seat left empty.

    Returns positions in `offer`, ascending: choices which an applicant would rather have and
    whose offer has a free seat or holds someone of less merit, ties by the lower lottery
    number. Whatever rule caused it (a quota, a minimum, the total cost): it is counted.
    Without a lottery, equal merit is no reason to come first. O(k + f log f), f seats given.
    """
    wanted = np.flatnonzero(rather(instance, result))
    offer = instance.offer[wanted]
    merit, luck = merits(instance), lottery_of_choices(instance, result)
    held = np.bincount(instance.offer[result.chosen], minlength=instance.offers)
    free = held[offer] < instance.capacity[offer]
    last = last_admitted(instance, result)[offer]
    ahead = merit[wanted] > merit[last]
    ahead |= (merit[wanted] == merit[last]) & (luck[wanted] < luck[last])
    blocking: IntArray = wanted[free | ((last != UNMATCHED) & ahead)]
    return blocking
