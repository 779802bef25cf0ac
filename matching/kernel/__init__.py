"""Exact assignment of least cost with prices, many times faster than a general flow solver.

The one door is `least_cost`. Importing this package loads numba; `matching` does so in a solve.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.kernel.auction import ascend, descend, keep_exact, typical_gap
from matching.kernel.largest import largest_matching, place_many
from matching.kernel.layout import common_unit, group_by_offer
from matching.kernel.paths import fill, lower, place
from matching.kernel.seating import seat_everybody
from matching.kernel.types import NEVER
from matching.result import UNMATCHED, IntArray

__all__ = ["NEVER", "least_cost"]

BoolArray = npt.NDArray[np.bool_]

STEPS: Final = 96
"""An auction's step is the typical gap over this: small enough to leave little to mend."""

GROWTHS: Final = (2, 6, 10)
"""The auction is held again from the prices reached, with so much finer steps."""

LOWER: Final = 5
"""Prices that offers bid are lowered by so many halvings of themselves before applicants bid."""

STEPS_LOW: Final = 8
"""By so many steps prices at overdemanded offers end lower than the auction left them."""

HEAD_START: Final = 0.9
"""Share of the seats that the first guess of profits counts with."""

UNFILLABLE: Final = "an offer that must be filled cannot be"

FEW_STEPS: Final = 8
"""Costs with no more steps than this between the least and the largest are mostly ties."""

PARTS: Final = 2
"""Points between two neighbours of the grid of costs that prices may stand on."""


class Problem(NamedTuple):
    """One problem in the units and types of the compiled functions."""

    indptr: IntArray
    offer: npt.NDArray[np.int32]
    applicant: npt.NDArray[np.int32]
    cost: IntArray
    seats: IntArray
    start: IntArray
    begin: IntArray
    edge: npt.NDArray[np.int32]


class State(NamedTuple):
    """What the compiled functions work on: prices (m,), choices (n,), who sits where."""

    price: IntArray
    held: IntArray
    level: IntArray
    slot: npt.NDArray[np.int32]
    where: IntArray
    choice: IntArray


def least_cost(
    indptr: IntArray,
    offer: IntArray,
    cost: IntArray,
    stay: IntArray,
    capacity: IntArray,
    must_fill: BoolArray | None = None,
    start: IntArray | None = None,
) -> tuple[IntArray, IntArray]:
    """The assignment of least total cost, with the lowest prices that prove it.

    Applicant i lists offer[indptr[i]:indptr[i + 1]] at `cost` (k,), stays unplaced at
    `stay` (n,), or must be placed where that is NEVER; capacity (m,); all int64, costs and
    finite stays below 2**57. `must_fill` (m,): all seats of these offers must be taken, and
    their prices may fall below 0. `start` (n,), a choice that keeps these demands, is of use
    where costs have few steps. Returns (choice (n,) positions in `offer` or -1, prices (m,)).
    Everything is in integers. ValueError when it cannot be done.

    First prices come from two auctions, the exact optimum from shortest paths (Jonker &
    Volgenant's plan). Where staying outweighs everything, the largest matching splits the
    problem in two: offers wanted by more than they seat bid for applicants; everybody else is
    placed and bids for offers. Measured near-linear in k; worst case O(n k log k).
    """
    outweighing = must_fill is None and _outweighs(cost, stay, offer, capacity)
    finite = stay[:0] if outweighing else stay[stay < NEVER]
    units = _units(cost, finite, whole=must_fill is not None)
    problem = _laid_out(indptr, offer, units.scaled(cost), capacity)
    if must_fill is not None and (problem.seats < capacity)[must_fill].any():
        raise ValueError(UNFILLABLE)
    state = _blank(problem)
    if outweighing:
        staying, bound, lift = _start_in_two_parts(problem, state)
    else:
        staying = np.where(stay < NEVER, units.scaled(stay), NEVER)
        bound = np.zeros(len(capacity), dtype=np.bool_) if must_fill is None else must_fill
        if not _few_steps(problem):
            _bid(problem, state, staying, np.arange(len(stay)))
        elif start is not None:
            state.choice[:] = start
    _mend(problem, state, staying, bound)
    if not outweighing:
        return state.choice, units.back(state.price)
    # those who may stay do so at `lift` here, at stay - lowest outside
    state.price[bound] -= lift
    prices = units.back(state.price)
    prices[bound] += int(stay[0]) - units.lowest
    return state.choice, prices


class Units(NamedTuple):
    """Costs as small whole numbers: (cost - lowest) / unit * parts."""

    lowest: int
    unit: int
    parts: int

    def scaled(self, cost: IntArray) -> IntArray:
        scaled = cost - self.lowest
        if self.unit > 1:
            scaled //= self.unit
        if self.parts > 1:
            scaled *= self.parts
        return scaled

    def back(self, price: IntArray) -> IntArray:
        """Prices as they are outside; the lowest ones are whole units."""
        return price // self.parts * self.unit


def _units(cost: IntArray, stay: IntArray, *, whole: bool) -> Units:
    """The coarsest grid that all costs stand on, in halves so that a price may stand between.

    On a grid, ties are many and the auctions' steps few; between its points they are fewer.
    """
    values = [array for array in (cost, stay) if len(array)]
    lowest = min((int(array.min()) for array in values), default=0)
    unit = 0
    for array in values:
        unit = int(common_unit(array, lowest, unit))
    if whole or unit < PARTS:
        return Units(lowest, max(unit, 1), 1)
    return Units(lowest, unit, PARTS)


def _outweighs(cost: IntArray, stay: IntArray, offer: IntArray, capacity: IntArray) -> bool:
    """Whether staying costs everybody the same, and more than any rearrangement could save."""
    if not len(stay) or not len(cost) or int(stay[0]) >= NEVER or (stay != stay[0]).any():
        return False
    seats = np.minimum(capacity, np.bincount(offer, minlength=len(capacity)))
    placed = min(len(stay), int(seats.sum()))
    highest, lowest = int(cost.max()), int(cost.min())
    return int(stay[0]) > highest + placed * (highest - lowest)


def _laid_out(indptr: IntArray, offer: IntArray, cost: IntArray, capacity: IntArray) -> Problem:
    n, m, k = len(indptr) - 1, len(capacity), len(offer)
    narrow = offer.astype(np.int32)
    begin, edge = np.empty(m + 1, dtype=np.int64), np.empty(k, dtype=np.int32)
    group_by_offer(narrow, begin, edge)
    # seats beyond those who list an offer are never taken
    seats = np.minimum(capacity, np.diff(begin))
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(seats)])
    applicant = np.repeat(np.arange(n, dtype=np.int32), np.diff(indptr))
    return Problem(indptr.copy(), narrow, applicant, cost, seats, start, begin, edge)


def _blank(problem: Problem) -> State:
    n, m, places = len(problem.indptr) - 1, len(problem.seats), int(problem.start[-1])
    return State(
        price=np.zeros(m, dtype=np.int64),
        held=np.zeros(m, dtype=np.int64),
        level=np.empty(places, dtype=np.int64),
        slot=np.empty(places, dtype=np.int32),
        where=np.empty(n, dtype=np.int64),
        choice=np.full(n, UNMATCHED, dtype=np.int64),
    )


def _few_steps(problem: Problem) -> bool:
    """Whether costs are so nearly equal that ties are the problem and no prices need a guess."""
    return int(problem.cost.max(initial=0)) <= FEW_STEPS


def _step(problem: Problem) -> int:
    return max(1, int(typical_gap(problem.indptr, problem.cost)) // STEPS)


def _start_in_two_parts(problem: Problem, state: State) -> tuple[IntArray, BoolArray, int]:
    """Split at the overdemanded offers and let each side's scarce ones bid.

    Returns (staying (n,), overdemanded (m,), lift). On the overdemanded side people may stay at
    the cost `lift` and all seats must be taken, on the other everybody must be placed; `lift`
    keeps the sides apart.
    """
    choice = state.choice
    overdemanded = largest_matching(
        problem.indptr,
        problem.offer,
        problem.seats,
        problem.begin,
        problem.start,
        state.held,
        state.slot,
        state.where,
        choice,
    )
    optional = choice == UNMATCHED
    optional[~optional] = overdemanded[problem.offer[choice[~optional]]]
    span = int(problem.cost.max())
    lift = span * (1 + min(len(choice), int(problem.start[-1]))) + 1
    staying = np.where(optional, lift, NEVER)
    if not _few_steps(problem):
        choice[:] = UNMATCHED
        state.held[:] = 0
        if overdemanded.any():
            _bid_for_scarce(problem, state, overdemanded, optional)
    state.price[overdemanded] += lift
    if not _few_steps(problem):
        _bid(problem, state, staying, np.flatnonzero(~optional))
    return staying, overdemanded, lift


def _bid_for_scarce(
    problem: Problem, state: State, overdemanded: BoolArray, optional: BoolArray
) -> None:
    """Overdemanded offers bid for applicants, who may all stay at 0; then these bid for them.

    The first fills every seat, if not precisely; the second, from prices somewhat lower, leaves
    nearly everybody at exactly their best. Prices end a little low: to let one more person in
    along a path is quicker than to draw somebody to a seat left free. Where a step is one point
    of the grid of costs, ties do what the second would.
    """
    step, staying = _step(problem), np.where(optional, 0, NEVER)
    descend(
        problem.offer,
        problem.cost,
        staying,
        problem.seats,
        problem.begin,
        problem.edge.copy(),
        problem.applicant,
        overdemanded,
        step,
        np.empty(len(problem.offer), dtype=np.int64),
        _first_profit(problem, overdemanded, optional),
        state.price,
        state.choice,
    )
    if step == 1:
        return
    state.price[overdemanded] -= np.abs(state.price[overdemanded]) >> LOWER
    state.choice[:] = UNMATCHED
    _ascend(problem, state, staying, np.flatnonzero(optional), GROWTHS[-1])
    state.held[:] = 0
    state.price[overdemanded] -= STEPS_LOW * step


def _first_profit(problem: Problem, overdemanded: BoolArray, optional: BoolArray) -> IntArray:
    """What applicants may ask of bidding offers at the start: somewhat less than in the end.

    Were one place as good as another, those with the cheapest first choices would be placed,
    and each would gain what sets them apart from the last of them.
    """
    seats = int(problem.seats[overdemanded].sum() * HEAD_START)
    profit = np.zeros(len(optional), dtype=np.int64)
    listing = np.diff(problem.indptr) > 0
    bidden = np.flatnonzero(optional & listing)
    if 0 < seats < len(bidden):
        gain = -np.minimum.reduceat(problem.cost, problem.indptr[:-1][listing])[optional[listing]]
        last = np.partition(gain, len(gain) - seats)[len(gain) - seats]
        profit[bidden] = np.maximum(0, gain - last)
    return profit


def _bid(problem: Problem, state: State, staying: IntArray, bidders: IntArray) -> None:
    """Coarse steps first; then anew with finer ones, from the prices less what they overshot."""
    step = _step(problem)
    for coarser, growth in zip((None, *GROWTHS[:-1]), GROWTHS, strict=True):
        if coarser is not None:
            taken = state.held > 0
            overshot = np.abs(state.price[taken]) >> coarser
            if overshot.max(initial=0) <= step:
                break
            state.price[taken] -= overshot
            state.held[:] = 0
            state.choice[bidders] = UNMATCHED
        _ascend(problem, state, staying, bidders, growth)


def _ascend(
    problem: Problem, state: State, staying: IntArray, bidders: IntArray, growth: int
) -> None:
    """One auction in which the bidders, none of whom holds a seat yet, take what suits them."""
    ascend(
        problem.indptr,
        problem.offer,
        problem.cost,
        staying,
        problem.seats,
        problem.start,
        bidders,
        _step(problem),
        growth,
        state.price,
        state.held,
        state.level,
        state.slot,
        state.choice,
    )


def _mend(problem: Problem, state: State, staying: IntArray, must_fill: BoolArray) -> None:
    """From nearly best to best: keep what is exact, place the rest, fill seats, lower prices."""
    indptr, offer, applicant, cost, seats, start, begin, edge = problem
    price, held, level, slot, where, choice = state
    lacking = keep_exact(indptr, offer, cost, staying, seats, price, held, choice)
    seat_everybody(offer, start, held, slot, where, choice)
    if _few_steps(problem):
        lacking = place_many(
            indptr, offer, cost, staying, seats, start, price, held, slot, where, choice, lacking
        )
    if not place(
        indptr, offer, cost, staying, seats, start, price, held, level, slot, where, choice, lacking
    ):
        raise ValueError("somebody who must be placed cannot be")
    coming = np.empty(len(offer), dtype=np.int64)
    if not fill(
        offer,
        cost,
        staying,
        seats,
        must_fill,
        begin,
        edge,
        coming,
        applicant,
        start,
        price,
        held,
        slot,
        where,
        choice,
    ):
        raise ValueError(UNFILLABLE)
    lower(indptr, offer, cost, staying, must_fill, start, price, held, slot, choice)
