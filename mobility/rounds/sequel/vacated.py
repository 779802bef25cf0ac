"""Vacated seats: how many are free, and what the year and the balance still let be given."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy

from ...offers.models import Offer
from ...placements.queries import live_counts
from ..snapshot import Bound


class Room:
    """What is free at this moment, counted down as it is given.

    `bounds` are those of the round. One that is broken already, by answers or by another call,
    only bars more of the same. Of each bound the sum is known as the least and the most that it
    can be: somebody for whom a seat is reserved may take it or not.
    """

    def __init__(self, offers: Mapping[str, Offer], bounds: Sequence[Bound]) -> None:
        self._id = {code: offer.id for code, offer in offers.items()}
        taken = live_counts(self._id.values())
        self.free = Counter(
            {code: _free_seats(offer, taken[offer.id]) for code, offer in offers.items()}
        )
        self._bounds = bounds
        self._binding: dict[int, list[int]] = defaultdict(list)
        for at, bound in enumerate(bounds):
            for offer in bound.weights:
                self._binding[offer].append(at)
        self._least = [
            sum(weight * taken.get(offer, 0) for offer, weight in bound.weights.items())
            for bound in bounds
        ]
        self._most = self._least.copy()

    def has(self, code: str, held: str | None) -> bool:
        """Whether somebody who holds `held` could be given a seat at `code`."""
        return self.free[code] > 0 and self.broken_by(code, held) is None

    def broken_by(self, code: str, held: str | None) -> Bound | None:
        """What one person more at `code`, who leaves `held`, would break, free seat or not."""
        for at, step in self._steps(code, held):
            bound, least, most = self._bounds[at], self._least[at], self._most[at]
            if bound.upper is not None and most + step > max(bound.upper, most):
                return bound
            if bound.lower is not None and least + step < min(bound.lower, least):
                return bound
        return None

    def _steps(self, code: str, held: str | None) -> Iterator[tuple[int, int]]:
        """By how much each bound's sum changes when somebody goes from `held` to `code`."""
        to = self._id[code]
        left = None if held is None else self._id[held]
        touched = {*self._binding[to], *(() if left is None else self._binding[left])}
        for at in sorted(touched):
            weights = self._bounds[at].weights
            yield at, weights.get(to, 0) - (0 if left is None else weights.get(left, 0))

    def take(self, code: str, held: str | None) -> None:
        """Give a seat at `code`, and get back the one that was held."""
        self.free[code] -= 1
        if held is not None:
            self.free[held] += 1
        for at, step in self._steps(code, held):
            self._least[at] += step
            self._most[at] += step

    def reserve(self, code: str, held: str) -> None:
        """Leave a seat at `code` for somebody who holds `held` and may still decline both."""
        self.free[code] -= 1
        for at, step in self._steps(code, held):
            self._least[at] += min(step, 0)
            self._most[at] += max(step, 0)

    def copy(self) -> "Room":
        other = copy(self)
        other.free = self.free.copy()
        other._least, other._most = self._least.copy(), self._most.copy()
        return other


def _free_seats(offer: Offer, taken: int) -> int:
    """None at a place that is closed, or that stayed empty for want of its minimum."""
    if not offer.is_open or (offer.min_seats and not taken):
        return 0
    return offer.seats - taken
