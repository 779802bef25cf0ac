"""The part of the problem that is a flow: seats, minimums and demand, by the kernel."""

from typing import NamedTuple

import numpy as np

from matching.result import UNMATCHED, BoolArray, IntArray
from matching.side.program import Program


class NoAssignment(Exception):
    """Minimums and rows cannot all be kept."""


class Layout(NamedTuple):
    """The same problem for agents who want one seat each.

    An applicant who wants one seat is an agent. One who wants d of their L choices is L
    agents, one a choice, of whom L - d must go to a pool of their own instead. An offer with
    a minimum is two: one that must be filled, one for the seats beyond.
    """

    indptr: IntArray
    place: IntArray
    choice: IntArray
    seats: IntArray
    must_fill: BoolArray
    owner: IntArray
    alone: BoolArray


def solve_flow(program: Program, extra: IntArray) -> tuple[BoolArray, IntArray]:
    """Least cost + extra (k,) without rows and openings: chosen (k,) and prices (m,).

    Exact. Prices are below 0 only where a minimum is. As `least_cost` on up to twice the
    choices. Raises NoAssignment when the minimums cannot be met.
    """
    # inline: numba takes longer to import than this package may
    from matching.kernel import least_cost

    layout = _layout(program)
    m = len(program.capacity)
    cost = program.cost + extra
    # of those who want one seat as they were given, for the kernel sees when staying is dear
    cost = np.where(layout.alone[program.applicant], cost + program.stay[program.applicant], cost)
    costs = np.where(layout.choice == UNMATCHED, 0, cost[layout.choice])
    stay = np.where(layout.alone[layout.owner], program.stay[layout.owner], 0)
    must_fill = layout.must_fill if layout.must_fill.any() else None
    lists = (layout.indptr, layout.place, costs, stay, layout.seats)
    try:
        found, prices = least_cost(*lists, must_fill)
    except ValueError as error:
        raise NoAssignment from error
    chosen = np.zeros(len(program.offer), dtype=np.bool_)
    taken = layout.choice[found[found != UNMATCHED]]
    chosen[taken[taken != UNMATCHED]] = True
    own = prices[:m].copy()
    split = np.flatnonzero((program.least > 0) & (program.capacity > program.least))
    # both halves are one offer: whoever may choose takes the cheaper
    own[split] = np.minimum(own[split], prices[m : 2 * m][split])
    return chosen, own


def _layout(program: Program) -> Layout:
    """O(k)."""
    m, k = len(program.capacity), len(program.offer)
    lengths = np.diff(program.indptr)
    alone = program.demand == 1
    many = program.demand > 1
    pooled = many & (lengths > program.demand)
    kept = np.flatnonzero((program.demand > 0)[program.applicant])
    beyond = kept[((program.least > 0) & (program.capacity > program.least))[program.offer[kept]]]
    to_pool = np.arange(k)[pooled[program.applicant]]

    # an agent is named by the first choice it has
    agent = np.where(alone[program.applicant], program.indptr[program.applicant], np.arange(k))
    choice = np.concatenate([kept, beyond, np.full(len(to_pool), UNMATCHED)])
    place = np.concatenate(
        [program.offer[kept], m + program.offer[beyond], 2 * m + program.applicant[to_pool]]
    )
    name = np.concatenate([agent[kept], agent[beyond], to_pool])
    order = np.argsort(name, kind="stable")
    first = np.flatnonzero(np.diff(name[order], prepend=UNMATCHED))
    least = program.least
    return Layout(
        indptr=np.append(first, len(order)),
        place=place[order],
        choice=choice[order],
        seats=np.concatenate(
            [
                np.where(least > 0, least, program.capacity),
                np.where(least > 0, program.capacity - least, 0),
                np.where(pooled, lengths - program.demand, 0),
            ]
        ),
        must_fill=np.concatenate([least > 0, np.zeros(m, dtype=np.bool_), pooled]),
        owner=program.applicant[name[order][first]],
        alone=alone,
    )
