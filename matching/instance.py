"""A matching problem as arrays, validated once and frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from os import PathLike
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matching.arrays import (
    FloatArray,
    counts,
    frozen,
    integers,
    numbers,
    whole,
)
from matching.checks import (
    check_both,
    check_lists,
    check_repeats,
    clashes_of,
    closings_of,
    coefficients_of,
    credits_of,
    demand_of,
    limit_of,
    lottery_of,
    merits_of,
    minimums_of,
    places,
    ranks_of,
)
from matching.costs import (
    EXACT_LIMIT,
    check_chain,
    default_costs,
    exact_costs,
    worth_of_a_placement,
)
from matching.errors import InvalidInstance
from matching.exchange import from_json, read_npz, to_json, write_npz
from matching.result import BoolArray, IntArray


@dataclass(frozen=True, eq=False, init=False)
class Quota:
    """Bounds on a weighted count of granted choices.

    lower <= sum of coefficients[r] over the granted choices[r] <= upper. `choices` (c,) are
    positions in `Instance.offer`, each at most once; `coefficients` (c,) integers of either
    sign, up to 100,000: what is counted finer needs larger units. A bound of None limits
    nothing. Raises InvalidInstance.
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
        weights = coefficients_of(coefficients, len(at))
        bounds = {"lower": lower, "upper": upper}
        for name, bound in bounds.items():
            if bound is not None:
                whole(name, bound, 1 - EXACT_LIMIT, EXACT_LIMIT)
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
    credits (m,) up to 100,000, credit_limit (n,): what one gets may not exceed one's limit
        in total; both or neither, None without them.
    clashes (c, 2): pairs of offers that nobody gets both of.
    quotas: bounds on weighted counts of granted choices.

    Derived, in exact integers: `costs` (k,) and `stay` (n,), the costs of a choice and of a
    wanted seat not given in units of 1 / `scale`; `applicant` (k,), whose choice it is.
    `scale` is 1 for integers, 100 when a merit in the default cost has decimals, a power of
    ten for floats that are short decimals (up to six digits): nothing is lost. Other floats
    are rounded by at most 2**-40 of the largest magnitude, that of `unplaced` included: so
    the total is right to n * 2**-40 of it, and no assignment is better by n * 2**-39. Where a
    placement has to outweigh the costs of 2**15 seats or more, fewer bits are left for them:
    2**-35 of the largest at a million seats.

    All arrays are frozen, and copied only where the caller could still change them. O(k),
    or a sort of k where a list is longer than `checks.LONG_LIST`.
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
        check_lists(self.indptr, self.offer, self.capacity)
        n, m, k = len(self.indptr) - 1, len(self.capacity), len(self.offer)
        lengths = np.diff(self.indptr)
        place = places(self.indptr, lengths)
        check_repeats(self.indptr, self.offer, place, int(lengths.max(initial=0)))

        ranks = place if rank is None else ranks_of(rank, place)
        keep("rank", ranks)
        keep("limit", limit_of(limit, lengths, None if rank is None else ranks))
        keep("weight", whole("weight", weight, 0))
        keep("merit", None if merit is None else merits_of(merit, n, k))
        keep("cost", None if cost is None else numbers("cost", cost, k))
        keep("unplaced", None if unplaced is None else numbers("unplaced", unplaced, n))
        keep("demand", demand_of(demand, n))
        keep("lottery", None if lottery is None else lottery_of(lottery, self.demand, self.limit))

        keep("min_seats", minimums_of(min_seats, self.capacity))
        keep("may_close", closings_of(may_close, min_seats, m))
        check_both(credits=credits, credit_limit=credit_limit)
        keep("credits", None if credits is None else credits_of(credits, m))
        keep(
            "credit_limit",
            None if credit_limit is None else counts("credit_limit", credit_limit, n),
        )
        keep("clashes", clashes_of(clashes, m))
        keep("quotas", _quotas(quotas, k))

        wanted, scale = self.cost, 1
        if wanted is None:
            wanted, scale = default_costs(ranks, lengths, self.merit, self.weight, self.limit)
        seats = _seats(self, lengths) if self.unplaced is None else 0
        costs, stay, scale = exact_costs(wanted, self.unplaced, scale, seats)
        if stay is None:
            stay = frozen(np.full(n, worth_of_a_placement(costs, seats)))
        check_chain(costs, stay, int(((self.min_seats > 0) & ~self.may_close).sum()))
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
        place = places(self.indptr, np.diff(self.indptr))
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


def _quotas(quotas: Iterable[Quota], k: int) -> tuple[Quota, ...]:
    if not isinstance(quotas, Iterable):
        raise InvalidInstance("quotas", f"{quotas!r} is not a sequence of quotas")
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
