"""Exact least cost and its prices, from any start, in integers.

An applicant who moves from one place to another is an arc between two offers; staying
unplaced and free seats meet in one extra node, outside. An assignment is of least cost if
and only if this graph has no cycle of negative length, and then the shortest distances from
outside are prices that prove it. Klein (1967), "A primal method for minimal cost flows";
Ahuja, Magnanti & Orlin (1993), "Network flows", theorems 9.1 and 9.3.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.result import UNMATCHED, IntArray

CHECK_EVERY: Final = 8
"""Rounds between looks for a cycle: few enough for distances to stay within int64."""

NO_ARC: Final = -1
VACATE: Final = -2
"""A predecessor arc from outside: a seat of the offer falls free."""


class Graph(NamedTuple):
    """Applicants' lists with the choices of each offer together, for one pass an iteration."""

    indptr: IntArray
    offer: IntArray
    cost: IntArray
    stay: IntArray
    capacity: IntArray
    applicant: IntArray
    by_offer: IntArray
    listed: IntArray
    start: IntArray
    length: IntArray


def settle(
    indptr: IntArray,
    offer: IntArray,
    cost: IntArray,
    stay: IntArray,
    capacity: IntArray,
    choice: IntArray,
) -> tuple[IntArray, IntArray]:
    """Turn a feasible assignment into one of least total cost, with the lowest prices.

    cost (k,) of each choice, stay (n,) of staying unplaced, capacity (m,), all int64;
    choice (n,) positions in `offer` or UNMATCHED. Returns (choice, prices). The prices do
    not depend on the start: each is what one more seat at the offer would save. A round of
    distances is O(k); there are as many rounds as the longest chain of moves, and again
    for every set of cycles that is cancelled, of which a good start leaves none.
    """
    graph = _graph(indptr, offer, cost, stay, capacity)
    choice = choice.copy()
    while True:
        distance, cycles = _distances(graph, choice)
        if not cycles:
            # an offer with a free seat has price 0, whatever the way to it costs
            return choice, np.maximum(0, -distance[:-1])
        for cycle in cycles:
            _cancel(graph, choice, cycle)


def _graph(
    indptr: IntArray, offer: IntArray, cost: IntArray, stay: IntArray, capacity: IntArray
) -> Graph:
    n, m = len(indptr) - 1, len(capacity)
    by_offer = np.argsort(offer, kind="stable")
    length = np.bincount(offer, minlength=m)
    listed = np.flatnonzero(length)
    start = (np.cumsum(length) - length)[listed]
    applicant = np.repeat(np.arange(n), np.diff(indptr))
    return Graph(
        indptr, offer, cost, stay, capacity, applicant, by_offer, listed, start, length[listed]
    )


def _distances(graph: Graph, choice: IntArray) -> tuple[IntArray, list[list[tuple[int, int]]]]:
    """Shortest distances to all offers and outside (m + 1,), or the negative cycles found.

    A cycle is a list of (node, arc into it).
    """
    n, m = len(graph.stay), len(graph.capacity)
    outside = m
    placed = choice != UNMATCHED
    node = np.full(n, outside)
    node[placed] = graph.offer[choice[placed]]
    now = graph.stay.copy()
    now[placed] = graph.cost[choice[placed]]
    held = np.bincount(node, minlength=m + 1)[:m]
    occupied = held > 0
    roomy = held < graph.capacity

    movers = graph.applicant[graph.by_offer]
    source, length = node[movers], graph.cost[graph.by_offer] - now[movers]
    leavers = np.flatnonzero(placed)
    leaving = graph.stay[leavers] - now[leavers]

    distance = np.zeros(m + 1, dtype=np.int64)
    into = np.full(m + 1, NO_ARC)
    before = np.full(m + 1, NO_ARC)
    for turn in range(1, 2**62):
        old = distance.copy()
        if len(graph.listed):
            reach = old[source] + length
            best = np.minimum.reduceat(reach, graph.start)
            better = np.flatnonzero(best < old[graph.listed])
            if len(better):
                arcs = _arcs_that_reach(graph, reach, best, better)
                targets = graph.offer[graph.by_offer[arcs]]
                distance[targets] = reach[arcs]
                into[targets] = graph.by_offer[arcs]
                before[targets] = source[arcs]
        vacated = occupied & (old[outside] < distance[:-1])
        distance[:-1][vacated] = old[outside]
        into[:-1][vacated] = VACATE
        before[:-1][vacated] = outside
        _reach_outside(graph, old, distance, into, before, (leavers, leaving, node, roomy))
        if (distance == old).all():
            return distance, []
        if turn % CHECK_EVERY == 0:
            cycles = _cycles(before, into)
            if cycles:
                return distance, cycles
    raise AssertionError("distances neither settle nor show a cycle")


def _arcs_that_reach(graph: Graph, reach: IntArray, best: IntArray, better: IntArray) -> IntArray:
    """One position in `by_offer` for each offer that came nearer."""
    length = graph.length[better]
    begin = np.cumsum(length) - length
    spots = np.repeat(graph.start[better] - begin, length) + np.arange(int(length.sum()))
    hits: IntArray = spots[reach[spots] == np.repeat(best[better], length)]
    offers = graph.offer[graph.by_offer[hits]]
    first = np.concatenate([[True], offers[1:] != offers[:-1]])
    arcs: IntArray = hits[first]
    return arcs


def _reach_outside(
    graph: Graph,
    old: IntArray,
    distance: IntArray,
    into: IntArray,
    before: IntArray,
    ways: tuple[IntArray, IntArray, IntArray, npt.NDArray[np.bool_]],
) -> None:
    """Outside is reached by leaving a place, or by taking a free seat."""
    leavers, leaving, node, roomy = ways
    outside = len(graph.capacity)
    if len(leavers):
        reach = old[node[leavers]] + leaving
        least = int(reach.argmin())
        if reach[least] < distance[outside]:
            distance[outside] = reach[least]
            # leaving is told from the positions in `offer` by standing below them all
            into[outside] = VACATE - 1 - leavers[least]
            before[outside] = node[leavers[least]]
    free = np.flatnonzero(roomy)
    if len(free):
        nearest = free[old[free].argmin()]
        if old[nearest] < distance[outside]:
            distance[outside] = old[nearest]
            into[outside] = VACATE
            before[outside] = nearest


def _cycles(before: IntArray, into: IntArray) -> list[list[tuple[int, int]]]:
    """Cycles of the predecessor graph, each one negative; they share no node."""
    nodes = len(before)
    jump = np.append(np.where(before == NO_ARC, nodes, before), nodes)
    for _ in range(nodes.bit_length()):
        jump = jump[jump]
    left = set(jump[jump != nodes].tolist())
    cycles = []
    while left:
        first = at = left.pop()
        cycle = []
        while True:
            cycle.append((at, int(into[at])))
            left.discard(at)
            at = int(before[at])
            if at == first:
                break
        cycles.append(cycle)
    return cycles


def _cancel(graph: Graph, choice: IntArray, cycle: list[tuple[int, int]]) -> None:
    """Everybody on the cycle moves at once; it costs less and fills no seat twice."""
    for _, arc in cycle:
        if arc >= 0:
            choice[graph.applicant[arc]] = arc
        elif arc < VACATE:
            choice[VACATE - 1 - arc] = UNMATCHED
