"""What a published round tells everybody of each place; nothing of fewer than five people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...offers.models import Offer
from .. import queries
from ..models import Run
from .publicity import LEAST

MOST_NAMED = 5


@dataclass(frozen=True)
class Place:
    """A place and what it took. All but the seats are None where a small group would show.

    cutoff: the lowest admitted score, None too where seats stayed free; price: in points of cost.
    """

    offer: Offer
    seats: int
    admitted: int | None
    cutoff: float | None = None
    price: float | None = None


@dataclass(frozen=True)
class SeatMore:
    """The effect of one seat more at a place: people placed, and the change of total cost."""

    offer: Offer
    placed: int
    cost: float


@dataclass(frozen=True)
class SeatsMore:
    """Where one seat more would change most, the largest first.

    tried: places at which it was solved again. hides: the largest effect of all is at a place of
    which nothing may be told.
    """

    most: list[SeatMore]
    tried: int
    exact: bool
    hides: bool


def places(run: Run, *, everything: bool = False) -> list[Place]:
    """What the run gave at each place. With `everything` nothing is hidden: for admins alone."""
    seats = queries.seats_by_offer(run)
    hidden = set() if everything else hidden_places([filled for _, _, filled in seats])
    stats = run.stats or {}
    return [
        Place(offer, count, None)
        if at in hidden
        else Place(
            offer,
            count,
            filled,
            stats.get("cutoffs", {}).get(offer.code_in_round),
            stats.get("prices", {}).get(offer.code_in_round),
        )
        for at, (offer, count, filled) in enumerate(seats)
    ]


def hidden_places(filled: Sequence[int]) -> set[int]:
    """The places of which nothing is told, by position.

    Those that took one to four people, and, so that their number does not follow from the sum of
    all placed, the smallest others until at least two are hidden with at least LEAST people.
    """
    hidden = {at for at, count in enumerate(filled) if 0 < count < LEAST}
    if not hidden:
        return hidden
    others = sorted(
        (at for at, count in enumerate(filled) if count >= LEAST), key=lambda at: (filled[at], at)
    )
    for at in others:
        if len(hidden) > 1 and sum(filled[one] for one in hidden) >= LEAST:
            break
        hidden.add(at)
    return hidden


def seats_more(run: Run, told: Sequence[Place]) -> SeatsMore | None:
    """Where one seat more would have changed most; None where it was not computed."""
    found: dict[str, Any] | None = (run.stats or {}).get("seat_more")
    if found is None:
        return None
    by_cost = run.policy == "linear_assignment"
    effects: dict[str, tuple[int, float]] = {
        code: (placed, cost if by_cost else 0.0)
        for code, (placed, cost) in found["by_code"].items()
        if placed > 0 or (by_cost and cost < 0)
    }
    named = [
        SeatMore(place.offer, *effects[place.offer.code_in_round])
        for place in told
        if place.admitted is not None and place.offer.code_in_round in effects
    ]
    named.sort(key=lambda one: (-one.placed, one.cost))
    largest = min(((-placed, cost) for placed, cost in effects.values()), default=None)
    shown = (-named[0].placed, named[0].cost) if named else None
    return SeatsMore(
        most=named[:MOST_NAMED],
        tried=found["tried"],
        exact=found["exact"],
        hides=largest is not None and largest != shown,
    )
