"""Vacated seats: how many are free."""

from collections import Counter
from collections.abc import Mapping

from ...offers.models import Offer
from ...placements.queries import live_counts, live_under


class Room:
    """The seats and mobilities that are free at this moment, counted down as they are given."""

    def __init__(self, offers: Mapping[str, Offer], *, quotas: bool) -> None:
        self._condition = {code: offer.condition_id for code, offer in offers.items()}
        taken = live_counts([offer.id for offer in offers.values()])
        self.free = Counter(
            {code: _free_seats(offer, taken[offer.id]) for code, offer in offers.items()}
        )
        self._left: Counter[int] | None = None
        if quotas and offers:
            conditions = {offer.condition_id: offer.condition for offer in offers.values()}
            year = next(iter(offers.values())).call.academic_year
            live = live_under(conditions.keys(), year)
            self._left = Counter(
                {key: each.mobilities_per_year - live[key] for key, each in conditions.items()}
            )

    def has(self, code: str, held: str | None) -> bool:
        """Whether somebody who holds `held` could be given a seat at `code`."""
        if self.free[code] <= 0:
            return False
        return (
            self._left is None
            or self._left[self._condition[code]] > 0
            or (held is not None and self._condition[held] == self._condition[code])
        )

    def take(self, code: str, held: str | None) -> None:
        """Give a seat at `code`, and get back the one that was held."""
        self.free[code] -= 1
        if self._left is not None:
            self._left[self._condition[code]] -= 1
        if held is not None:
            self.free[held] += 1
            if self._left is not None:
                self._left[self._condition[held]] += 1

    def reserve(self, code: str, held: str) -> None:
        """Leave a seat at `code` for somebody who holds `held` and may still decline both."""
        self.free[code] -= 1
        if self._left is not None and self._condition[held] != self._condition[code]:
            self._left[self._condition[code]] -= 1

    def copy(self) -> "Room":
        other = object.__new__(Room)
        other._condition = self._condition
        other.free = self.free.copy()
        other._left = None if self._left is None else self._left.copy()
        return other


def _free_seats(offer: Offer, taken: int) -> int:
    """None at a place that is closed, or that stayed empty for want of its minimum."""
    if not offer.is_open or (offer.min_seats and not taken):
        return 0
    return offer.seats - taken
