"""Linear assignment: most placements, then least total cost, ties by the lottery."""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.circulation import settle
from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.result import UNMATCHED, IntArray, Result
from matching.seats import assign_to_seats

BoolArray = npt.NDArray[np.bool_]

NAME = "linear_assignment"

MARK_BITS: Final = 40
"""Length of the marks that decide what the lottery leaves open."""

SUM_BITS: Final = 56
"""Length that the sum of all marks must not exceed."""


def _solve(instance: Instance, lottery: IntArray, seed: int) -> Result:
    """Three assignments, each among the optima of the one before.

    First the cost; then lottery times rank; then, since such sums can tie too, marks that
    depend on lottery number and rank alone. All optima of a stage lie on the choices that
    its prices leave tight (complementary slackness), so the next one sees only those.
    """
    lists = (instance.indptr, instance.offer)
    start = assign_to_seats(*lists, instance.costs, instance.stay, instance.capacity)
    choice, prices = settle(*lists, instance.costs, instance.stay, instance.capacity, start)
    face = Face.of(instance, prices, choice)
    for weigh in (_by_lottery, _by_mark):
        open_to = np.flatnonzero(face.options() > 1)
        if not len(open_to):
            break
        face = face.narrowed(open_to, *weigh(instance, lottery, open_to))
    return make_result(NAME, instance, face.choice.copy(), lottery, seed, prices)


@dataclass(frozen=True, eq=False)
class Face:
    """All optima of an assignment: the choices they may use and the offers they must fill.

    `edges` (e,) positions in the instance's `offer`, ascending; `may_stay` (n,);
    `must_fill` (m,); `choice` (n,) one of the optima.
    """

    instance: Instance
    edges: IntArray
    may_stay: BoolArray
    must_fill: BoolArray
    choice: IntArray

    @classmethod
    def of(cls, instance: Instance, prices: IntArray, choice: IntArray) -> "Face":
        """Complementary slackness with optimal prices."""
        price = instance.costs + prices[instance.offer]
        best = instance.stay.copy()
        np.minimum.at(best, instance.applicant, price)
        tight = np.flatnonzero(price == best[instance.applicant])
        return cls(instance, tight, instance.stay == best, prices > 0, choice)

    def options(self) -> IntArray:
        """How many choices each applicant has, staying unplaced among them. (n,)."""
        applicant = self.instance.applicant[self.edges]
        return np.bincount(applicant, minlength=self.instance.applicants) + self.may_stay

    def narrowed(self, open_to: IntArray, weights: IntArray, stay: IntArray) -> "Face":
        """The optima of least total weight; `weights` (k,), `stay` (n,).

        Only applicants in `open_to`, those with options, take part; the others keep what
        they have. Filling what must be filled, and not staying where one may not, are made
        worth more than all weights together: the present optimum shows that all can be had.
        """
        instance = self.instance
        inside = np.zeros(instance.applicants, dtype=np.bool_)
        inside[open_to] = True
        of_open = inside[instance.applicant[self.edges]]
        edges = self.edges[of_open]
        row = np.searchsorted(open_to, instance.applicant[edges])
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(open_to)))])
        offer = instance.offer[edges]
        settled = self.choice[~inside & (self.choice != UNMATCHED)]
        capacity = instance.capacity - np.bincount(
            instance.offer[settled], minlength=instance.offers
        )

        worth = _outweighing(weights[edges], stay[open_to], indptr)
        cost = weights[edges] - worth * self.must_fill[offer]
        staying = stay[open_to] + worth * ~self.may_stay[open_to]
        start = assign_to_seats(indptr, offer, cost, staying, capacity)
        found, prices = settle(indptr, offer, cost, staying, capacity, start)

        price = cost + prices[offer]
        best = np.minimum(staying, np.minimum.reduceat(price, indptr[:-1]))
        choice = self.choice.copy()
        choice[open_to] = np.where(found == UNMATCHED, UNMATCHED, edges[found])
        may_stay = self.may_stay.copy()
        may_stay[open_to] = staying == best
        kept = np.sort(np.concatenate([self.edges[~of_open], edges[price == best[row]]]))
        return Face(instance, kept, may_stay, self.must_fill | (prices > 0), choice)


def _outweighing(weights: IntArray, stay: IntArray, indptr: IntArray) -> int:
    """More than any two choices of everybody can differ in total."""
    least = np.minimum(np.minimum.reduceat(weights, indptr[:-1]), stay)
    most = np.maximum(np.maximum.reduceat(weights, indptr[:-1]), stay)
    return 1 + int((most - least).sum())


def _by_lottery(
    instance: Instance, lottery: IntArray, open_to: IntArray
) -> tuple[IntArray, IntArray]:
    """Lottery number times rank; staying unplaced counts as the rank after the last."""
    del open_to  # cheap enough for everybody
    return lottery[instance.applicant] * instance.rank, lottery * (instance.limit + 1)


def _by_mark(instance: Instance, lottery: IntArray, open_to: IntArray) -> tuple[IntArray, IntArray]:
    """Marks from lottery number and rank, for what lottery times rank leaves open.

    Independent uniform marks single out one optimum but for a chance of choices / 2**40;
    Mulmuley, Vazirani & Vazirani (1987), "Matching is as easy as matrix inversion". Equal
    lottery numbers are told apart by the order of applicants.
    """
    bits = min(MARK_BITS, SUM_BITS - len(open_to).bit_length())
    twin = _order_among_equals(lottery).tolist()
    number = lottery.tolist()

    def mark(who: int, rank: int) -> int:
        digest = hashlib.sha256(f"{number[who]}:{twin[who]}:{rank}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> (64 - bits)

    marks = np.zeros(len(instance.offer), dtype=np.int64)
    stays = np.zeros(len(lottery), dtype=np.int64)
    for who in open_to.tolist():
        begin, end = int(instance.indptr[who]), int(instance.indptr[who + 1])
        marks[begin:end] = [mark(who, rank) for rank in range(1, end - begin + 1)]
        stays[who] = mark(who, 0)
    return marks, stays


def _order_among_equals(lottery: IntArray) -> IntArray:
    """0 for the first applicant with a number, 1 for the second with the same, ..."""
    order = np.argsort(lottery, kind="stable")
    ranked = lottery[order]
    places = np.arange(len(lottery))
    first = np.concatenate([[True], ranked[1:] != ranked[:-1]])[: len(lottery)]
    twin = np.empty(len(lottery), dtype=np.int64)
    twin[order] = places - np.maximum.accumulate(np.where(first, places, 0))
    return twin


LINEAR_ASSIGNMENT = Policy(
    name=NAME,
    title="Linear assignment",
    solve=_solve,
    stable=False,
    strategy_proof=False,
    lucky="higher",
    handles=frozenset({"cost", "unplaced"}),
)
