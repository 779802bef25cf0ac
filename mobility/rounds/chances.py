"""Chances before the deadline: whether a call shows them, and a person's at a place.

Only where the rule rewards nobody for acting on them: by merit a place takes those who stand
first, whatever else is on their list and in whatever order, so what it says hangs on the place and
the score alone.
"""

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..applications.models import Application
from ..applications.rules import points_of, with_points
from ..offers.models import Call, Offer
from ..status import Kind, Status
from .computing.chances import STEP
from .models import Chances

BY_MERIT: Final = frozenset({"deferred_acceptance", "serial_dictatorship"})
"""The rules under which nobody gains from acting on chances."""


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
    if application.score is None:
        return kept.middle_score
    profiles = [person.profile for person in application.people]
    return with_points(application.score, points_of(profiles, application.call))


def chance_at(kept: Chances, offer: Offer, score: float | None) -> Chance | None:
    """A person's chance at a place; None where the place came after the last estimate."""
    row = kept.got.get(str(offer.id))
    if row is None:
        return None
    return Chance(row[int((score or 0.0) // STEP)], kept.draws)
