"""Why somebody got what they got, choice by choice: the claims of the engine in words.

What is claimed, solving again confirms. A job (`services.explaining`) computes the claims and
stores them with the row of the run; until they are there, what the result itself says is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from ..applications.models import Choice
from ..applications.queries import choices_of
from ..i18n import current_language
from ..offers.models import Offer
from ..placements.queries import coordinators_of
from ..status import Kind
from . import queries
from .computing.told import Claim
from .models import Run, RunRow

BY_SCORE = frozenset({"serial_dictatorship", "deferred_acceptance"})


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


def reasons(row: RunRow, choices: Sequence[Choice]) -> list[Reason]:
    """One reason a choice, in the applicant's order."""
    granted = row.rank or len(choices) + 1
    claims = {claim["rank"]: claim for claim in (row.told or {}).get("claims", [])}
    return [
        _kept(choice, granted)
        if choice.rank >= granted
        else _claimed(row, choice, claims[choice.rank])
        if choice.rank in claims
        else _read_off(row.run, choice)
        for choice in choices
    ]


def _kept(choice: Choice, granted: int) -> Reason:
    """The choice that was granted, and those below it."""
    if choice.rank > granted:
        text = _("A choice further up was granted, so this one was not needed.")
        return Reason(choice.rank, choice.offer, Kind.NEUTRAL.value, _("not needed"), text)
    text = (
        _("This was your first choice.")
        if granted == 1
        else _("This is the choice you got. At each one above it stands why it was not granted.")
    )
    return Reason(choice.rank, choice.offer, Kind.GOOD.value, _("your place"), text)


def _missed(choice: Choice, text: str, **more: Any) -> Reason:
    outcome = _("not granted")
    return Reason(choice.rank, choice.offer, Kind.NEUTRAL.value, outcome, text, **more)


def told(row: RunRow, reader: Any) -> dict[str, Any]:
    """What the page of a result needs."""
    application = row.application
    found = reasons(row, choices_of(application))
    return {
        "principle": principle(row.run) if any(reason.contested for reason in found) else None,
        "row": row,
        "run": row.run,
        "application": application,
        "placement": row.placement,
        "reasons": found,
        "mine": application.applicant_id == reader.id,
        "coordinators": coordinators_of(application),
        "how_to_read": how_to_read(row.run) if any(reason.figures for reason in found) else None,
        "explaining": queries.explaining(row) if row.told is None else None,
    }


# --- From the result alone ------------------------------------------------------------------------


def _read_off(run: Run, choice: Choice) -> Reason:
    code = choice.offer.code
    if choice.obstacles is not None:
        return _missed(choice, ineligible(choice))
    contested = bool((run.stats or {})["seats_by_offer"].get(code))
    return _missed(choice, why_not(run, code), contested=contested)


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


# --- From the claims ------------------------------------------------------------------------------


def _claimed(row: RunRow, choice: Choice, claim: Claim) -> Reason:
    if claim["kind"] == "ineligible":
        return _missed(choice, ineligible(choice))
    if claim["kind"] == "no_seats":
        return _missed(choice, why_not(row.run, choice.offer.code))
    tell = {
        "cutoff": _by_cutoff,
        "cost": _by_cost,
        "profile": _by_profile,
        "quota_full": _by_full_quota,
    }[claim["kind"]]
    told = tell(row, choice, claim)
    change = [*map(_without, claim["quotas"]), *told.pop("change", [])]
    return _missed(choice, contested=True, change=change, **told)


def _by_full_quota(row: RunRow, choice: Choice, claim: Claim) -> dict[str, Any]:
    text = _("The quota of the academic year for this place was used up before the round.")
    return {"text": text}


def _without(quota: dict[str, Any]) -> str:
    """A quota that stood in the way, by what it is."""
    if quota.get("kind") == "balance":
        return _(
            "The balance of exchange between %(one)s and %(other)s stood in the way: had it not "
            "counted you, you would have got this place or one higher on your list.",
            one=quota["from"],
            other=quota["to"],
        )
    return _(
        "The annual quota of the agreement (%(sending)s → %(receiving)s, %(quota)s a year) stood "
        "in the way: had it not counted you, you would have got this place or one higher on "
        "your list.",
        sending=quota.get("sending", "—"),
        receiving=quota.get("receiving", "—"),
        quota=quota.get("mobilities_per_year", "—"),
    )


def _by_cutoff(row: RunRow, choice: Choice, claim: Claim) -> dict[str, Any]:
    score, last = claim["score"], claim["last_score"]
    enough = _(
        "Standing before the last admitted you would have got this place "
        "or one higher on your list."
    )
    if last is None:
        return {
            "text": _("The last admitted stood before you."),
            "change": [enough],
            "figures": [
                _(
                    "Your score is %(score)s and your lottery number %(lottery)s. "
                    "Fewer than five people were admitted, so nothing is said of theirs.",
                    score=_number(score),
                    lottery=claim["lottery"],
                )
            ],
        }
    if score == last:
        text = _(
            "The last admitted has the same score as you, %(score)s, and the better lot: "
            "%(last)s, yours is %(own)s.",
            score=_number(score),
            last=claim["last_lottery"],
            own=claim["lottery"],
        )
    else:
        text = _(
            "The last admitted has a score of %(last)s; yours is %(score)s.",
            last=_number(last),
            score=_number(score),
        )
    return {
        "text": text,
        "change": [
            _(
                "With a score above %(last)s, or with just that score and a lottery number "
                "below %(lottery)s, you would have got this place or one higher on your list.",
                last=_number(last),
                lottery=claim["last_lottery"],
            )
        ],
        "figures": [
            _(
                "Cut-off of the place: score %(last)s, lottery number %(last_lottery)s. "
                "Yours: score %(score)s, lottery number %(lottery)s.",
                last=_number(last),
                last_lottery=claim["last_lottery"],
                score=_number(score),
                lottery=claim["lottery"],
            )
        ],
    }


def _by_cost(row: RunRow, choice: Choice, claim: Claim) -> dict[str, Any]:
    told = row.told or {}
    change = []
    if claim["lower_by"] is not None:
        text = _(
            "Giving you this place would have cost the others more than it would have gained you."
        )
        change.append(_lower_by(claim["lower_by"], told["scale"]))
    elif claim["places_lost"] > 0:
        text = ngettext(
            "With you here, %(num)s person fewer could have been placed in all, "
            "and as many people as possible are placed first.",
            "With you here, %(num)s people fewer could have been placed in all, "
            "and as many people as possible are placed first.",
            claim["places_lost"],
        )
    else:
        text = _("No result that keeps all rules of the round gives you this place.")
    change += _by_score(told, str(choice.rank))
    if not claim["exact"]:
        change.append(
            _(
                "Only a bound is known here: the search ended before the best result was proved, "
                "so these numbers hold between the best results that were found."
            )
        )
    return {"text": text, "change": change, "figures": _sums(told, claim)}


def _lower_by(lower_by: int, scale: int) -> str:
    if lower_by == 1:
        return _(
            "Had this choice cost you %(less)s less, all else equal, it would have been yours.",
            less=_points(1, scale),
        )
    return _(
        "Had this choice cost you %(less)s less, all else equal, it would have been yours; "
        "with %(short)s less it would not.",
        less=_points(lower_by, scale),
        short=_points(lower_by - 1, scale),
    )


def _by_score(told: dict[str, Any], rank: str) -> list[str]:
    if rank not in told["score_enough"]:
        return []
    enough = told["score_enough"][rank]
    if enough is None:
        return [_("No score would have changed it, not even 100.")]
    return [
        _(
            "With a score of %(enough)s instead of %(score)s you would have got this place "
            "or one higher on your list.",
            enough=_number(enough),
            score=_number(told["score"]),
        )
    ]


def _sums(told: dict[str, Any], claim: Claim) -> list[str]:
    """Own cost and price, of the choice and of what was granted instead."""
    at, scale = told["at"], told["scale"]
    if claim["price"] is None or at is None or at["price"] is None:
        return [_("Your cost of this choice is %(cost)s.", cost=_points(claim["cost"], scale))]
    own = _(
        "Your cost of this choice %(cost)s and the price of the place %(price)s make %(sum)s.",
        cost=_points(claim["cost"], scale),
        price=_points(claim["price"], scale),
        sum=_points(claim["cost"] + claim["price"], scale),
    )
    if told["rank"] is None:
        return [own, _("Being without a place counts as %(sum)s.", sum=_points(at["cost"], scale))]
    return [
        own,
        _(
            "At the place you got it is %(cost)s and %(price)s, which make %(sum)s.",
            cost=_points(at["cost"], scale),
            price=_points(at["price"], scale),
            sum=_points(at["cost"] + at["price"], scale),
        ),
    ]


def _by_profile(row: RunRow, choice: Choice, claim: Claim) -> dict[str, Any]:
    decided, fewer = claim["decided_by"], claim["fewer"]
    if not claim["possible"]:
        text = _("No result that keeps all rules of the round gives you this place.")
    elif decided is None:
        text = _(
            "A result with you here would have been just as good by this rule; "
            "of the equally good ones another was made."
        )
    elif decided == "placed":
        text = ngettext(
            "With you here, %(num)s person fewer could have been placed in all, "
            "and this rule looks at that first.",
            "With you here, %(num)s people fewer could have been placed in all, "
            "and this rule looks at that first.",
            fewer,
        )
    elif fewer > 0:
        text = ngettext(
            "With you here, at best %(num)s person fewer would have got choice %(rank)s, "
            "and by that this rule decides.",
            "With you here, at best %(num)s people fewer would have got choice %(rank)s, "
            "and by that this rule decides.",
            fewer,
            rank=decided,
        )
    else:
        text = ngettext(
            "With you here, at best %(num)s person more would have got no better than choice "
            "%(rank)s, and by that this rule decides.",
            "With you here, at best %(num)s people more would have got no better than choice "
            "%(rank)s, and by that this rule decides.",
            -fewer,
            rank=decided,
        )
    return {"text": text}


def _number(value: float) -> str:
    return str(format_decimal(value, "#,##0.##"))


def _points(value: int, scale: int) -> str:
    """A cost in the units of the rule, with the decimals its scale needs."""
    return str(format_decimal(value / scale, "#,##0" if scale == 1 else "#,##0.00"))


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


def how_to_read(run: Run) -> str | None:
    """What the figures mean, where costs decide."""
    if run.policy != "linear_assignment":
        return None
    call = run.round.call
    return _(
        "How the figures come about: a choice costs you (100 + %(weight)s × score) × "
        "(rank² − %(most)s²), so a better rank costs less. The price of a place is what its seat "
        "is worth to the others. You got the place where your cost and the price together are "
        "least. Prices are not the only ones that fit a result, so how much was missing is found "
        "by solving the round again.",
        weight=call.merit_weight,
        most=call.max_choices + 1,
    )
