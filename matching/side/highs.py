"""The programme in doubles, for HiGHS through scipy."""

from time import monotonic
from typing import Any, Final, NamedTuple

import numpy as np

from matching.arrays import FloatArray
from matching.result import BoolArray, IntArray
from matching.side.program import ABSENT, Program

FOUND: Final = 0
LIMIT: Final = 1
INFEASIBLE: Final = 2

LARGEST_COST: Final = 1e7
"""Costs are divided down to this, so that the solver's tolerances stay below one unit."""

LEAST_TIME: Final = 0.05

SIMPLEX_COLUMNS: Final = 20_000
"""Beyond this the interior point method is quicker."""


class Relaxed(NamedTuple):
    """Optimum of the linear programme: x (k,), prices of offers (m,) and of rows (r,)."""

    x: FloatArray
    prices: FloatArray
    row_prices: FloatArray


class Branched(NamedTuple):
    """What branch and bound found: chosen (k,) or None; nothing costs less than `bound`."""

    status: int
    chosen: BoolArray | None
    bound: float


def unit_of(cost: IntArray) -> float:
    """What one unit of the solver's objective stands for."""
    step = max(int(np.gcd.reduce(cost)) if len(cost) else 1, 1)
    return max(float(step), float(np.abs(cost).max(initial=0)) / LARGEST_COST)


def relax(program: Program, columns: IntArray, deadline: float) -> Relaxed | int:
    """The linear programme on some columns; the status where there is no optimum.

    Minimums that an offer may escape by staying empty fall away: nothing of them is left
    when an offer may open in part.
    """
    # inline: scipy takes longer to import than this package may
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    matrix, low, high = constraints(program, columns)
    above, below = np.isfinite(high), np.isfinite(low)
    unit = unit_of(program.cost)
    found = linprog(
        program.cost[columns] / unit,
        A_ub=vstack([matrix[above], -matrix[below]], format="csr"),
        b_ub=np.concatenate([high[above], -low[below]]),
        bounds=(0, 1),
        method="highs-ds" if len(columns) <= SIMPLEX_COLUMNS else "highs-ipm",
        options={"time_limit": max(LEAST_TIME, deadline - monotonic())},
    )
    if found.status != FOUND:
        return int(found.status)
    price = np.zeros(matrix.shape[0])
    many = int(above.sum())
    price[above] -= found.ineqlin.marginals[:many] * unit
    price[below] += found.ineqlin.marginals[many:] * unit
    n, m = len(program.demand), len(program.capacity)
    x = np.zeros(len(program.offer))
    x[columns] = found.x
    return Relaxed(x, price[n : n + m], price[n + m :])


def branch(program: Program, columns: IntArray, granted: BoolArray, deadline: float) -> Branched:
    """Branch and bound on some columns; `granted` (k,) among them are given beforehand.

    What is found is checked in integers.
    """
    # inline: scipy takes longer to import than this package may
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(columns):
        nobody = np.zeros(len(program.offer), dtype=np.bool_)
        possible = program.admits(nobody)
        return Branched(FOUND, nobody, 0.0) if possible else Branched(INFEASIBLE, None, 0.0)
    matrix, low, high = constraints(program, columns)
    unit = unit_of(program.cost)
    cost = program.cost[columns] / unit
    matrix, low, high = _with_openings(program, columns, matrix, low, high)
    width = matrix.shape[1]
    floor = np.zeros(width)
    floor[: len(columns)] = granted[columns]
    found = milp(
        np.append(cost, np.zeros(width - len(columns))),
        integrality=np.ones(width),
        bounds=Bounds(floor, np.ones(width)),
        constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": max(LEAST_TIME, deadline - monotonic()), "mip_rel_gap": 0.0},
    )
    chosen = None
    if found.x is not None:
        chosen = np.zeros(len(program.offer), dtype=np.bool_)
        chosen[columns[found.x[: len(columns)] > 0.5]] = True
        if not program.admits(chosen):
            chosen = None
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound) * unit
    return Branched(int(found.status), chosen, bound)


def constraints(program: Program, columns: IntArray) -> tuple[Any, FloatArray, FloatArray]:
    """Rows of applicants (n), offers (m) and others (r) on some columns, with their bounds.

    A bound that these columns cannot break is infinite.
    """
    from scipy.sparse import csr_array, vstack

    n, m, width = len(program.demand), len(program.capacity), len(columns)
    at, ones = np.arange(width), np.ones(width)
    matrix = vstack(
        [
            csr_array((ones, (program.applicant[columns], at)), shape=(n, width)),
            csr_array((ones, (program.offer[columns], at)), shape=(m, width)),
            program.columns[columns].T.astype(np.float64),
        ],
        format="csr",
    )
    low = np.concatenate([program.floor, program.least, program.lower])
    high = np.concatenate([program.demand, program.capacity, program.upper])
    most = np.asarray(matrix.maximum(0).sum(axis=1)).ravel()
    fewest = np.asarray(matrix.minimum(0).sum(axis=1)).ravel()
    floor = np.where((low <= -ABSENT) | (low <= fewest), -np.inf, low)
    ceiling = np.where((high >= ABSENT) | (high >= most), np.inf, high)
    return matrix, floor, ceiling


def _with_openings(
    program: Program, columns: IntArray, matrix: Any, low: FloatArray, high: FloatArray
) -> tuple[Any, FloatArray, FloatArray]:
    """One more column an offer that may stay empty: open, or nobody goes there."""
    from scipy.sparse import csr_array, hstack, vstack

    closable = np.flatnonzero(program.opening)
    if not len(closable):
        return matrix, low, high
    count, n = len(closable), len(program.demand)
    at = np.arange(count)
    people = matrix[n + closable]
    listed = np.asarray(people.sum(axis=1)).ravel()

    def beside(values: FloatArray) -> Any:
        return hstack([people, csr_array((-values, (at, at)), shape=(count, count))])

    wide = hstack([matrix, csr_array((matrix.shape[0], count))])
    # no larger than they need to be, or a trace of an opening would let people in
    fewest = np.minimum(program.opening[closable], listed + 1)
    seats = np.minimum(program.capacity[closable], listed)
    rows = [wide, beside(fewest), beside(seats)]
    none, endless = np.zeros(count), np.full(count, np.inf)
    return (
        vstack(rows, format="csr"),
        np.concatenate([low, none, -endless]),
        np.concatenate([high, endless, none]),
    )
