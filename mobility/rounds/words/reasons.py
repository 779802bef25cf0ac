"""What became of one choice, and why as far as the result itself tells."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ...applications.models import Choice
from ...i18n import current_language
from ...offers.models import Offer
from ...status import Kind
from ..models import Run


@dataclass(frozen=True)
class Reason:
    """What became of one choice; `contested` where its seats went to others.

    `change`: what would have changed it. `figures`: the numbers behind it.
    """

    rank: int
    offer: Offer
    kind: str
    outcome: Any
    text: str
    contested: bool = False
    change: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)


def missed(choice: Choice, text: str, **more: Any) -> Reason:
    """The reason of a choice that was not granted."""
    outcome = _("not granted")
    return Reason(choice.rank, choice.offer, Kind.NEUTRAL.value, outcome, text, **more)


def why_not(run: Run, code: str) -> str:
    """Why a choice above the granted one, or any choice of an unplaced person, was not granted."""
    assert run.stats is not None
    seats = run.stats["seats_by_offer"].get(code, 0)
    if not seats:
        return _("This place had no seats any more when the round began.")
    if run.stats["filled"].get(code, 0) < seats:  # kept back by a rule; what that is, claims tell
        return _("This place was not given to you.")
    return ngettext(
        "Its %(num)s seat went to somebody else.", "All %(num)s seats went to others.", seats
    )


def ineligible(choice: Choice) -> str:
    """Which conditions were not met when the inputs were frozen, in the reader's language."""
    told = (choice.obstacles or {}).get(current_language(), [])
    text = _("When the round began you did not meet the conditions of this place.")
    return " ".join([text, *told])
