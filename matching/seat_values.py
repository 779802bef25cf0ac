"""What one seat more or one seat fewer at an offer would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.arrays import positions
from matching.errors import Infeasible
from matching.instance import Instance
from matching.residual import Moves, moves_apply
from matching.result import BoolArray, IntArray, Result
from matching.variants import solve_again, total_cost


@dataclass(frozen=True, eq=False, kw_only=True)
class SeatValues:
    """What changes at each of the asked `offers` (q,).

    more_placed, more_cost (q,): seats given and total cost with one seat more; fewer_placed,
    fewer_cost (q,): with one seat fewer, 0 where `can_lose` (q,) is false: there is no seat,
    or a minimum needs it. Cost in units of 1 / `Instance.scale`. Where the instance says what
    staying `unplaced` costs, the cost holds it and the numbers of seats given are 0: which
    of several best results is taken would decide them. `exact`: re-solved to the end; if
    not, the changes are between the best results that were found.
    """

    offers: IntArray
    more_placed: IntArray
    more_cost: IntArray
    fewer_placed: IntArray
    fewer_cost: IntArray
    can_lose: BoolArray
    exact: bool


def seat_value(instance: Instance, result: Result, offers: Sequence[int] | IntArray) -> SeatValues:
    """The effect of one seat more, and of one fewer, at each of `offers`, re-solved.

    Linear assignment under capacities alone: two shortest-path searches from the result for
    all offers together, O(k) a round (`matching.residual`); the prices of the result must
    prove it, otherwise ValueError. All other policies and constraints: solved again for each
    offer, twice. The lottery stays the same.
    """
    asked = positions("offers", offers, instance.offers)
    if moves_apply(instance, result):
        return _from_moves(instance, result, asked)
    return _from_new_results(instance, result, asked)


def _from_moves(instance: Instance, result: Result, asked: IntArray) -> SeatValues:
    moves = Moves.of(instance, result)
    held = np.bincount(moves.node, minlength=instance.offers + 1)
    arrives = moves.graph.distances_from(moves.outside)[asked]
    leaves = moves.graph.distances_to(moves.outside)[asked]
    more_placed, more_cost = moves.split(np.minimum(0, arrives))
    full = (held[asked] == instance.capacity[asked]) & (held[asked] > 0)
    fewer_placed, fewer_cost = moves.split(np.where(full, leaves, 0))
    return SeatValues(
        offers=asked,
        more_placed=more_placed,
        more_cost=more_cost,
        fewer_placed=fewer_placed,
        fewer_cost=fewer_cost,
        can_lose=instance.capacity[asked] > 0,
        exact=True,
    )


class _Change(NamedTuple):
    placed: int
    cost: int
    possible: bool
    exact: bool


def _from_new_results(instance: Instance, result: Result, asked: IntArray) -> SeatValues:
    more = [_change(instance, result, offer, +1) for offer in asked.tolist()]
    fewer = [_change(instance, result, offer, -1) for offer in asked.tolist()]
    return SeatValues(
        offers=asked,
        more_placed=np.array([change.placed for change in more], dtype=np.int64),
        more_cost=np.array([change.cost for change in more], dtype=np.int64),
        fewer_placed=np.array([change.placed for change in fewer], dtype=np.int64),
        fewer_cost=np.array([change.cost for change in fewer], dtype=np.int64),
        can_lose=np.array([change.possible for change in fewer], dtype=np.bool_),
        exact=result.gap == 0 and all(change.exact for change in more + fewer),
    )


def _change(instance: Instance, result: Result, offer: int, seats: int) -> _Change:
    capacity = instance.capacity.copy()
    capacity[offer] += seats
    if capacity[offer] < 0:
        return _Change(0, 0, False, True)
    try:
        _, again = solve_again(instance, result, capacity=capacity)
    except Infeasible:
        # a minimum that cannot be met any more; one seat more can break nothing
        if seats > 0:
            raise
        return _Change(0, 0, False, True)
    cost = total_cost(instance, again.chosen) - total_cost(instance, result.chosen)
    placed = again.placed - result.placed if instance.placements_first else 0
    return _Change(placed, cost, True, again.gap == 0)
