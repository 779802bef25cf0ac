"""A matching problem as arrays, validated once and frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.errors import InvalidInstance
from matching.result import IntArray

FloatArray = npt.NDArray[np.float64]

EXACT_LIMIT: Final = 2**57
"""Largest cost, and largest worth of a placement, whose sums along a path fit into int64."""

FLOAT_BITS: Final = 40
"""Float costs that are not short decimals are rounded to this many bits below the largest."""

MERIT_SCALE: Final = 100
"""Merit has at most two decimals."""


@dataclass(frozen=True, eq=False, init=False)
class Instance:
    """Applicants with ranked lists of offers that have seats.

    Applicant i ranks `offer[indptr[i]:indptr[i + 1]]`, best first.

    indptr (n + 1,), offer (k,): the lists in CSR form, any integer dtype.
    capacity (m,): seats of each offer.
    cost (k,): cost of each choice, beside `offer`, int or float. Without it the default,
        (100 + weight * merit) * (rank**2 - (limit + 1)**2).
    merit (n,): 0..100 with at most two decimals; 0 without it.
    lottery (n,): integers that break ties; without it drawn from the seed by `solve`.
        Linear assignment makes the sum of lottery * rank least (unplaced: limit + 1), so
        of two alike the higher number fares better; by merit, the lower comes first.
    unplaced (n,): cost of getting nothing. Without it placements come first, cost second.
    weight: weight of merit in the default cost, an integer.
    limit: choices an applicant may make (L); without it the longest list.

    Derived, in exact integers: `costs` (k,) and `stay` (n,), the costs of a choice and of
    staying unplaced in units of 1 / `scale`; `applicant` (k,) and `rank` (k,), whose choice
    it is and which, from 1. `scale` is 1 for integers, 100 when a merit in the default cost
    has decimals, a power of ten for floats that are short decimals (up to six digits):
    nothing is lost. Other floats are rounded to 2**-41 of the largest magnitude, and so the
    total is right to n * 2**-40 of it.

    Raises InvalidInstance, naming the argument, the index and the reason.
    """

    indptr: IntArray
    offer: IntArray
    capacity: IntArray
    cost: IntArray | FloatArray | None
    merit: FloatArray | None
    lottery: IntArray | None
    unplaced: IntArray | FloatArray | None
    weight: int
    limit: int
    applicant: IntArray = field(init=False)
    rank: IntArray = field(init=False)
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
        merit: npt.ArrayLike | None = None,
        lottery: npt.ArrayLike | None = None,
        unplaced: npt.ArrayLike | None = None,
        weight: int = 1,
        limit: int | None = None,
    ) -> None:
        def keep(name: str, value: Any) -> None:
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)

        keep("indptr", _integers("indptr", indptr))
        keep("offer", _integers("offer", offer))
        keep("capacity", _integers("capacity", capacity))
        _check_lists(self.indptr, self.offer, self.capacity)
        n, k = len(self.indptr) - 1, len(self.offer)
        lengths = np.diff(self.indptr)
        keep("applicant", np.repeat(np.arange(n, dtype=np.int64), lengths))
        keep("rank", np.arange(1, k + 1, dtype=np.int64) - np.repeat(self.indptr[:-1], lengths))
        _check_repeats(self.applicant, self.rank, self.offer)

        keep("limit", _limit(limit, lengths))
        keep("weight", _whole("weight", weight, 0))
        keep("merit", None if merit is None else _merit(merit, n))
        keep("lottery", None if lottery is None else _lottery(lottery, n, self.limit))
        keep("cost", None if cost is None else _numbers("cost", cost, k))
        keep("unplaced", None if unplaced is None else _numbers("unplaced", unplaced, n))

        given, scale = _default_costs(self) if self.cost is None else (self.cost, 1)
        costs, stay, scale = _exact(given, self.unplaced, scale)
        if stay is None:
            stay = np.full(n, worth_of_a_placement(self.capacity, self.offer, costs, n))
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
        **others: Any,
    ) -> "Instance":
        """The same from one list of offers an applicant, best first.

        `cost` may be one list an applicant too, or flat. Other arguments as in `Instance`.
        """
        rows = [list(row) for row in lists]
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        return cls(
            indptr=indptr,
            offer=list(chain.from_iterable(rows)),
            capacity=capacity,
            cost=None if cost is None else _flat_costs(cost, rows),
            **others,
        )

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
        optional = {"cost": self.cost, "unplaced": self.unplaced}
        return frozenset(name for name, value in optional.items() if value is not None)

    def in_units(self, total: int) -> float:
        """An exact total of scaled costs in the units of the caller; int where scale is 1."""
        return total if self.scale == 1 else total / self.scale


def worth_of_a_placement(
    capacity: IntArray, offer: IntArray, costs: IntArray, applicants: int
) -> int:
    """A cost of staying unplaced that no saving elsewhere can outweigh.

    At most s = min(n, usable seats) are placed. One placement more can raise the cost of
    the others by at most (s - 1) * (highest - lowest) and adds at most the highest.
    """
    if not len(costs):
        return 0
    listed = np.bincount(offer, minlength=len(capacity))
    seats = min(applicants, int(np.minimum(capacity, listed).sum()))
    highest, lowest = int(costs.max()), int(costs.min())
    worth = highest + seats * (highest - lowest) + 1
    if abs(worth) >= EXACT_LIMIT:
        raise InvalidInstance(
            "cost", f"a range of {highest - lowest} over {seats} seats is too wide to be exact"
        )
    return worth


def _array(argument: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        array = np.array(values)
    except (ValueError, OverflowError, TypeError) as error:
        raise InvalidInstance(argument, f"is not an array of numbers ({error})") from error
    if array.ndim != 1:
        raise InvalidInstance(argument, f"has {array.ndim} dimensions instead of 1")
    return array.astype(np.int64) if not array.size else array


def _integers(argument: str, values: npt.ArrayLike, length: int | None = None) -> IntArray:
    array = _array(argument, values)
    if array.dtype.kind not in "iu":
        raise InvalidInstance(argument, f"has dtype {array.dtype} instead of integers")
    if array.dtype == np.uint64 and (array > np.iinfo(np.int64).max).any():
        index = int(np.argmax(array > np.iinfo(np.int64).max))
        raise InvalidInstance(argument, "does not fit into 64 bits", index)
    _check_length(argument, array, length)
    return array.astype(np.int64)


def _numbers(argument: str, values: npt.ArrayLike, length: int) -> IntArray | FloatArray:
    array = _array(argument, values)
    if array.dtype.kind in "iu":
        return _integers(argument, array, length)
    if array.dtype.kind != "f":
        raise InvalidInstance(argument, f"has dtype {array.dtype} instead of numbers")
    _check_length(argument, array, length)
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        index = int(np.argmin(np.isfinite(numbers)))
        raise InvalidInstance(argument, f"{numbers[index]} is not a finite number", index)
    return numbers


def _check_length(argument: str, array: npt.NDArray[Any], length: int | None) -> None:
    if length is not None and len(array) != length:
        raise InvalidInstance(argument, f"has length {len(array)} instead of {length}")


def _whole(argument: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidInstance(argument, f"{value!r} is not an integer")
    if value < least:
        raise InvalidInstance(argument, f"{value} is below {least}")
    return int(value)


def _check_lists(indptr: IntArray, offer: IntArray, capacity: IntArray) -> None:
    if not len(indptr):
        raise InvalidInstance("indptr", "is empty; without applicants it is [0]")
    if indptr[0] != 0:
        raise InvalidInstance("indptr", f"{indptr[0]} stands where lists begin, at 0", 0)
    falls = np.flatnonzero(np.diff(indptr) < 0)
    if len(falls):
        at = int(falls[0]) + 1
        raise InvalidInstance("indptr", f"{indptr[at]} is below {indptr[at - 1]} before it", at)
    if indptr[-1] != len(offer):
        raise InvalidInstance(
            "indptr", f"ends with {indptr[-1]} but offer has length {len(offer)}", len(indptr) - 1
        )
    outside = np.flatnonzero((offer < 0) | (offer >= len(capacity)))
    if len(outside):
        at = int(outside[0])
        raise InvalidInstance("offer", f"{offer[at]} is not one of 0..{len(capacity) - 1}", at)
    negative = np.flatnonzero(capacity < 0)
    if len(negative):
        at = int(negative[0])
        raise InvalidInstance("capacity", f"{capacity[at]} seats are fewer than none", at)


def _check_repeats(applicant: IntArray, rank: IntArray, offer: IntArray) -> None:
    order = np.lexsort((rank, offer, applicant))
    same = (np.diff(applicant[order]) == 0) & (np.diff(offer[order]) == 0)
    if same.any():
        at = int(order[1:][same].min())
        raise InvalidInstance(
            "offer", f"applicant {applicant[at]} lists offer {offer[at]} twice", at
        )


def _limit(limit: int | None, lengths: IntArray) -> int:
    longest = int(lengths.max(initial=0))
    if limit is None:
        return longest
    limit = _whole("limit", limit, 0)
    if limit < longest:
        who = int(lengths.argmax())
        raise InvalidInstance("limit", f"is {limit}, but applicant {who} lists {longest} offers")
    return limit


def _merit(values: npt.ArrayLike, n: int) -> FloatArray:
    merit = _numbers("merit", values, n).astype(np.float64)
    wrong = np.flatnonzero((merit < 0) | (merit > 100))
    if len(wrong):
        at = int(wrong[0])
        raise InvalidInstance("merit", f"{merit[at]} is not between 0 and 100", at)
    wrong = np.flatnonzero(np.rint(merit * MERIT_SCALE) / MERIT_SCALE != merit)
    if len(wrong):
        at = int(wrong[0])
        raise InvalidInstance("merit", f"{merit[at]} has more than two decimals", at)
    return merit


def _lottery(values: npt.ArrayLike, n: int, limit: int) -> IntArray:
    lottery = _integers("lottery", values, n)
    bound = EXACT_LIMIT // (2 * (limit + 1) * max(n, 1))
    wrong = np.flatnonzero((lottery > bound) | (lottery < -bound))
    if len(wrong):
        at = int(wrong[0])
        raise InvalidInstance("lottery", f"{lottery[at]} is too large to be exact", at)
    return lottery


def _default_costs(instance: Instance) -> tuple[IntArray, int]:
    """(100 + weight * merit) * (rank**2 - (L + 1)**2), times 100 where merit has decimals."""
    merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit
    scale = 1 if (merit == np.rint(merit)).all() else MERIT_SCALE
    # float merits are decimals here, so the rounding only takes the binary dust away
    whole_merit = np.rint(merit * scale).astype(np.int64)
    largest = (100 + instance.weight * 100) * scale * (instance.limit + 1) ** 2
    if largest >= EXACT_LIMIT:
        raise InvalidInstance("weight", f"{instance.weight} makes costs too large to be exact")
    per_applicant = 100 * scale + instance.weight * whole_merit
    per_rank = instance.rank**2 - (instance.limit + 1) ** 2
    return per_applicant[instance.applicant] * per_rank, scale


def _exact(
    costs: IntArray | FloatArray,
    unplaced: IntArray | FloatArray | None,
    scale: int,
) -> tuple[IntArray, IntArray | None, int]:
    """Both on one integer scale."""
    if unplaced is not None and scale != 1:
        # the default cost is in hundredths then; what was given beside it is not
        costs, scale = costs / scale, 1
    floats = [a for a in (costs, unplaced) if a is not None and a.dtype.kind == "f"]
    scale = _decimal_or_binary_scale(floats) if floats else scale
    exact = _scaled("cost", costs, scale) if floats else costs.astype(np.int64)
    if unplaced is None:
        _check_magnitude("cost", exact)
        return exact, None, scale
    stay = _scaled("unplaced", unplaced, scale) if floats else unplaced.astype(np.int64)
    _check_magnitude("cost", exact)
    _check_magnitude("unplaced", stay)
    return exact, stay, scale


def _decimal_or_binary_scale(arrays: list[Any]) -> int:
    values = np.concatenate(arrays)
    largest = float(np.abs(values).max(initial=0.0))
    for digits in range(7):
        scale = 10**digits
        if largest * scale < 2**53 and (np.rint(values * scale) / scale == values).all():
            return int(scale)
    exponent = FLOAT_BITS - int(np.frexp(largest)[1])
    return 1 << max(0, min(exponent, 1000))


def _scaled(argument: str, values: IntArray | FloatArray, scale: int) -> IntArray:
    if values.dtype.kind == "i":
        _check_magnitude(argument, values, EXACT_LIMIT // scale)
        return values.astype(np.int64) * scale
    scaled = np.rint(values * float(scale))
    _check_magnitude(argument, scaled)
    return scaled.astype(np.int64)


def _check_magnitude(
    argument: str, values: IntArray | FloatArray, bound: int = EXACT_LIMIT
) -> None:
    wrong = np.flatnonzero((values >= bound) | (values <= -bound))
    if len(wrong):
        at = int(wrong[0])
        raise InvalidInstance(argument, f"{values[at]} is too large to be exact", at)


def _flat_costs(cost: Iterable[Any], rows: list[list[int]]) -> list[Any]:
    given = list(cost)
    if not given or not isinstance(given[0], Sequence | np.ndarray):
        return given
    for index, (row, prices) in enumerate(zip(rows, given, strict=False)):
        if len(row) != len(prices):
            raise InvalidInstance("cost", f"has {len(prices)} numbers for {len(row)} offers", index)
    if len(rows) != len(given):
        raise InvalidInstance("cost", f"has {len(given)} lists for {len(rows)} applicants")
    return list(chain.from_iterable(given))
