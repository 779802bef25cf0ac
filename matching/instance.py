"""A matching problem as arrays, validated once and frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from os import PathLike
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from matching.arrays import (
    COUNT_LIMIT,
    FloatArray,
    booleans,
    counts,
    frozen,
    integers,
    numbers,
    whole,
)
from matching.costs import (
    EXACT_LIMIT,
    MERIT_SCALE,
    default_costs,
    exact_costs,
    worth_of_a_placement,
)
from matching.errors import InvalidInstance
from matching.exchange import from_json, read_npz, to_json, write_npz
from matching.result import BoolArray, IntArray

LONG_LIST: Final = 24
"""Lists up to here are searched for repeats by comparing neighbours, longer ones by sorting."""

SUM_LIMIT: Final = 2**31
"""Demand and credits stay below, so that their sums fit into int64."""


@dataclass(frozen=True, eq=False, init=False)
class Quota:
    """Bounds on a weighted count of granted choices.

    lower <= sum of coefficients[r] over the granted choices[r] <= upper. `choices` (c,) are
    positions in `Instance.offer`, each at most once; `coefficients` (c,) integers of either
    sign. A bound of None limits nothing. Raises InvalidInstance.
    """

    choices: IntArray
    coefficients: IntArray
    lower: int | None = None
    upper: int | None = None

    def __init__(
        self,
        choices: npt.ArrayLike,
        coefficients: npt.ArrayLike,
        lower: int | None = None,
        upper: int | None = None,
    ) -> None:
        at = integers("choices", choices)
        ordered = np.sort(at)
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(again):
            raise InvalidInstance("choices", f"name choice {again[0]} twice")
        weights = integers("coefficients", coefficients, len(at))
        # in Python integers: the sum is what may not fit
        if sum(map(abs, weights.tolist())) >= EXACT_LIMIT:
            raise InvalidInstance("coefficients", "are too large to be exact")
        bounds = {"lower": lower, "upper": upper}
        for name, bound in bounds.items():
            if bound is not None and abs(whole(name, bound, -EXACT_LIMIT)) >= EXACT_LIMIT:
                raise InvalidInstance(name, f"{bound} is too large to be exact")
        if lower is not None and upper is not None and lower > upper:
            raise InvalidInstance("lower", f"{lower} is above upper, {upper}")
        object.__setattr__(self, "choices", at)
        object.__setattr__(self, "coefficients", weights)
        for name, bound in bounds.items():
            object.__setattr__(self, name, None if bound is None else int(bound))


@dataclass(frozen=True, eq=False, init=False)
class Instance:
    """Applicants with ranked lists of offers that have seats.

    Applicant i ranks `offer[indptr[i]:indptr[i + 1]]`, best first.

    indptr (n + 1,), offer (k,): the lists in CSR form, any integer dtype.
    capacity (m,): seats of each offer.
    cost (k,): cost of each choice, beside `offer`, int or float. Without it the default,
        (100 + weight * merit) * (rank**2 - (limit + 1)**2).
    rank (k,): from 1, not falling along a list; equal ranks are ties. Without it 1, 2, 3, ...
    merit (n,) per applicant, or (k,) per choice where offers score their own way: 0..100
        with at most two decimals; 0 without it. Where n = k it is read per applicant.
    lottery (n,): integers that break ties. Linear assignment makes the sum of
        lottery * rank least (a seat not given: limit + 1), so of two alike the higher
        number fares better; by merit, the lower comes first.
    unplaced (n,): cost of each wanted seat that is not given. Without it placements come
        first, cost second.
    weight: weight of merit in the default cost, an integer.
    limit: choices an applicant may make (L); without it the longest list, or the highest
        rank where that is more.
    min_seats (m,): no fewer people than this at an offer; 0 without it.
    may_close (m,): whether an offer may stay empty instead of meeting its minimum.
    demand (n,): seats that each applicant wants, at different offers; 1 without it.
    credits (m,), credit_limit (n,): what one gets may not exceed one's limit in total;
        both or neither, None without them.
    clashes (c, 2): pairs of offers that nobody gets both of.
    quotas: bounds on weighted counts of granted choices.

    Derived, in exact integers: `costs` (k,) and `stay` (n,), the costs of a choice and of a
    wanted seat not given in units of 1 / `scale`; `applicant` (k,), whose choice it is.
    `scale` is 1 for integers, 100 when a merit in the default cost has decimals, a power of
    ten for floats that are short decimals (up to six digits): nothing is lost. Other floats
    are rounded to 2**-41 of the largest magnitude, and so the total is right to n * 2**-40
    of it. Where a placement has to outweigh the costs of more than 2**14 seats, fewer bits
    are left for them: 2**-36 of the largest at a million seats.

    All arrays are frozen, and copied only where the caller could still change them. O(k),
    or a sort of k where a list is longer than LONG_LIST.
    Raises InvalidInstance, naming the argument, the index and the reason.
    """

    indptr: IntArray
    offer: IntArray
    capacity: IntArray
    cost: IntArray | FloatArray | None
    rank: IntArray
    merit: FloatArray | None
    lottery: IntArray | None
    unplaced: IntArray | FloatArray | None
    weight: int
    limit: int
    min_seats: IntArray
    may_close: BoolArray
    demand: IntArray
    credits: IntArray | None
    credit_limit: IntArray | None
    clashes: IntArray
    quotas: tuple[Quota, ...]
    costs: IntArray = field(init=False)
    stay: IntArray = field(init=False)
    scale: int = field(init=False)

    def __init__(
        self,
        *,
        indptr: npt.ArrayLike,
        offer: npt.ArrayLike,
        capacity: npt.ArrayLike,
        cost: npt.ArrayLike | None = None,
        rank: npt.ArrayLike | None = None,
        merit: npt.ArrayLike | None = None,
        lottery: npt.ArrayLike | None = None,
        unplaced: npt.ArrayLike | None = None,
        weight: int = 1,
        limit: int | None = None,
        min_seats: npt.ArrayLike | None = None,
        may_close: npt.ArrayLike | None = None,
        demand: npt.ArrayLike | None = None,
        credits: npt.ArrayLike | None = None,
        credit_limit: npt.ArrayLike | None = None,
        clashes: npt.ArrayLike | None = None,
        quotas: Iterable[Quota] = (),
    ) -> None:
        def keep(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        keep("indptr", integers("indptr", indptr))
        keep("offer", integers("offer", offer))
        keep("capacity", integers("capacity", capacity))
        _check_lists(self.indptr, self.offer, self.capacity)
        n, m, k = len(self.indptr) - 1, len(self.capacity), len(self.offer)
        lengths = np.diff(self.indptr)
        place = _places(self.indptr, lengths)
        _check_repeats(self.indptr, self.offer, place, int(lengths.max(initial=0)))

        ranks = place if rank is None else _ranks(rank, place)
        keep("rank", ranks)
        keep("limit", _limit(limit, lengths, None if rank is None else ranks))
        keep("weight", whole("weight", weight, 0))
        keep("merit", None if merit is None else _merit(merit, n, k))
        keep("cost", None if cost is None else numbers("cost", cost, k))
        keep("unplaced", None if unplaced is None else numbers("unplaced", unplaced, n))
        keep("demand", _demand(demand, n))
        keep("lottery", None if lottery is None else _lottery(lottery, self.demand, self.limit))

        keep("min_seats", _minimums(min_seats, self.capacity))
        keep("may_close", _may_close(may_close, min_seats, m))
        _check_both(credits=credits, credit_limit=credit_limit)
        keep("credits", None if credits is None else counts("credits", credits, m, limit=SUM_LIMIT))
        keep(
            "credit_limit",
            None if credit_limit is None else counts("credit_limit", credit_limit, n),
        )
        keep("clashes", _clashes(clashes, m))
        keep("quotas", _quotas(quotas, k))

        wanted, scale = self.cost, 1
        if wanted is None:
            wanted, scale = default_costs(ranks, lengths, self.merit, self.weight, self.limit)
        seats = _seats(self, lengths) if self.unplaced is None else 0
        costs, stay, scale = exact_costs(wanted, self.unplaced, scale, seats)
        if stay is None:
            stay = frozen(np.full(n, worth_of_a_placement(costs, seats)))
        keep("costs", costs)
        keep("stay", stay)
        keep("scale", scale)

    @classmethod
    def from_lists(
        cls,
        lists: Iterable[Sequence[int]],
        capacity: npt.ArrayLike,
        *,
        cost: Iterable[Any] | None = None,
        rank: Iterable[Any] | None = None,
        merit: Iterable[Any] | None = None,
        **others: Any,
    ) -> Self:
        """The same from one list of offers an applicant, best first.

        `cost`, `rank` and `merit` may be one list an applicant too, or flat. Other arguments
        as in `Instance`.
        """
        rows = [list(row) for row in lists]
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        return cls(
            indptr=indptr,
            offer=list(chain.from_iterable(rows)),
            capacity=capacity,
            cost=None if cost is None else _flat("cost", cost, rows),
            rank=None if rank is None else _flat("rank", rank, rows),
            merit=None if merit is None else _flat("merit", merit, rows),
            **others,
        )

    @classmethod
    def from_npz(cls, path: str | PathLike[str]) -> Self:
        """What `to_npz` wrote. Raises InvalidInstance for anything else."""
        return cls._from_arguments(read_npz(path))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` gave, in any layout. Raises InvalidInstance for anything else."""
        return cls._from_arguments(from_json(text))

    def to_npz(self, path: str | PathLike[str]) -> None:
        """Write the arguments to a file that numpy alone can read."""
        write_npz(path, self._arguments())

    def to_json(self) -> str:
        """The arguments as JSON; equal instances give equal texts."""
        return to_json(self._arguments())

    @classmethod
    def _from_arguments(cls, arguments: dict[str, Any]) -> Self:
        quotas = [Quota(**row) for row in arguments.pop("quotas", ())]
        return cls(**arguments, quotas=quotas)

    def _arguments(self) -> dict[str, Any]:
        """What makes this instance, without what follows from the rest."""
        place = _places(self.indptr, np.diff(self.indptr))
        defaults = {
            "rank": np.array_equal(self.rank, place),
            "min_seats": not self.min_seats.any() and not self.may_close.any(),
            "may_close": not self.may_close.any(),
            "demand": bool((self.demand == 1).all()),
            "clashes": not len(self.clashes),
        }
        arguments = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("costs", "stay", "scale", "quotas")
            and not defaults.get(name)
            and getattr(self, name) is not None
        }
        if self.quotas:
            arguments["quotas"] = [
                {name: getattr(quota, name) for name in Quota.__dataclass_fields__}
                for quota in self.quotas
            ]
        return arguments

    @cached_property
    def applicant(self) -> IntArray:
        """Whose choice each is. (k,), computed when first asked for."""
        who: IntArray = np.repeat(np.arange(self.applicants), np.diff(self.indptr))
        frozen(who)
        return who

    @property
    def applicants(self) -> int:
        """n."""
        return len(self.indptr) - 1

    @property
    def offers(self) -> int:
        """m."""
        return len(self.capacity)

    @property
    def placements_first(self) -> bool:
        """Whether one more placement outweighs any saving in cost."""
        return self.unplaced is None

    @property
    def asks_for(self) -> frozenset[str]:
        """What a policy has to handle to be allowed to solve this instance."""
        asked = {
            "cost": self.cost is not None,
            "unplaced": self.unplaced is not None,
            "min_seats": bool(self.min_seats.any()),
            "demand": bool((self.demand != 1).any()),
            "credits": self.credits is not None,
            "clashes": len(self.clashes) > 0,
            "quotas": len(self.quotas) > 0,
        }
        return frozenset(name for name, is_asked in asked.items() if is_asked)

    def in_units(self, total: int) -> float:
        """An exact total of scaled costs in the units of the caller; int where scale is 1."""
        return total if self.scale == 1 else total / self.scale


def _check_lists(indptr: IntArray, offer: IntArray, capacity: IntArray) -> None:
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


def _places(indptr: IntArray, lengths: IntArray) -> IntArray:
    """Where each choice stands in its list, from 1. (k,)."""
    if len(lengths) and (lengths == lengths[0]).all():
        place: IntArray = np.tile(np.arange(1, lengths[0] + 1), len(lengths))
    else:
        place = np.arange(1, int(indptr[-1]) + 1)
        place -= np.repeat(indptr[:-1], lengths)
    frozen(place)
    return place


def _check_repeats(indptr: IntArray, offer: IntArray, place: IntArray, longest: int) -> None:
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


def _ranks(values: npt.ArrayLike, place: IntArray) -> IntArray:
    ranks = counts("rank", values, len(place), least=1)
    falls = np.flatnonzero((ranks[1:] < ranks[:-1]) & (place[1:] > 1))
    if len(falls):
        at = int(falls[0]) + 1
        raise InvalidInstance("rank", f"{ranks[at]} is below {ranks[at - 1]} before it", at)
    return ranks


def _limit(limit: int | None, lengths: IntArray, ranks: IntArray | None) -> int:
    longest = int(lengths.max(initial=0))
    highest = 0 if ranks is None else int(ranks.max(initial=0))
    if limit is None:
        return max(longest, highest)
    limit = whole("limit", limit, 0)
    if limit < longest:
        who = int(lengths.argmax())
        raise InvalidInstance("limit", f"is {limit}, but applicant {who} lists {longest} offers")
    if ranks is not None and limit < highest:
        raise InvalidInstance("rank", f"{highest} is above the limit, {limit}", int(ranks.argmax()))
    return limit


def _merit(values: npt.ArrayLike, n: int, k: int) -> FloatArray:
    given = np.shape(values)
    merit = numbers("merit", values, k if given == (k,) and k != n else n).astype(np.float64)
    if len(merit) and (merit.min() < 0 or merit.max() > 100):
        at = int(np.argmax((merit < 0) | (merit > 100)))
        raise InvalidInstance("merit", f"{merit[at]} is not between 0 and 100", at)
    longer = np.rint(merit * MERIT_SCALE) / MERIT_SCALE != merit
    if longer.any():
        at = int(np.argmax(longer))
        raise InvalidInstance("merit", f"{merit[at]} has more than two decimals", at)
    frozen(merit)
    return merit


def _demand(values: npt.ArrayLike | None, n: int) -> IntArray:
    if values is None:
        ones: IntArray = np.ones(n, dtype=np.int64)
        frozen(ones)
        return ones
    return counts("demand", values, n, limit=SUM_LIMIT)


def _lottery(values: npt.ArrayLike, demand: IntArray, limit: int) -> IntArray:
    lottery = integers("lottery", values, len(demand))
    bound = EXACT_LIMIT // (2 * (limit + 1) * max(int(demand.sum()), 1))
    if len(lottery) and (lottery.max() > bound or lottery.min() < -bound):
        at = int(np.argmax((lottery > bound) | (lottery < -bound)))
        raise InvalidInstance("lottery", f"{lottery[at]} is too large to be exact", at)
    return lottery


def _minimums(values: npt.ArrayLike | None, capacity: IntArray) -> IntArray:
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


def _may_close(values: npt.ArrayLike | None, min_seats: npt.ArrayLike | None, m: int) -> BoolArray:
    if values is None:
        none: BoolArray = np.zeros(m, dtype=np.bool_)
        frozen(none)
        return none
    if min_seats is None:
        raise InvalidInstance("may_close", "is nothing without min_seats")
    return booleans("may_close", values, m)


def _check_both(**pair: npt.ArrayLike | None) -> None:
    given = [name for name, values in pair.items() if values is not None]
    missing = [name for name in pair if name not in given]
    if given and missing:
        raise InvalidInstance(given[0], f"is nothing without {missing[0]}")


def _clashes(values: npt.ArrayLike | None, m: int) -> IntArray:
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


def _quotas(quotas: Iterable[Quota], k: int) -> tuple[Quota, ...]:
    kept = tuple(quotas)
    for index, quota in enumerate(kept):
        if not isinstance(quota, Quota):
            raise InvalidInstance("quotas", f"{quota!r} is not a Quota", index)
        outside = (quota.choices < 0) | (quota.choices >= k)
        if outside.any():
            wrong = quota.choices[np.argmax(outside)]
            raise InvalidInstance("quotas", f"choice {wrong} is not one of 0..{k - 1}", index)
    return kept


def _seats(instance: Instance, lengths: IntArray) -> int:
    """The most seats that can be given, by what is wanted and what is listed."""
    usable = np.minimum(instance.capacity, np.bincount(instance.offer, minlength=instance.offers))
    return min(int(np.minimum(instance.demand, lengths).sum()), int(usable.sum()))


def _flat(argument: str, values: Iterable[Any], rows: list[list[int]]) -> list[Any]:
    given = list(values)
    if not given or not isinstance(given[0], Sequence | np.ndarray):
        return given
    for index, (row, one) in enumerate(zip(rows, given, strict=False)):
        if len(row) != len(one):
            raise InvalidInstance(argument, f"has {len(one)} numbers for {len(row)} offers", index)
    if len(rows) != len(given):
        raise InvalidInstance(argument, f"has {len(given)} lists for {len(rows)} applicants")
    return list(chain.from_iterable(given))
