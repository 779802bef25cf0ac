"""What it costs to move one person more, or one fewer, in an optimal assignment.

A person who moves from one place to another is an arc between two offers; one more node,
outside, stands for free seats and for staying unplaced. In an optimal assignment no cycle
of this graph is negative, so a shortest path is the cheapest way to bring one person more
to an offer (from outside) or to take one away (to outside): one augmentation instead of a
new solution. Ahuja, Magnanti & Orlin (1993), "Network flows", sections 9.2 and 9.4.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from matching.instance import Instance
from matching.result import UNMATCHED, IntArray, Result

FAR: Final = np.iinfo(np.int64).max
"""Distance of what cannot be reached."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Residual:
    """Arcs of the residual graph; the offers are nodes 0..m - 1, outside is node m.

    tail, head, length (a,): moving one person along the arc changes the total by `length`.
    The arcs and their order depend on the lists and `choice` alone, not on costs.
    """

    nodes: int
    tail: IntArray
    head: IntArray
    length: IntArray

    @classmethod
    def of(
        cls,
        indptr: IntArray,
        offer: IntArray,
        cost: IntArray,
        stay: IntArray,
        capacity: IntArray,
        choice: IntArray,
    ) -> "Residual":
        """Arguments as in the kernel, with `choice` (n,) an assignment of least cost. O(k + m)."""
        m = outside = len(capacity)
        applicant = np.repeat(np.arange(len(stay)), np.diff(indptr))
        leavers = np.flatnonzero(choice != UNMATCHED)
        node = np.full(len(stay), outside)
        node[leavers] = offer[choice[leavers]]
        now = stay.copy()
        now[leavers] = cost[choice[leavers]]
        held = np.bincount(node, minlength=m + 1)[:m]
        # a free seat can be filled at no cost, and a seat fall free
        roomy, occupied = np.flatnonzero(held < capacity), np.flatnonzero(held)

        others = np.ones(len(offer), dtype=np.bool_)
        others[choice[leavers]] = False
        takes = np.flatnonzero(others)
        movers = applicant[takes]
        moving, leaving = cost[takes] - now[movers], stay[leavers] - now[leavers]
        return cls(
            nodes=m + 1,
            tail=np.concatenate([node[movers], node[leavers], roomy, 0 * occupied + outside]),
            head=np.concatenate(
                [offer[takes], 0 * leavers + outside, 0 * roomy + outside, occupied]
            ),
            length=np.concatenate([moving, leaving, 0 * roomy, 0 * occupied]),
        )

    def distances_from(self, source: int) -> IntArray:
        """Least total change on the way from `source` to each node. (m + 1,), or FAR."""
        return _shortest(self.nodes, self.tail, self.head, self.length, source, self._by_tail)

    def distances_to(self, target: int) -> IntArray:
        """Least total change on the way from each node to `target`. (m + 1,), or FAR."""
        return _shortest(self.nodes, self.head, self.tail, self.length, target, self._by_head)

    @cached_property
    def _by_tail(self) -> IntArray:
        return np.argsort(self.tail, kind="stable")

    @cached_property
    def _by_head(self) -> IntArray:
        return np.argsort(self.head, kind="stable")

    def tight_to(self, distance: IntArray) -> IntArray:
        """Positions of the arcs on a shortest way to the target of `distances_to`."""
        reached = np.flatnonzero(distance[self.head] != FAR)
        far = distance[self.head[reached]] + self.length[reached]
        tight: IntArray = reached[far == distance[self.tail[reached]]]
        return tight

    def only(self, arcs: IntArray) -> "Residual":
        """The graph of these arcs."""
        return Residual(
            nodes=self.nodes,
            tail=self.tail[arcs],
            head=self.head[arcs],
            length=self.length[arcs],
        )


def _shortest(
    nodes: int, tail: IntArray, head: IntArray, length: IntArray, source: int, order: IntArray
) -> IntArray:
    """Bellman-Ford in rounds over the nodes that came nearer in the round before.

    `order` (a,) sorts the arcs by tail. O(a) a round; as many rounds as the longest shortest path
    has arcs. Raises ValueError where a cycle is negative.
    """
    head, length = head[order], length[order]
    degree = np.bincount(tail, minlength=nodes)
    begin = np.cumsum(degree) - degree
    distance = np.full(nodes, FAR)
    distance[source] = 0
    nearer = np.array([source])
    for _ in range(nodes):
        count = degree[nearer]
        skip = np.repeat(begin[nearer] - (np.cumsum(count) - count), count)
        arcs = skip + np.arange(len(skip))
        before = distance.copy()
        np.minimum.at(distance, head[arcs], np.repeat(distance[nearer], count) + length[arcs])
        nearer = np.flatnonzero(distance < before)
        if not len(nearer):
            return distance
    raise ValueError("a cycle of moves improves the result: it is not the best")


def moves_apply(instance: Instance, result: Result) -> bool:
    """Whether the residual graph describes the result: least cost under capacities alone."""
    return result.policy == "linear_assignment" and instance.asks_for <= {"cost", "unplaced"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Moves:
    """The residual graph of a result of least cost, and how to read its distances.

    worth: what one placement outweighs, so large that the distances tell a number of
    placements and a sum of costs apart; 0 where the instance says what staying costs.
    node (n,): the offer that each applicant is at, or outside.
    """

    instance: Instance
    graph: Residual
    worth: int
    node: IntArray

    @classmethod
    def of(cls, instance: Instance, result: Result) -> "Moves":
        """Raises ValueError unless the prices of the result prove it. O(k + m)."""
        proved = _graph(instance, instance.costs, instance.stay, result)
        if not _proved(proved, result.prices):
            raise ValueError("the prices do not prove the result to be of least cost")
        worth = _decisive(instance, result) if instance.placements_first else 0
        stay = np.full(instance.applicants, worth) if worth else instance.stay
        return cls(
            instance=instance,
            graph=_graph(instance, instance.costs, stay, result) if worth else proved,
            worth=worth,
            node=np.append(instance.offer, instance.offers)[result.choice],
        )

    @property
    def outside(self) -> int:
        """The node of free seats and of the unplaced."""
        return self.instance.offers

    def split(self, change: IntArray) -> tuple[IntArray, IntArray]:
        """Changes of the total as (change of placements, change of cost).

        Where `unplaced` is given the total is the cost, and placements are not told apart.
        """
        if not self.worth:
            return 0 * change, change
        placed = -((change + self.worth // 2) // self.worth)
        return placed, change + placed * self.worth

    def luck_to(self, target: int, distance: IntArray, result: Result) -> IntArray:
        """Least change of the sum of lottery times rank on the ways of least cost to `target`.

        `distance` (m + 1,) as `graph.distances_to(target)` says. Returns (m + 1,), or FAR.
        The result must have the least sum of all results of its cost, or ValueError.
        """
        instance, lottery = self.instance, result.lottery
        assert lottery is not None, "no lottery broke the ties"
        weights = lottery[instance.applicant] * instance.rank
        graph = _graph(instance, weights, lottery * (instance.limit + 1), result)
        return graph.only(self.graph.tight_to(distance)).distances_to(target)


def _graph(instance: Instance, cost: IntArray, stay: IntArray, result: Result) -> Residual:
    return Residual.of(
        instance.indptr, instance.offer, cost, stay, instance.capacity, result.choice
    )


def _proved(graph: Residual, prices: IntArray | None) -> bool:
    if prices is None:
        return False
    rent = np.append(prices, 0)
    return bool((graph.length + rent[graph.head] >= rent[graph.tail]).all())


def _decisive(instance: Instance, result: Result) -> int:
    """Twice what the costs of all placements could differ by, and one more."""
    highest, lowest = int(instance.costs.max(initial=0)), int(instance.costs.min(initial=0))
    return 2 * ((result.placed + 2) * (highest - lowest) + max(highest, -lowest)) + 1
