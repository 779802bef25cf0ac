"""All optima of an assignment, and those among them that weigh least, stage after stage.

Every optimum lies on the choices that the prices of one optimum leave tight, and fills the
offers that have a price (complementary slackness). So the next weights see only those, and
people with one choice left need no further look.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matching.instance import Instance
from matching.result import UNMATCHED, BoolArray, IntArray

MARK_BITS: Final = 40
"""Length of the marks that decide what the lottery leaves open."""

SUM_BITS: Final = 56
"""Length that the sum of all marks must not exceed."""


@dataclass(frozen=True, eq=False)
class Face:
    """Assignments that share their totals so far.

    `choice` (n,) is one of them. `edges` (e,) are the choices still to decide, ascending
    positions in the instance's `offer`, of the applicants who have more than one option;
    `may_stay` (n,) says whose options include staying unplaced. `must_fill` (m,) are the
    offers that every assignment of the face fills, `seats` (m,) those that people without
    another option leave.
    """

    instance: Instance
    choice: IntArray
    edges: IntArray
    may_stay: BoolArray
    must_fill: BoolArray
    seats: IntArray

    @classmethod
    def whole(cls, instance: Instance) -> "Face":
        """All assignments."""
        return cls(
            instance=instance,
            choice=np.full(instance.applicants, UNMATCHED, dtype=np.int64),
            edges=np.arange(len(instance.offer)),
            may_stay=np.ones(instance.applicants, dtype=np.bool_),
            must_fill=np.zeros(instance.offers, dtype=np.bool_),
            seats=instance.capacity,
        )

    @classmethod
    def of(cls, instance: Instance, prices: IntArray, choice: IntArray) -> "Face":
        """All assignments of least cost, from optimal prices and one of them."""
        price = instance.costs + prices[instance.offer]
        best = instance.stay.copy()
        np.minimum.at(best, instance.applicant, price)
        return cls(
            instance=instance,
            choice=choice,
            edges=np.flatnonzero(price == best[instance.applicant]),
            may_stay=instance.stay == best,
            must_fill=prices > 0,
            seats=instance.capacity,
        )._without_settled()

    def narrowed(self, weights: IntArray, stay: IntArray) -> tuple["Face", IntArray]:
        """The part of least total weight, and prices (m,) that prove it.

        weights (e,) of the undecided choices, stay (n,) of staying unplaced. Prices may be
        negative, but only where the offer must be filled. With them no choice and no staying
        on the face is cheaper than what the part allows.
        """
        if not len(self.edges):
            return self, np.zeros(self.instance.offers, dtype=np.int64)
        # inline: numba takes longer to import than this package may
        from matching.kernel import NEVER, least_cost

        first, who = self.begins()
        now = self.choice[who]
        found, prices = least_cost(
            np.append(first, len(self.edges)),
            self.instance.offer[self.edges],
            weights,
            np.where(self.may_stay[who], stay[who], NEVER),
            self.seats,
            self.must_fill,
            np.where(now == UNMATCHED, UNMATCHED, np.searchsorted(self.edges, now)),
        )
        price = weights + prices[self.instance.offer[self.edges]]
        staying = np.where(self.may_stay[who], stay[who], price[first])
        best = np.minimum(staying, np.minimum.reduceat(price, first))
        choice, may_stay = self.choice.copy(), self.may_stay.copy()
        choice[who] = np.where(found == UNMATCHED, UNMATCHED, self.edges[found])
        may_stay[who] &= staying == best
        part = replace(
            self,
            choice=choice,
            edges=self.edges[price == np.repeat(best, np.diff(first, append=len(price)))],
            may_stay=may_stay,
            must_fill=self.must_fill | (prices > 0),
        )
        return part._without_settled(), prices

    def begins(self) -> tuple[IntArray, IntArray]:
        """Where the edges of each undecided applicant begin, and who that is."""
        applicant = self.instance.applicant[self.edges]
        first = np.flatnonzero(np.diff(applicant, prepend=UNMATCHED))
        return first, applicant[first]

    def _without_settled(self) -> "Face":
        """The same without the choices of those who have no other option."""
        instance, edges = self.instance, self.edges
        applicant = instance.applicant[edges]
        options = np.bincount(applicant, minlength=instance.applicants) + self.may_stay
        undecided = options[applicant] > 1
        taken = np.bincount(instance.offer[edges[~undecided]], minlength=instance.offers)
        return replace(self, edges=edges[undecided], seats=self.seats - taken)


def break_ties(face: Face, lottery: IntArray) -> tuple[IntArray, IntArray]:
    """The assignment of the face that the lottery singles out, and prices that prove it.

    First the least sum of lottery number times rank, where staying unplaced counts as the
    rank after the last; then, since such sums can tie too, marks that depend on lottery
    number and position alone. Returns choice (n,) and the prices (m,) of the sum.
    """
    instance = face.instance
    weights = lottery[instance.applicant[face.edges]] * instance.rank[face.edges]
    face, prices = face.narrowed(weights, lottery * (instance.limit + 1))
    if len(face.edges):
        face, _ = face.narrowed(*_marks(face, lottery))
    return face.choice, prices


def _marks(face: Face, lottery: IntArray) -> tuple[IntArray, IntArray]:
    """Weights of the undecided choices (e,) and of staying (n,).

    Independent uniform marks single out one assignment but for a chance of
    choices / 2**40; Mulmuley, Vazirani & Vazirani (1987), "Matching is as easy as matrix
    inversion". Equal lottery numbers are told apart by the order of applicants.
    """
    _, undecided = face.begins()
    bits = min(MARK_BITS, SUM_BITS - len(undecided).bit_length())
    twin = _order_among_equals(lottery)

    def mark(number: int, twin: int, position: int) -> int:
        digest = hashlib.sha256(f"{number}:{twin}:{position}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> (64 - bits)

    def marks(who: IntArray, position: IntArray) -> list[int]:
        return list(map(mark, lottery[who].tolist(), twin[who].tolist(), position.tolist()))

    who = face.instance.applicant[face.edges]
    stays = np.zeros(len(lottery), dtype=np.int64)
    stays[undecided] = marks(undecided, np.zeros_like(undecided))
    return np.array(marks(who, face.edges - face.instance.indptr[who] + 1)), stays


def _order_among_equals(lottery: IntArray) -> IntArray:
    """0 for the first applicant with a number, 1 for the second with the same, ..."""
    order = np.argsort(lottery, kind="stable")
    ranked = lottery[order]
    places = np.arange(len(lottery))
    first = np.concatenate([[True], ranked[1:] != ranked[:-1]])[: len(lottery)]
    twin = np.empty(len(lottery), dtype=np.int64)
    twin[order] = places - np.maximum.accumulate(np.where(first, places, 0))
    return twin
