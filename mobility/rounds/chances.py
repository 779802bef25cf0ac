"""Chances before the deadline: how often each place would take a person, by simulated rounds.

Only where the rule rewards nobody for acting on them: by merit a place takes those who stand
first, whatever else is on their list and in whatever order, so what it says hangs on the place and
the score alone. Kept by call, with nobody's name or list in it.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..applications.models import Application
from ..offers.models import Call, Offer
from ..status import Kind, Status
from .models import Chances

BY_MERIT: Final = frozenset({"deferred_acceptance", "serial_dictatorship"})
"""The rules under which nobody gains from acting on chances."""

DRAWS: Final = 200
PART: Final = 20
MOST_SECONDS: Final = 300.0
STEP: Final = 5
GRID: Final = list(range(0, 101, STEP))
"""The scores for which chances are kept; a score counts as the one of these below it."""


class Band(Status):
    LIKELY = "likely", _l("likely"), Kind.GOOD
    POSSIBLE = "possible", _l("possible"), Kind.WAITING
    UNLIKELY = "unlikely", _l("unlikely"), Kind.NEUTRAL


@dataclass(frozen=True)
class Chance:
    """How often a place would take somebody: `got` of `draws` simulated rounds."""

    got: int
    draws: int

    @property
    def band(self) -> Band:
        """Likely from four in five on, unlikely below one in five."""
        if 5 * self.got >= 4 * self.draws:
            return Band.LIKELY
        return Band.UNLIKELY if 5 * self.got < self.draws else Band.POSSIBLE


def shown(call: Call) -> bool:
    """Whether the rules of the call show chances, and its policy lets them be shown."""
    return call.shows_chances and call.policy in BY_MERIT


def why_hidden(call: Call) -> str | None:
    """Why a call shows no chances, for who asks; None where it shows them."""
    if call.policy not in BY_MERIT:
        return _(
            "Chances are not shown under the rule of this call, because it would reward acting on "
            "them: somebody could get a place by listing otherwise than they wish."
        )
    if not call.shows_chances:
        return _("The rules of this call do not show chances before the deadline.")
    return None


def score_for(application: Application, kept: Chances) -> float | None:
    """The score by which a person's chances are read; None where no score is known at all."""
    return kept.middle_score if application.score is None else application.score


def chance_at(kept: Chances, offer: Offer, score: float | None) -> Chance | None:
    """A person's chance at a place; None where the place came after the last estimate."""
    row = kept.got.get(str(offer.id))
    if row is None:
        return None
    return Chance(row[int((score or 0.0) // STEP)], kept.draws)


def simulate(
    policy: str,
    limit: int,
    seats: list[int],
    lists: list[list[int]],
    scores: list[float] | None,
    people: int,
    seed: int,
    *,
    draws: int = DRAWS,
) -> dict[str, Any]:
    """In how many `draws` each offer takes a newcomer of each score of GRID.

    Runs in a child process. Under an order of merit a list of one place tells what the place
    would do, whatever stands above or below it. As many draws as MOST_SECONDS allow, and PART at
    least.
    """
    import numpy as np  # heavy; jobs only

    from matching import Instance, chances

    until = monotonic() + MOST_SECONDS
    crowd = Instance.from_lists(lists, seats, merit=scores, limit=limit)
    alone = [[offer] for offer in range(len(seats)) for _score in GRID]
    merit = None if scores is None else GRID * len(seats)
    parts = []
    done = 0
    while done < draws and (not done or monotonic() < until):
        part = range(done, min(done + PART, draws))
        told = chances(crowd, alone, part, seed, policy=policy, merit=merit, competitors=people)
        parts.append(told.got)
        done = part.stop
    return {"draws": done, "got": np.sum(parts, axis=0).reshape(len(seats), -1).tolist()}
