"""What each argument of an instance must be; refused with its name, index and reason."""

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.arrays import (
    COUNT_LIMIT,
    FloatArray,
    booleans,
    check_length,
    counts,
    frozen,
    integers,
    numbers,
    whole,
)
from matching.costs import EXACT_LIMIT, MERIT_SCALE
from matching.errors import InvalidInstance
from matching.result import BoolArray, IntArray

LONG_LIST: Final = 24
"""Lists up to here are searched for repeats by comparing neighbours, longer ones by sorting."""

LARGEST_RANK: Final = 10_000
"""Prices of a rank profile have a column for each rank: a higher one needs a list so long."""

SUM_LIMIT: Final = 2**31
"""Demand stays below, so that sums fit into int64."""

LARGEST_COEFFICIENT: Final = 100_000
"""Of a quota, and of credits: beyond, the solver's tolerance of 1e-6 would hide a whole unit."""


def check_lists(indptr: IntArray, offer: IntArray, capacity: IntArray) -> None:
    if not len(indptr):
        raise InvalidInstance("indptr", "is empty; without applicants it is [0]")
    if indptr[0] != 0:
        raise InvalidInstance("indptr", f"{indptr[0]} stands where lists begin, at 0", 0)
    # compared, not subtracted: a difference of two wild numbers may leave 64 bits
    falls = np.flatnonzero(indptr[1:] < indptr[:-1])
    if len(falls):
        at = int(falls[0]) + 1
        raise InvalidInstance("indptr", f"{indptr[at]} is below {indptr[at - 1]} before it", at)
    if indptr[-1] != len(offer):
        raise InvalidInstance(
            "indptr", f"ends with {indptr[-1]} but offer has length {len(offer)}", len(indptr) - 1
        )
    if len(offer) and (offer.min() < 0 or offer.max() >= len(capacity)):
        at = int(np.argmax((offer < 0) | (offer >= len(capacity))))
        raise InvalidInstance("offer", f"{offer[at]} is not one of 0..{len(capacity) - 1}", at)
    if len(capacity) and capacity.min() < 0:
        at = int(np.argmax(capacity < 0))
        raise InvalidInstance("capacity", f"{capacity[at]} seats are fewer than none", at)
    if len(capacity) and capacity.max() >= COUNT_LIMIT:
        at = int(np.argmax(capacity >= COUNT_LIMIT))
        raise InvalidInstance("capacity", f"{capacity[at]} is too large to be exact", at)


def places(indptr: IntArray, lengths: IntArray) -> IntArray:
    """Where each choice stands in its list, from 1. (k,)."""
    if len(lengths) and (lengths == lengths[0]).all():
        place: IntArray = np.tile(np.arange(1, lengths[0] + 1), len(lengths))
    else:
        place = np.arange(1, int(indptr[-1]) + 1)
        place -= np.repeat(indptr[:-1], lengths)
    frozen(place)
    return place


def check_repeats(indptr: IntArray, offer: IntArray, place: IntArray, longest: int) -> None:
    if longest > LONG_LIST:
        who = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        order = np.lexsort((place, offer, who))
        same = (who[order[1:]] == who[order[:-1]]) & (offer[order[1:]] == offer[order[:-1]])
        again = order[1:][same]
    else:
        again = _repeats_nearby(offer, place, longest)
    if len(again):
        at = int(again.min())
        applicant = int(np.searchsorted(indptr, at, side="right")) - 1
        raise InvalidInstance("offer", f"applicant {applicant} lists offer {offer[at]} twice", at)


def _repeats_nearby(offer: IntArray, place: IntArray, longest: int) -> IntArray:
    """Choices that name what the same list named before. O(k * longest), without a sort."""
    # the fewer bytes a number has, the faster all of them are compared
    small = offer.astype(np.min_scalar_type(int(offer.max(initial=0))))
    # whether the choice `back` before stands in the same list
    same_list = place[1:] > 1
    starts = same_list.copy()
    found = [np.zeros(0, dtype=np.int64)]
    for back in range(1, longest):
        equal = small[back:] == small[:-back]
        equal &= same_list
        if equal.any():
            found.append(np.flatnonzero(equal) + back)
        same_list = same_list[:-1] & starts[back:]
    return np.concatenate(found)


def ranks_of(values: npt.ArrayLike, place: IntArray) -> IntArray:
    ranks = counts("rank", values, len(place), least=1)
    falls = np.flatnonzero((ranks[1:] < ranks[:-1]) & (place[1:] > 1))
    if len(falls):
        at = int(falls[0]) + 1
        raise InvalidInstance("rank", f"{ranks[at]} is below {ranks[at - 1]} before it", at)
    high = int(ranks.max(initial=0))
    if high > max(LARGEST_RANK, int(place.max(initial=0))):
        raise InvalidInstance("rank", f"{high} is above {LARGEST_RANK}", int(ranks.argmax()))
    return ranks


def limit_of(limit: int | None, lengths: IntArray, ranks: IntArray | None) -> int:
    longest = int(lengths.max(initial=0))
    highest = 0 if ranks is None else int(ranks.max(initial=0))
    if limit is None:
        return max(longest, highest)
    limit = whole("limit", limit, 0)
    if limit > max(LARGEST_RANK, longest):
        raise InvalidInstance("limit", f"{limit} is above {LARGEST_RANK}")
    if limit < longest:
        who = int(lengths.argmax())
        raise InvalidInstance("limit", f"is {limit}, but applicant {who} lists {longest} offers")
    if ranks is not None and limit < highest:
        raise InvalidInstance("rank", f"{highest} is above the limit, {limit}", int(ranks.argmax()))
    return limit


def merits_of(values: npt.ArrayLike, n: int, k: int) -> FloatArray:
    merit = numbers("merit", values).astype(np.float64)
    check_length("merit", merit, k if len(merit) == k else n)
    if len(merit) and (merit.min() < 0 or merit.max() > 100):
        at = int(np.argmax((merit < 0) | (merit > 100)))
        raise InvalidInstance("merit", f"{merit[at]} is not between 0 and 100", at)
    longer = np.rint(merit * MERIT_SCALE) / MERIT_SCALE != merit
    if longer.any():
        at = int(np.argmax(longer))
        raise InvalidInstance("merit", f"{merit[at]} has more than two decimals", at)
    frozen(merit)
    return merit


def demand_of(values: npt.ArrayLike | None, n: int) -> IntArray:
    if values is None:
        ones: IntArray = np.ones(n, dtype=np.int64)
        frozen(ones)
        return ones
    return counts("demand", values, n, limit=SUM_LIMIT)


def lottery_of(values: npt.ArrayLike, demand: IntArray, limit: int) -> IntArray:
    lottery = integers("lottery", values, len(demand))
    bound = EXACT_LIMIT // (2 * (limit + 1) * max(int(demand.sum()), 1))
    if len(lottery) and (lottery.max() > bound or lottery.min() < -bound):
        at = int(np.argmax((lottery > bound) | (lottery < -bound)))
        raise InvalidInstance("lottery", f"{lottery[at]} is too large to be exact", at)
    return lottery


def minimums_of(values: npt.ArrayLike | None, capacity: IntArray) -> IntArray:
    if values is None:
        none: IntArray = np.zeros(len(capacity), dtype=np.int64)
        frozen(none)
        return none
    least = counts("min_seats", values, len(capacity))
    over = least > capacity
    if over.any():
        at = int(np.argmax(over))
        raise InvalidInstance("min_seats", f"{least[at]} is above the capacity, {capacity[at]}", at)
    return least


def closings_of(values: npt.ArrayLike | None, min_seats: npt.ArrayLike | None, m: int) -> BoolArray:
    if values is None:
        none: BoolArray = np.zeros(m, dtype=np.bool_)
        frozen(none)
        return none
    if min_seats is None:
        raise InvalidInstance("may_close", "is nothing without min_seats")
    return booleans("may_close", values, m)


def coefficients_of(values: npt.ArrayLike, length: int) -> IntArray:
    weights = integers("coefficients", values, length)
    wild = (weights > LARGEST_COEFFICIENT) | (weights < -LARGEST_COEFFICIENT)
    if wild.any():
        at = int(np.argmax(wild))
        raise InvalidInstance(
            "coefficients", f"{weights[at]} is beyond {LARGEST_COEFFICIENT}; use larger units", at
        )
    return weights


def credits_of(values: npt.ArrayLike, m: int) -> IntArray:
    credits = counts("credits", values, m)
    if len(credits) and credits.max() > LARGEST_COEFFICIENT:
        at = int(credits.argmax())
        raise InvalidInstance(
            "credits", f"{credits[at]} is beyond {LARGEST_COEFFICIENT}; use larger units", at
        )
    return credits


def check_both(**pair: npt.ArrayLike | None) -> None:
    given = [name for name, values in pair.items() if values is not None]
    missing = [name for name in pair if name not in given]
    if given and missing:
        raise InvalidInstance(given[0], f"is nothing without {missing[0]}")


def clashes_of(values: npt.ArrayLike | None, m: int) -> IntArray:
    try:
        pairs = np.asarray(() if values is None else values)
    except ValueError as error:
        raise InvalidInstance("clashes", "is not a table of pairs") from error
    if not pairs.size:
        pairs = np.zeros((0, 2), dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise InvalidInstance("clashes", f"has shape {pairs.shape} instead of (c, 2)")
    both = integers("clashes", pairs.ravel().tolist()).reshape(-1, 2)
    wrong = ((both < 0) | (both >= m)).any(axis=1)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InvalidInstance("clashes", f"{both[at].tolist()} are not both of 0..{m - 1}", at)
    own = both[:, 0] == both[:, 1]
    if own.any():
        at = int(np.argmax(own))
        raise InvalidInstance("clashes", f"offer {both[at, 0]} cannot clash with itself", at)
    return both
