"""Linear assignment under side constraints: exact where it can be, an honest gap elsewhere."""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Literal

import numpy as np

from matching.arrays import FloatArray
from matching.diagnosis import diagnose
from matching.instance import Instance
from matching.policies.policy import make_result
from matching.result import BoolArray, IntArray, Result
from matching.side.flow import NoAssignment, solve_flow
from matching.side.program import Program, allowed, bound
from matching.side.search import Found, minimise
from matching.side.ties import break_ties

NAME: Final = "linear_assignment"

Solver = Literal["kernel", "highs"]

CHAIN: Final = 8
"""Changes in a row that a seat is first taken to be worth."""

LARGEST: Final = 2**57
"""Costs with the prices of quotas stay below this for the kernel."""


@dataclass(frozen=True, eq=False)
class Solved:
    """chosen (k,), and how far it may be from the optimum in units of 1 / `Instance.scale`.

    `prices` (m,) and `quota_prices` (rows,) are the best known, in these units, rounded.
    """

    chosen: BoolArray
    gap: int
    prices: IntArray
    quota_prices: IntArray


def solve_constrained(
    instance: Instance, lottery: IntArray | None, seed: int, time_limit: float
) -> Result:
    """Most seats given (unless `unplaced` was given), then least cost; ties by the lottery.

    Seats, minimums and demand are a flow, solved exactly by the kernel; when its optimum keeps
    the rest it is the answer. Otherwise linear programming prices the other rows, and branch and
    bound decides what prices leave open, within `time_limit` seconds. The gap is 0 only where
    the bound met the cost. The prices of the result are whole numbers that prove as much as
    they can: with them anybody can check a bound in one pass. Raises Infeasible with a
    diagnosis. The same for the same seed, unless time runs out.
    """
    deadline = monotonic() + time_limit
    program = Program.of(instance)
    try:
        chosen, prices = solve_flow(program, np.zeros_like(program.cost))
        by_kernel = program.admits(chosen)
        if by_kernel:
            solved = Solved(chosen, 0, prices, np.zeros(program.quotas, dtype=np.int64))
        else:
            solved = _in_stages(instance, program, deadline)
            solved = replace(solved, prices=prices)
    except NoAssignment as error:
        raise diagnose(program) from error
    if solved.quota_prices.any():
        solved = _with_whole_prices(program, solved)
    solver: Solver = "kernel" if by_kernel else "highs"
    return _result(instance, program, solved, lottery, seed, deadline, solver)


def solve_by_highs(
    instance: Instance, lottery: IntArray | None, seed: int, time_limit: float
) -> Result:
    """The same with prices by linear programming throughout: nothing is taken from the kernel
    that integers don't confirm."""
    deadline = monotonic() + time_limit
    program = Program.of(instance)
    try:
        solved = _in_stages(instance, program, deadline)
    except NoAssignment as error:
        raise diagnose(program) from error
    return _result(instance, program, solved, lottery, seed, deadline, "highs")


def _result(
    instance: Instance,
    program: Program,
    solved: Solved,
    lottery: IntArray | None,
    seed: int,
    deadline: float,
    solver: Solver,
) -> Result:
    chosen, prices, quota_prices = solved.chosen, solved.prices, solved.quota_prices
    if lottery is not None and not solved.gap:
        chosen = break_ties(instance, program, chosen, lottery, prices, quota_prices, deadline)
    return make_result(
        NAME,
        instance,
        None,
        lottery,
        seed,
        prices,
        chosen=chosen,
        quota_prices=quota_prices if len(instance.quotas) else None,
        gap=instance.in_units(solved.gap),
        claim="bounded" if solved.gap else "optimal",
        solver=solver,
    )


def _in_stages(instance: Instance, program: Program, deadline: float) -> Solved:
    """In one solve, or where seats come first in two or three.

    The cost of staying then outweighs all others together, which no solver in doubles can
    tell from infinity. So first a moderate worth of a seat; then the proof that no more
    seats can be given, or more seats; then, if there were more, the least cost of so many.
    If costs - worth are at least a, and -(number of seats) at least b, whatever is given, then
    costs - stay are at least a + (stay - worth) b: so bounds and prices of both add up.
    """
    if not len(instance.offer):
        raise NoAssignment
    now = monotonic()
    worth, outweighs = _moderate_worth(instance), int(instance.stay[0])
    if not instance.placements_first or outweighs <= worth:
        found = minimise(program, deadline)
        return _solved(program, found.chosen, found.total - found.bound, _duals(program, found))
    first = minimise(program.with_cost(instance.costs - worth), now + (deadline - now) * 2 / 3)
    now = monotonic()
    most = minimise(
        program.with_cost(np.full_like(program.cost, -1)),
        now + (deadline - now) / 2,
        known=first.chosen,
        start=(first.prices / first.scale / worth, first.row_prices / first.scale / worth),
    )
    seats = -most.total
    if seats == int(first.chosen.sum()):
        gap = first.total - first.bound + (outweighs - worth) * (most.total - most.bound)
        duals = _duals(program, first) + (outweighs - worth) * _duals(program, most)
        return _solved(program, first.chosen, gap, duals)
    ones = np.ones(len(program.offer), dtype=np.int64)
    counted = program.with_cost(instance.costs).with_row(ones, seats, seats)
    least = minimise(counted, deadline, seats, known=most.chosen)
    seat = -least.row_prices[-1] / least.scale
    duals = _duals(program, least) + (outweighs - seat) * _duals(program, most)
    gap = least.total - least.bound
    if not most.closed:
        # with more seats no assignment is below what the first prices prove of all
        proved = first.bound + (outweighs - worth) * most.bound
        gap = max(gap, least.total - seats * outweighs - proved)
    return _solved(program, least.chosen, gap, duals)


def _moderate_worth(instance: Instance) -> int:
    """Of one seat: more than a chain of several changes costs, little enough for doubles."""
    highest, lowest = int(instance.costs.max()), int(instance.costs.min())
    return highest + CHAIN * (highest - lowest) + 1


def _duals(program: Program, found: Found) -> FloatArray:
    """Prices of the offers (m,), then of the quotas (rows,)."""
    return np.concatenate([found.prices, found.row_prices[: program.quotas]]) / found.scale


def _solved(program: Program, chosen: BoolArray, gap: int, duals: FloatArray) -> Solved:
    """With whole prices; beyond what the kernel could bear they are worth nothing."""
    whole = np.rint(np.where(np.abs(duals) < LARGEST, duals, 0)).astype(np.int64)
    prices, quota_prices = np.split(whole, [len(program.capacity)])
    prices = np.where(program.least > 0, prices, np.maximum(0, prices))
    return Solved(chosen, gap, prices, quota_prices)


def _with_whole_prices(program: Program, solved: Solved) -> Solved:
    """The prices of offers that prove most beside those of quotas, as far as these are allowed."""
    rows = np.zeros(len(program.lower), dtype=np.int64)
    quota_prices = allowed(
        solved.quota_prices, program.upper[: program.quotas], program.lower[: program.quotas]
    )
    largest = float(np.abs(quota_prices).max(initial=0)) * float(
        abs(program.rows).sum(axis=0).max() if program.rows.shape[0] else 0
    )
    # prices of minimums may add it up along a chain of them
    if largest * (1 + int((program.least > 0).sum())) >= LARGEST:
        quota_prices = np.zeros_like(quota_prices)
    rows[: program.quotas] = quota_prices
    _, prices = solve_flow(program, np.asarray(program.columns @ rows))
    # what is left of the gap beside these, which the solver's doubles may not have seen
    left = program.total(solved.chosen) - bound(program, prices, rows, 1)
    gap = min(solved.gap, left)
    return replace(solved, gap=gap, prices=prices, quota_prices=quota_prices)
