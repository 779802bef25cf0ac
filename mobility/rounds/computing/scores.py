"""With which score somebody would have got a choice, where costs decide."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..snapshot import Inputs
from .told import FEW, Claim

if TYPE_CHECKING:
    from matching import Instance

SCORES: Final = 10_000
"""Scores go from 0 to 100 in hundredths."""


def scores_enough(
    inputs: Inputs, instance: "Instance", who: int, granted: int | None, claims: list[Claim]
) -> dict[str, float | None]:
    """For each choice the score from which on this one or a better one is granted.

    A higher score multiplies what all choices of a person weigh, and the rest of the round stays
    as it is: with s hundredths of a score more, choice j costs w * s * (k_j - k) less against the
    granted one, where k = (L + 1)**2 - rank**2, and has its `difference` to make up for. The
    outcome never falls with the score, so halving finds the least. Only for costs of the default
    kind, and only where every claim is exact. Where two are equal the lottery speaks: the score
    named is above that.
    """
    rivals = [claim for claim in claims if claim["kind"] == "cost"]
    if instance.cost is not None or not all(claim["exact"] for claim in rivals):
        return {}
    if not inputs.weight:
        return {}
    finer = 100 // instance.scale
    own = _weight(instance, granted)
    gains = [
        inputs.weight * ((inputs.limit + 1) ** 2 - claim["rank"] ** 2 - own) for claim in rivals
    ]
    lacks = [
        None if claim["difference"] is None else claim["difference"] * finer for claim in rivals
    ]
    most = SCORES - round(inputs.scores[who] * 100)
    enough: dict[str, float | None] = {}
    for count, claim in enumerate(rivals, start=1):
        race = _Race(gains, lacks, count)
        if race.lost(most):
            enough[str(claim["rank"])] = None
        elif claim["admitted"] >= FEW and race.won(most):
            more = _least(race.won, most)
            enough[str(claim["rank"])] = (round(inputs.scores[who] * 100) + more) / 100
    return enough


def _weight(instance: "Instance", granted: int | None) -> int:
    if granted is None:
        return 0
    return (instance.limit + 1) ** 2 - int(instance.rank[granted]) ** 2


class _Race:
    """The first `count` choices against the others and what was granted, as the score rises."""

    def __init__(self, gains: Sequence[int], lacks: Sequence[int | None], count: int) -> None:
        self._all = list(zip(gains, lacks, strict=True))
        self._count = count

    def won(self, more: int) -> bool:
        return self._ahead(more) < self._behind(more)

    def lost(self, more: int) -> bool:
        return self._ahead(more) > self._behind(more)

    def _ahead(self, more: int) -> float:
        return _lack(self._all[: self._count], more)

    def _behind(self, more: int) -> float:
        return min(0, _lack(self._all[self._count :], more))


def _lack(some: Sequence[tuple[int, int | None]], more: int) -> float:
    """What the best of `some` still lacks with `more` hundredths of a score."""
    left = [lack - gain * more for gain, lack in some if lack is not None]
    return min(left, default=float("inf"))


def _least(holds: Any, most: int) -> int:
    """The least of 1..most from which on something holds that holds at `most`."""
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
