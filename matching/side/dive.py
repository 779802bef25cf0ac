"""A good assignment of a large programme, by granting what linear programming nearly grants."""

from dataclasses import replace
from time import monotonic
from typing import Final

import numpy as np

from matching.arrays import FloatArray
from matching.result import BoolArray, IntArray
from matching.side.highs import Relaxed, relax
from matching.side.program import ABSENT, Program

WHOLE: Final = 1e-6
LIKELY: Final = 0.85
"""Shares from here on may be granted before the next relaxation."""

AT_MOST: Final = 0.2
AT_LEAST: Final = 0.02
"""No more and no less than these parts of all shares are, the largest first."""

RETREAT: Final = 4
"""Where too much was granted, only one in so many of them is."""


def dive(program: Program, columns: IntArray, x: FloatArray, deadline: float) -> BoolArray | None:
    """From the relaxed x (k,) on `columns` to an assignment, or None where the ways end.

    Whole choices and large shares are granted, and the rest is relaxed again: each time
    far fewer are open, so all rounds together cost little beside the first relaxation.
    When that does not go on, or time is up, what is left is granted cheapest first.
    """
    granted = np.zeros(len(x), dtype=np.bool_)
    while True:
        granted |= x > 1 - WHOLE
        shares = columns[(x[columns] > WHOLE) & ~granted[columns]]
        if not len(shares):
            break
        order = shares[np.argsort(-x[shares], kind="stable")]
        likely = min(int(AT_MOST * len(order)), int((x[order] >= LIKELY).sum()))
        several = max(1, int(AT_LEAST * len(order)), likely)
        further = None
        while several and further is None and monotonic() < deadline:
            further = _further(program, columns, granted, order[:several], deadline)
            several //= RETREAT
        if further is None:
            _grant(program, granted, order)
            break
        granted, x = further
    _grant(program, granted, _saving(program, columns, program.cost))
    return granted if program.admits(granted) else None


def cheapest_first(program: Program, excess: IntArray) -> BoolArray:
    """Choices that save something, granted in the order of `excess` (k,) while no bound is passed.

    (k,). What it may lack are minimums.
    """
    granted = np.zeros(len(program.offer), dtype=np.bool_)
    _grant(program, granted, _saving(program, np.arange(len(granted)), excess))
    return granted


def _saving(program: Program, columns: IntArray, by: IntArray) -> IntArray:
    saving = columns[program.cost[columns] < 0]
    return np.asarray(saving[np.lexsort((program.cost[saving], by[saving]))])


def _further(
    program: Program, columns: IntArray, granted: BoolArray, wanted: IntArray, deadline: float
) -> tuple[BoolArray, FloatArray] | None:
    """With these granted too, and the rest relaxed; None where that is not possible."""
    more = granted.copy()
    _grant(program, more, wanted)
    rest = rest_of(program, more)
    open_to = (rest.demand[program.applicant[columns]] > 0) & ~more[columns]
    left = columns[open_to & (rest.capacity[program.offer[columns]] > 0)]
    if not len(left):
        return more, np.zeros(len(more))
    relaxed = relax(rest, left, deadline)
    return (more, relaxed.x) if isinstance(relaxed, Relaxed) else None


def _grant(program: Program, granted: BoolArray, wanted: IntArray) -> None:
    """One by one, as far as no bound is passed."""
    got = np.bincount(program.applicant[granted], minlength=len(program.demand))
    held = np.bincount(program.offer[granted], minlength=len(program.capacity))
    used = program.rows @ granted.astype(np.int64)
    begin, row, weight = (getattr(program.columns, name) for name in ("indptr", "indices", "data"))
    for at in wanted.tolist():
        who, offer = program.applicant[at], program.offer[at]
        if got[who] >= program.demand[who] or held[offer] >= program.capacity[offer]:
            continue
        own = slice(begin[at], begin[at + 1])
        after = used[row[own]] + weight[own]
        over = (weight[own] > 0) & (after > program.upper[row[own]])
        under = (weight[own] < 0) & (after < program.lower[row[own]])
        if not (over | under).any():
            granted[at] = True
            got[who] += 1
            held[offer] += 1
            used[row[own]] = after


def rest_of(program: Program, granted: BoolArray) -> Program:
    """What remains to be decided when these are given."""
    got = np.bincount(program.applicant[granted], minlength=len(program.demand))
    held = np.bincount(program.offer[granted], minlength=len(program.capacity))
    used = program.rows @ granted.astype(np.int64)
    return replace(
        program,
        floor=np.maximum(0, program.floor - got),
        demand=program.demand - got,
        least=np.maximum(0, program.least - held),
        capacity=program.capacity - held,
        lower=np.where(program.lower <= -ABSENT, program.lower, program.lower - used),
        upper=np.where(program.upper >= ABSENT, program.upper, program.upper - used),
    )
