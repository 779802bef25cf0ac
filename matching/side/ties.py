"""What the lottery singles out among assignments of one cost."""

import hashlib
from dataclasses import replace
from typing import Final

import numpy as np

from matching.instance import Instance
from matching.result import BoolArray, IntArray
from matching.side.highs import FOUND, branch
from matching.side.program import Program, bound, marginal_values, values

SUM_BITS: Final = 50
"""Sums of this length are exact in doubles."""

LEAST_MARK_BITS: Final = 8
"""Shorter marks would leave too much open to be worth their while."""


def break_ties(
    instance: Instance,
    program: Program,
    chosen: BoolArray,
    lottery: IntArray,
    prices: IntArray,
    quota_prices: IntArray,
    deadline: float,
) -> BoolArray:
    """The least sum of lottery * rank among assignments as cheap as `chosen` (k,).

    A wanted seat that is not given counts as rank limit + 1. Where such sums tie, marks
    decide that depend on lottery and rank alone, so that labels don't, as far as they
    fit into doubles. `prices` (m,) and `quota_prices` tell which choices so cheap an
    assignment can use. Returns `chosen` itself when time runs out.
    """
    face, columns, granted = _face(instance, program, chosen, prices, quota_prices)
    weights = _weights(instance, lottery, columns)
    found = branch(face.with_cost(weights), columns, granted, deadline)
    if found.status != FOUND or found.chosen is None:
        return chosen
    better = int(weights[found.chosen].sum()) < int(weights[chosen].sum())
    return found.chosen if better else chosen


def _face(
    instance: Instance,
    program: Program,
    chosen: BoolArray,
    prices: IntArray,
    quota_prices: IntArray,
) -> tuple[Program, IntArray, BoolArray]:
    """Constraints that all assignments as cheap as `chosen` keep; choices they may, and must use.

    With prices that prove `chosen` by complementary slackness; otherwise with its cost, and
    the number of seats where they come first, as rows.
    """
    rows = np.zeros(len(program.lower), dtype=np.int64)
    rows[: program.quotas] = quota_prices
    value = values(program, prices, rows, 1)
    last = marginal_values(program, value)
    of_last = last[program.applicant]
    wanted = program.demand[program.applicant] > 0
    room = program.total(chosen) - bound(program, prices, rows, 1)
    columns = np.flatnonzero(wanted & (value - of_last <= room))
    if room:
        return _at_the_cost(instance, program, chosen), columns, np.zeros_like(chosen)
    face = replace(
        program,
        floor=np.where(last < 0, program.demand, program.floor),
        least=np.where(prices > 0, program.capacity, program.least),
        capacity=np.where(prices < 0, program.least, program.capacity),
        lower=np.where(rows > 0, program.upper, program.lower),
        upper=np.where(rows < 0, program.lower, program.upper),
    )
    return face, columns, wanted & (value < of_last)


def _at_the_cost(instance: Instance, program: Program, chosen: BoolArray) -> Program:
    if not instance.placements_first:
        total = program.total(chosen)
        return program.with_row(program.cost, total, total)
    seats, total = int(chosen.sum()), int(instance.costs[chosen].sum())
    counted = program.with_row(np.ones(len(chosen), dtype=np.int64), seats, seats)
    return counted.with_row(instance.costs, total, total)


def _weights(instance: Instance, lottery: IntArray, columns: IntArray) -> IntArray:
    """lottery * (rank - limit - 1), and marks below that where there is room for them. (k,)."""
    who = instance.applicant
    by_rank = lottery[who] * (instance.rank - instance.limit - 1)
    largest = int(np.abs(by_rank[columns]).sum())
    # whatever is chosen, marks together stay below one unit of the sum
    carry = len(columns).bit_length()
    bits = SUM_BITS - largest.bit_length() - carry
    if bits < LEAST_MARK_BITS:
        return by_rank
    weights = by_rank << (bits + carry)
    weights[columns] += _marks(instance, lottery, columns, bits)
    return weights


def _marks(instance: Instance, lottery: IntArray, columns: IntArray, bits: int) -> IntArray:
    who = instance.applicant[columns]
    place = columns - instance.indptr[who]
    names = zip(lottery[who].tolist(), place.tolist(), strict=True)
    digests = (hashlib.sha256(f"{number}:{at}".encode()).digest() for number, at in names)
    return np.array(
        [int.from_bytes(digest[:8], "big") >> (64 - bits) for digest in digests], dtype=np.int64
    )
