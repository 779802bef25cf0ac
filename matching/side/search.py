"""Least cost under all constraints: a bound from prices, then branch and bound on what is left."""

from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Final

import numpy as np

from matching.arrays import FloatArray
from matching.result import BoolArray, IntArray
from matching.side.dive import cheapest_first, dive
from matching.side.duals import ascend
from matching.side.flow import NoAssignment, solve_flow
from matching.side.highs import INFEASIBLE, Relaxed, branch, relax, unit_of
from matching.side.improve import improve
from matching.side.program import Program, allowed, bound, fine_scale, marginal_values, values

LARGE: Final = 50_000
"""Beyond so many choices prices come from ascent first, and the solver sees the best ones."""

ASCENT: Final = 0.4
"""Part of the time for those prices, where an assignment is to be found too."""

RELAXATION: Final = 0.7
"""Part of the time left then for the linear programme; the rest improves what is known."""

LARGEST_PRICE: Final = 2.0**60
"""Beyond, whole prices would leave 64 bits; the solver gives such where nothing is certain."""

SHARE_OF_CHOICES: Final = 4
"""The solver is then shown one choice in so many."""


@dataclass(frozen=True, eq=False)
class Found:
    """The best known: chosen (k,) of cost `total`, and nothing costs less than `bound`.

    prices (m,) and row_prices (r,) are in units of 1 / `scale`.
    """

    chosen: BoolArray
    total: int
    bound: int
    prices: IntArray
    row_prices: IntArray
    scale: int

    @property
    def closed(self) -> bool:
        return self.bound >= self.total


class Search:
    """One programme with the best prices and the best assignment so far."""

    def __init__(self, program: Program, deadline: float, seats: int | None = None) -> None:
        self.program = program
        self.deadline = deadline
        self.seats = seats
        self.scale = fine_scale(program.cost)
        self.prices = np.zeros(len(program.capacity), dtype=np.int64)
        self.row_prices = np.zeros(len(program.lower), dtype=np.int64)
        self.fine_bound = bound(program, self.prices, self.row_prices, self.scale)
        self.bound = program.next_value(-(-self.fine_bound // self.scale), seats)
        self.chosen: BoolArray | None = None
        self.total = 0

    @property
    def closed(self) -> bool:
        return self.chosen is not None and self.bound >= self.total

    def offer_prices(self, prices: FloatArray, row_prices: FloatArray, scale: int) -> None:
        """Keep these instead, in units of 1 / scale, if they prove more."""
        program, finer = self.program, self.scale / scale
        largest = max(np.abs(some).max(initial=0) for some in (prices, row_prices))
        if not largest * finer < LARGEST_PRICE:
            return
        whole = np.rint(prices * finer).astype(np.int64)
        whole[program.least == 0] = np.maximum(0, whole[program.least == 0])
        rows = allowed(np.rint(row_prices * finer).astype(np.int64), program.upper, program.lower)
        proved = bound(program, whole, rows, self.scale)
        if proved > self.fine_bound:
            self.prices, self.row_prices, self.fine_bound = whole, rows, proved
            self.raise_bound(-(-proved // self.scale))

    def raise_bound(self, proved: int) -> None:
        self.bound = max(self.bound, self.program.next_value(proved, self.seats))

    def offer_chosen(self, chosen: BoolArray | None) -> None:
        """Keep this instead if it is allowed and costs less."""
        if chosen is None or not self.program.admits(chosen):
            return
        total = self.program.total(chosen)
        if self.chosen is None or total < self.total:
            self.chosen, self.total = chosen, total

    def excess(self) -> IntArray:
        """By how much each choice, if given, raises the bound. (k,) in units of 1 / scale."""
        program = self.program
        value = values(program, self.prices, self.row_prices, self.scale)
        last = marginal_values(program, value)
        return np.asarray(np.maximum(0, value - last[program.applicant]))


def minimise(
    program: Program,
    deadline: float,
    seats: int | None = None,
    known: BoolArray | None = None,
    start: tuple[FloatArray, FloatArray] | None = None,
) -> Found:
    """The assignment of least cost, as far as the time allows.

    `seats` says how many are given where a row fixes that; `known` (k,) is an assignment and
    `start` prices of offers and rows to begin with. A large programme with both is not
    searched again, only its bound. Raises NoAssignment.
    """
    search = Search(program, deadline, seats)
    search.offer_chosen(known)
    if not search.closed:
        _from_flow(search)
    large = len(program.offer) > LARGE
    if large and not search.closed:
        _from_ascent(search, start)
    if not search.closed and (not large or start is None):
        columns = _columns(search)
        if large:
            search.offer_chosen(cheapest_first(program, search.excess()))
        relaxed = _from_relaxation(search, columns, RELAXATION if large else 1.0)
        if large and not search.closed:
            _near(search, columns, relaxed)
        if not search.closed:
            _from_branching(search)
    assert search.chosen is not None
    return Found(
        chosen=search.chosen,
        total=search.total,
        bound=min(search.bound, search.total),
        prices=search.prices,
        row_prices=search.row_prices,
        scale=search.scale,
    )


def _from_flow(search: Search) -> None:
    chosen, prices = solve_flow(search.program, np.zeros_like(search.program.cost))
    search.offer_prices(prices.astype(np.float64), np.zeros(len(search.row_prices)), 1)
    search.offer_chosen(chosen)


def _from_ascent(search: Search, start: tuple[FloatArray, FloatArray] | None) -> None:
    now = monotonic()
    until = search.deadline if start is not None else now + (search.deadline - now) * ASCENT
    for prices in ascend(search.program, start):
        search.offer_prices(*prices, 1)
        if search.closed or monotonic() > until:
            break


def _columns(search: Search) -> IntArray:
    """Choices that the linear programme is to see: all, or those that good prices leave cheap."""
    k = len(search.program.offer)
    if k <= LARGE:
        return np.arange(k)
    excess = search.excess()
    most = np.partition(excess, k // SHARE_OF_CHOICES)[k // SHARE_OF_CHOICES]
    return np.flatnonzero(excess <= most)


def _from_relaxation(search: Search, columns: IntArray, part: float) -> Relaxed | None:
    """The linear programme, solved within that part of the time left; None where that ends."""
    program, now = search.program, monotonic()
    relaxed = relax(program, columns, now + (search.deadline - now) * part)
    if not isinstance(relaxed, Relaxed):
        if relaxed == INFEASIBLE and len(columns) == len(program.offer):
            raise NoAssignment
        return None
    search.offer_prices(relaxed.prices, relaxed.row_prices, 1)
    search.offer_chosen(relaxed.x > 0.5)
    return relaxed


def _near(search: Search, columns: IntArray, relaxed: Relaxed | None) -> None:
    """Round the relaxation where there is one, then decide anew for some people at a time."""
    program = search.program
    if relaxed is not None:
        search.offer_chosen(dive(program, columns, relaxed.x, search.deadline))
    if search.closed or search.chosen is None:
        return
    near = np.union1d(columns, np.flatnonzero(search.chosen))
    search.offer_chosen(
        improve(program, near, search.chosen, _losses(search, near), search.deadline)
    )


def _losses(search: Search, near: IntArray) -> FloatArray:
    """Where the best known assignment stays behind the bound, by applicant. (n,).

    Somebody has more than their cheapest; or a constraint with a price is not used up, which
    is laid to all who could use it.
    """
    program, chosen = search.program, search.chosen
    assert chosen is not None
    n, m = len(program.demand), len(program.capacity)
    value = values(program, search.prices, search.row_prices, search.scale)
    given = np.bincount(program.applicant[chosen], minlength=n)
    loss = -(program.demand - given) * marginal_values(program, value).astype(np.float64)
    np.add.at(loss, program.applicant[chosen], search.excess()[chosen])
    held = np.bincount(program.offer[chosen], minlength=m)
    used = program.rows @ chosen.astype(np.int64)
    of_offers = _unused(search.prices, held, program.least, program.capacity)
    of_rows = _unused(search.row_prices, used, program.lower, program.upper)
    of_offers /= np.maximum(1, np.bincount(program.offer[near], minlength=m))
    of_rows /= np.maximum(1, (program.rows[:, near] != 0).sum(axis=1))
    shared = of_offers[program.offer[near]] + (program.columns[near] != 0) @ of_rows
    np.add.at(loss, program.applicant[near], shared)
    return np.asarray(np.maximum(0, loss))


def _unused(prices: IntArray, used: IntArray, lower: IntArray, upper: IntArray) -> FloatArray:
    """What is left to the bound that has the price, at that price."""
    left = np.where(prices > 0, upper - used, np.where(prices < 0, lower - used, 0))
    return left * prices.astype(np.float64)


def _from_branching(search: Search) -> None:
    """Branch and bound on all that could still be better."""
    program = search.program
    nobody = np.zeros(len(program.offer), dtype=np.bool_)
    left = _worth_a_look(search)
    if search.chosen is None or len(left) <= LARGE:
        found = branch(program, left, nobody, search.deadline)
        search.offer_chosen(found.chosen)
        if found.status == INFEASIBLE and search.chosen is None:
            raise NoAssignment
        # of a programme that the best known belongs to, infeasible is no answer to rely on
        if found.status != INFEASIBLE and np.isfinite(found.bound):
            slack = 1e-5 * unit_of(program.cost) + 1e-12 * abs(found.bound)
            search.raise_bound(ceil(found.bound - slack))
    if search.chosen is None:
        search.chosen = _any(program)
        search.total = program.total(search.chosen)


def _worth_a_look(search: Search) -> IntArray:
    """Choices without which no better assignment than the best known is missed."""
    if search.chosen is None:
        return np.arange(len(search.program.offer))
    room = search.total * search.scale - search.fine_bound
    return np.flatnonzero(search.excess() <= room)


def _any(program: Program) -> BoolArray:
    """Some assignment, however long it takes, when time ran out before the first."""
    nobody = np.zeros(len(program.offer), dtype=np.bool_)
    if program.admits(nobody):
        return nobody
    found = branch(
        program.with_cost(np.zeros_like(program.cost)),
        np.arange(len(program.offer)),
        nobody,
        np.inf,
    )
    if found.chosen is None:
        raise NoAssignment
    return found.chosen
