"""The claims of the engine in words."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from ...applications.models import Choice
from ..computing.told import Claim
from ..models import RunRow
from .reasons import Reason, ineligible, missed, why_not


def claimed(row: RunRow, choice: Choice, claim: Claim) -> Reason:
    """What a claim says of a choice, and what would have changed it."""
    if claim["kind"] == "ineligible":
        return missed(choice, ineligible(choice))
    if claim["kind"] == "no_seats":
        return missed(choice, why_not(row.run, choice.offer.code_in_round))
    tell = {
        "cutoff": _by_cutoff,
        "cost": _by_cost,
        "profile": _by_profile,
        "quota_full": _by_full_quota,
    }[claim["kind"]]
    told = tell(row, choice, claim)
    change = [*map(_without, claim["quotas"]), *told.pop("change", [])]
    return missed(choice, contested=True, change=change, **told)


def _by_full_quota(row: RunRow, choice: Choice, claim: Claim) -> dict[str, Any]:
    text = _("The quota of the academic year for this place was used up before the round.")
    return {"text": text}


def _without(quota: dict[str, Any]) -> str:
    """A quota that stood in the way, by what it is."""
    if quota.get("kind") == "seats for students":
        return _("The seats for students there stood in the way.")
    if quota.get("kind") == "seats for teachers":
        return _("The seats for teachers there stood in the way.")
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
