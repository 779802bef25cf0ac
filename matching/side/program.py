"""The assignment with its side constraints as one integer programme."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from matching.instance import Instance
from matching.result import BoolArray, IntArray
from matching.side.cliques import clique_cover

Row = tuple[IntArray, IntArray, int | None, int | None]
"""Choices, their coefficients, lower and upper bound."""

ABSENT: Final = 2**62
"""Stands for a bound that is not there, with the sign of its side."""


@dataclass(frozen=True, eq=False)
class Program:
    """Least cost of choices granted; a seat that is not given costs 0.

    cost (k,) int64, less what staying costs, stay (n,); floor (n,), demand (n,):
    no fewer and no more choices of each applicant; capacity (m,);
    least (m,): people that an offer must have; opening (m,): the minimum of an offer that
    may stay empty instead, else 0; rows (r, k): sparse int64 with lower (r,) and upper (r,).
    Rows come in the order quotas, credits, clashes, others; `quotas` is how many the first are.
    """

    indptr: IntArray
    applicant: IntArray
    offer: IntArray
    cost: IntArray
    stay: IntArray
    floor: IntArray
    demand: IntArray
    capacity: IntArray
    least: IntArray
    opening: IntArray
    rows: Any
    lower: IntArray
    upper: IntArray
    quotas: int

    @classmethod
    def of(cls, instance: Instance) -> Self:
        """With the costs of the instance less that of staying."""
        # inline: scipy takes longer to import than this package may
        from scipy.sparse import csr_array

        entries = [
            (quota.choices, quota.coefficients, quota.lower, quota.upper)
            for quota in instance.quotas
        ]
        entries += _credit_rows(instance) + _clash_rows(instance)
        lengths = [len(row[0]) for row in entries]
        none = [np.zeros(0, dtype=np.int64)]
        rows = csr_array(
            (
                np.concatenate(none + [row[1] for row in entries]),
                np.concatenate(none + [row[0] for row in entries]),
                np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
            ),
            shape=(len(entries), len(instance.offer)),
        )
        lower = [-ABSENT if row[2] is None else row[2] for row in entries]
        upper = [ABSENT if row[3] is None else row[3] for row in entries]
        return cls(
            indptr=instance.indptr,
            applicant=instance.applicant,
            offer=instance.offer,
            cost=instance.costs - instance.stay[instance.applicant],
            stay=instance.stay,
            floor=np.zeros_like(instance.demand),
            demand=instance.demand,
            capacity=instance.capacity,
            least=np.where(instance.may_close, 0, instance.min_seats),
            opening=np.where(instance.may_close, instance.min_seats, 0),
            rows=rows,
            lower=np.array(lower, dtype=np.int64),
            upper=np.array(upper, dtype=np.int64),
            quotas=len(instance.quotas),
        )

    def with_row(self, coefficients: IntArray, lower: int, upper: int) -> "Program":
        """The same and one row over all choices."""
        from scipy.sparse import csr_array, vstack

        return replace(
            self,
            rows=vstack([self.rows, csr_array(coefficients[None, :])], format="csr"),
            lower=np.append(self.lower, lower),
            upper=np.append(self.upper, upper),
        )

    def with_cost(self, cost: IntArray) -> "Program":
        """The same constraints under other costs."""
        return replace(self, cost=cost)

    @cached_property
    def columns(self) -> Any:
        """Transpose of `rows`, for prices."""
        return self.rows.T.tocsr()

    def admits(self, chosen: BoolArray) -> bool:
        """Whether `chosen` (k,) keeps every constraint, in integers."""
        got = np.bincount(self.applicant[chosen], minlength=len(self.demand))
        held = np.bincount(self.offer[chosen], minlength=len(self.capacity))
        used = self.rows @ chosen.astype(np.int64)
        return bool(
            (got >= self.floor).all()
            and (got <= self.demand).all()
            and (held <= self.capacity).all()
            and (held >= self.least).all()
            and ((held == 0) | (held >= self.opening)).all()
            and (used >= self.lower).all()
            and (used <= self.upper).all()
        )

    def total(self, chosen: BoolArray) -> int:
        """Cost of what is chosen, exact."""
        return exact_sum(self.cost[chosen])

    def next_value(self, bound: int, seats: int | None = None) -> int:
        """The least total not below `bound` that costs allow; `seats` where it is fixed."""
        step = int(np.gcd.reduce(self.cost)) if len(self.cost) else 0
        offset = 0
        if seats is not None and len(self.cost):
            apart = int(np.gcd.reduce(self.cost - self.cost[0]))
            if apart > step or not apart:
                step, offset = apart, seats * int(self.cost[0])
        if not step:
            return max(bound, offset)
        return offset - (offset - bound) // step * step


def exact_sum(values: IntArray) -> int:
    """Sum of int64 that may leave 64 bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def values(program: Program, prices: IntArray, row_prices: IntArray, scale: int) -> IntArray:
    """Price of each choice: scale * cost, the price of its offer and those of its rows. (k,)."""
    return np.asarray(
        scale * program.cost + prices[program.offer] + program.columns @ row_prices, dtype=np.int64
    )


def bound(program: Program, prices: IntArray, row_prices: IntArray, scale: int) -> int:
    """No total is below this / scale, whatever the prices. O(k log k) where demand is not 1.

    Everybody takes their cheapest seats at these prices, and each constraint returns at most
    what its bound is worth; Geoffrion (1974), "Lagrangean relaxation for integer programming".
    """
    value = np.minimum(0, values(program, prices, row_prices, scale))
    cheapest = exact_sum(value[_cheapest(program, value)])
    rent = _rent(prices, program.capacity, program.least)
    return cheapest - rent - _rent(row_prices, program.upper, program.lower)


def marginal_values(program: Program, value: IntArray) -> IntArray:
    """Value of the last seat that each applicant would take, at most that of staying. (n,)."""
    order = np.lexsort((value, program.applicant))
    place = np.arange(len(order)) - program.indptr[program.applicant]
    marginal = order[place == program.demand[program.applicant] - 1]
    last = np.zeros(len(program.demand), dtype=np.int64)
    last[program.applicant[marginal]] = np.minimum(0, value[marginal])
    return last


def _cheapest(program: Program, value: IntArray) -> IntArray:
    """Positions of the `demand` least values of each list."""
    order = np.lexsort((value, program.applicant))
    place = np.arange(len(order)) - program.indptr[program.applicant]
    return np.asarray(order[place < program.demand[program.applicant]])


def _rent(prices: IntArray, upper: IntArray, lower: IntArray) -> int:
    at = np.flatnonzero(prices)
    each = zip(prices[at].tolist(), upper[at].tolist(), lower[at].tolist(), strict=True)
    return sum(price * (high if price > 0 else low) for price, high, low in each)


def allowed(prices: IntArray, upper: IntArray, lower: IntArray) -> IntArray:
    """Prices without those that lean on a bound that is not there."""
    absent = ((prices > 0) & (upper >= ABSENT)) | ((prices < 0) & (lower <= -ABSENT))
    return np.where(absent, 0, prices)


def fine_scale(cost: IntArray) -> int:
    """A power of two in whose fractions prices lose nothing that matters."""
    largest = max(int(np.abs(cost).max(initial=0)), 1)
    return 1 << max(0, min(20, 44 - largest.bit_length()))


def _credit_rows(instance: Instance) -> list[Row]:
    if instance.credits is None or instance.credit_limit is None:
        return []
    found: list[Row] = []
    for who, limit in enumerate(instance.credit_limit.tolist()):
        at = np.arange(instance.indptr[who], instance.indptr[who + 1])
        credits = instance.credits[instance.offer[at]]
        if int(credits.sum()) > limit:
            found.append((at, credits, None, int(limit)))
    return found


def _clash_rows(instance: Instance) -> list[Row]:
    """At most one of what clashes, for each applicant and each set of such offers."""
    found: list[Row] = []
    for clique in clique_cover(instance.clashes, instance.offers):
        inside = np.zeros(instance.offers, dtype=np.bool_)
        inside[clique] = True
        at = np.flatnonzero(inside[instance.offer] & (instance.demand[instance.applicant] > 1))
        who = instance.applicant[at]
        for group in np.split(at, np.flatnonzero(np.diff(who)) + 1):
            if len(group) > 1:
                found.append((group, np.ones(len(group), dtype=np.int64), None, 1))
    return found
