"""Why somebody got what they got, choice by choice, in claims that hold under the policy.

Under linear assignment there is no cut-off score: everybody is where their preference cost plus
the price of the offer is least (Leonard, 1983; see docs/engine.md). A choice above the granted one
costs less, so its price is above zero, so all its seats are taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ..applications.models import Choice
from ..offers.models import Offer
from ..status import Kind
from .models import Run, RunRow
from .snapshot import Inputs

BY_SCORE = frozenset({"serial_dictatorship", "deferred_acceptance"})


@dataclass(frozen=True)
class Reason:
    """What became of one choice; `contested` where its seats went to others."""

    rank: int
    offer: Offer
    kind: str
    outcome: Any
    text: str
    contested: bool = False


def reasons(row: RunRow, choices: Sequence[Choice]) -> list[Reason]:
    """One reason a choice, in the applicant's order."""
    granted = row.rank or len(choices) + 1
    closed = _closed_to(row)
    return [_reason(row.run, choice, granted, closed) for choice in choices]


def _closed_to(row: RunRow) -> set[str]:
    """The codes of offers whose conditions this person did not meet when the inputs were frozen."""
    assert row.run.round.snapshot is not None
    inputs = Inputs(row.run.round.snapshot)
    return inputs.closed[inputs.pseudonyms.index(row.application.pseudonym)]


def _reason(run: Run, choice: Choice, granted: int, closed: set[str]) -> Reason:
    offer, rank = choice.offer, choice.rank
    if rank == granted:
        text = (
            _("This was your first choice.")
            if rank == 1
            else _(
                "This is the choice you got. At each one above it stands why it was not granted."
            )
        )
        return Reason(rank, offer, Kind.GOOD.value, _("your place"), text)
    if rank > granted:
        text = _("A choice further up was granted, so this one was not needed.")
        return Reason(rank, offer, Kind.NEUTRAL.value, _("not needed"), text)
    outcome = _("not granted")
    if offer.code in closed:
        text = _("When the round began you did not meet the conditions of this place.")
        return Reason(rank, offer, Kind.NEUTRAL.value, outcome, text)
    contested = bool((run.stats or {})["seats_by_offer"].get(offer.code))
    return Reason(rank, offer, Kind.NEUTRAL.value, outcome, why_not(run, offer.code), contested)


def why_not(run: Run, code: str) -> str:
    """Why a choice above the granted one, or any choice of an unplaced person, was not granted."""
    assert run.stats is not None
    seats = run.stats["seats_by_offer"].get(code, 0)
    if not seats:
        return _("This place had no seats any more when the round began.")
    if run.stats["filled"].get(code, 0) < seats:  # no policy leaves such a seat; claim nothing
        return _("This place was not given to you.")
    return ngettext(
        "Its %(num)s seat went to somebody else.", "All %(num)s seats went to others.", seats
    )


def principle(run: Run) -> str | None:
    """What decided who gets the seats of a place that more people want; None without a proof."""
    if run.policy in BY_SCORE:
        return _(
            "Those who got these seats come before you by score; "
            "equal scores are put in order by the lottery."
        )
    if run.certificate and run.certificate["optimal"]:
        if not run.round.call.merit_weight:
            return _(
                "Giving you one of these seats would not have made the whole better: "
                "as many people as possible are placed first, "
                "then choices are met as well as possible. Scores do not count in this call."
            )
        whole = _(
            "Giving you one of these seats would not have made the whole better: "
            "as many people as possible are placed first, "
            "then choices are met as well as possible, those of higher scores with more weight."
        )
        # placements come before merit, so envy of a lower score can be justified: say it
        return f"{whole} " + _(
            "So a seat may go to somebody with a lower score who had no other way to a place."
        )
    return None
