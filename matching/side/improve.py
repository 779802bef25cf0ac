"""A better assignment of a large programme, by deciding anew for a few people at a time."""

from time import monotonic
from typing import Final

import numpy as np

from matching.arrays import FloatArray
from matching.result import BoolArray, IntArray
from matching.side.dive import rest_of
from matching.side.highs import branch
from matching.side.program import Program

PEOPLE: Final = 3_000
"""Decided anew at once: few enough for branch and bound to be quick."""

SECONDS: Final = 4.0
"""For one group."""

PATIENCE: Final = 20
"""Groups in a row without gain before it ends."""


def improve(
    program: Program, columns: IntArray, chosen: BoolArray, loss: FloatArray, deadline: float
) -> BoolArray:
    """Groups around those who lose most are decided anew on `columns`, while it helps.

    loss (n,): how much of the distance to the bound lies with each. Shaw (1998), "Using
    constraint programming and local search methods to solve vehicle routing problems".
    """
    random = np.random.default_rng(0)
    total, idle = program.total(chosen), 0
    while idle < PATIENCE and monotonic() < deadline and loss.any():
        group = _group(program, columns, chosen, int(random.choice(len(loss), p=loss / loss.sum())))
        free = np.zeros(len(program.demand), dtype=np.bool_)
        free[group] = True
        fixed = chosen & ~free[program.applicant]
        left = columns[free[program.applicant[columns]]]
        nobody = np.zeros_like(chosen)
        until = min(deadline, monotonic() + SECONDS)
        found = branch(rest_of(program, fixed), left, nobody, until).chosen
        idle += 1
        if found is not None and program.total(found | fixed) < total:
            chosen, idle = found | fixed, 0
            total = program.total(chosen)
    return chosen


def _group(program: Program, columns: IntArray, chosen: BoolArray, first: int) -> IntArray:
    """Applicants near one: who hold what these would take, or share a row with it, and so on."""
    inside = np.zeros(len(program.demand), dtype=np.bool_)
    inside[first] = True
    held = np.flatnonzero(chosen)
    while True:
        wanted = columns[inside[program.applicant[columns]]]
        offers = np.zeros(len(program.capacity), dtype=np.bool_)
        offers[program.offer[wanted]] = True
        rows = program.rows[:, wanted].astype(np.bool_).sum(axis=1) > 0
        shares = (program.columns[held] @ rows.astype(np.int64)) > 0
        near = np.unique(program.applicant[held[offers[program.offer[held]] | shares]])
        new = near[~inside[near]]
        inside[new[: PEOPLE - int(inside.sum())]] = True
        if not len(new) or int(inside.sum()) >= PEOPLE:
            return np.flatnonzero(inside)
