"""The rules and proofs of a run in words that hold for it, no more and no less."""

from datetime import timedelta

from flask_babel import format_percent, format_timedelta, ngettext
from flask_babel import gettext as _

from ...offers.models import POLICIES, Call
from ...offers.queries import open_places
from ..draw import key_from
from ..models import Run, SecondRound
from .rules import limits


def policy_title(policy: str) -> str:
    return str(POLICIES.get(policy, policy))


def incentive(call: Call) -> str:
    """What a person gains or loses by listing otherwise than they wish, under this call's rule.

    By merit, nobody does better than with the true list, as long as the call's limit takes all
    of it (Dubins & Freedman, 1981; Roth, 1982). Every rule that counts placements or ranks over
    the whole can be gained from; so can a true list that the limit cuts short.
    """
    if call.policy in {"deferred_acceptance", "serial_dictatorship"}:
        honest = _(
            "List the places in the order in which you want them: under this rule no other order"
            " gets you a better one, and a longer list never harms."
        )
        return honest + _cut_short(call)
    if call.gives_several:
        return _(
            "Rank every course that you would really take. The courses of all people together are"
            " made best, not those of each: so which of yours you get can depend on what else you"
            " list, and a course that you put low may be given to you instead of one further up."
        )
    if call.policy == "linear_assignment":
        return " ".join(
            [
                _(
                    "Because placing many people comes first, someone with a short list may be"
                    " served before someone who can go elsewhere."
                ),
                _(
                    "An example: one seat is left at A. Aigerim lists only A; Boris lists A first"
                    " and B second, and B has a free seat. Both can go only if Aigerim gets A and"
                    " Boris gets B, so that is done, even if Boris has the higher score."
                ),
                _(
                    "A longer list can cost you a higher choice; a shorter one can leave you"
                    " without any place."
                ),
                *_tied_together(call),
            ]
        )
    if call.policy == "generous_maximum":
        return _(
            "Under this rule it can pay to list otherwise than you wish. Late choices are avoided"
            " for everybody, so a place that you put last is the least likely to be given to you,"
            " and someone with a short list may be served before someone who can go elsewhere. A"
            " shorter list can also leave you without any place."
        )
    return _(
        "Under this rule first choices count before everything else. If many want your first"
        " choice, it can pay to put a place first that you want a little less but that fewer ask"
        " for; whoever puts the most wanted place first and misses it may find the next one taken"
        " by those who put it first."
    )


def _tied_together(call: Call) -> list[str]:
    """What quotas, a balance and minimums do to those who list; nothing where there are none."""
    if not limits(call):
        return []
    return [
        _(
            "What no result may break ties places together: a seat can stay empty at a place that"
            " you want, because its condition is full or another place has to reach its minimum."
        )
    ]


def _cut_short(call: Call) -> str:
    """What the limit does to a list that would be longer; nothing where it takes every place."""
    if open_places(call) <= call.max_choices:
        return ""
    return " " + ngettext(
        "But you may list only %(num)s place. If there are more to which you would go, which one"
        " you leave out can matter: list at least one at which you are likely to be taken.",
        "But you may list only %(num)s places. If there are more to which you would go, which ones"
        " you leave out can matter: list at least one at which you are likely to be taken.",
        call.max_choices,
    )


def rule(run: Run) -> str:
    """What the policy decides by."""
    if run.policy == "linear_assignment" and not run.round.call.merit_weight:
        return _(
            "As many applicants as possible get one of their choices. Among all ways to do that, "
            "the one is taken in which the choices are met best. Scores do not count in this "
            "call. Nobody gets a place they did not list."
        )
    if run.policy == "linear_assignment":
        return _(
            "As many applicants as possible get one of their choices. Among all ways to do that, "
            "the one is taken in which the choices are met best, "
            "those of higher scores with more weight. Nobody gets a place they did not list."
        )
    if run.policy == "serial_dictatorship":
        return _(
            "In order of score each applicant takes the best choice that is left. "
            "Nobody gets a place they did not list."
        )
    if run.policy == "rank_maximal":
        return _(
            "As many applicants as possible get their first choice, then as many as possible "
            "their second, and so on. Scores do not count. Nobody gets a place they did not list."
        )
    if run.policy == "greedy_maximum":
        return _(
            "As many applicants as possible get one of their choices; among all ways to do that, "
            "as many as possible their first, then their second, and so on. "
            "Scores do not count. Nobody gets a place they did not list."
        )
    if run.policy == "generous_maximum":
        return _(
            "As many applicants as possible get one of their choices; among all ways to do that, "
            "as few as possible their last, then the one before it, and so on. "
            "Scores do not count. Nobody gets a place they did not list."
        )
    return _(
        "Each place keeps the applicants with the highest scores who want it "
        "and cannot have better. "
        "Nobody is passed over for a lower score, and nobody gets a place they did not list."
    )


def lottery(run: Run) -> str:
    """How ties were broken, so that anybody can repeat it."""
    numbers = _(
        "Where two ways are equally good, a lottery decides. The lottery number of an application "
        "is the first 8 bytes of HMAC-SHA256; its key is the SHA-256 of all revealed seeds, its "
        "message the hash of the inputs, a colon and the number of the application."
    )
    if run.policy in {"deferred_acceptance", "serial_dictatorship"}:
        return numbers + " " + _("The lower number comes first.")
    return (
        numbers
        + " "
        + _(
            "Of all equally good results that one counts in which the places of these numbers in "
            "rising order, each times the rank of the choice, make the least sum: so a higher "
            "number is the luckier one."
        )
    )


def key(run: Run) -> str:
    """The key of the lottery as it is shown: 64 digits of 0 to 9 and a to f."""
    return key_from(run.seed)


def proof_title(run: Run) -> str:
    """What was proved, in two words."""
    certificate = run.certificate or {}
    if certificate.get("optimal"):
        return _("Proved optimal")
    if certificate.get("proof") == "policy":
        return _("Checked against its rule")
    if certificate.get("proof") == "solver":
        return _("Optimal by the solver")
    return _("Not proved optimal")


def proof(run: Run) -> str:
    """What was proved, and how."""
    certificate = run.certificate or {}
    if certificate.get("optimal") and run.policy != "linear_assignment":
        return _(
            "No other assignment has better numbers of first, second, … choices in the order of "
            "this rule. The proof is a price of each place for each rank; it was checked in whole "
            "numbers by a program that shares nothing with the one that found the result."
        )
    if certificate.get("optimal"):
        return _(
            "No other assignment places more people, or as many with choices met better. "
            "The proof is a price for each place; it was checked in whole numbers, without a gap, "
            "by a program that shares nothing with the one that found the result."
        )
    if certificate.get("proof") == "policy":
        return _(
            "Nobody wants a place that is free or held by somebody who comes later. "
            "Under this rule that fixes the result; it was checked by a program of its own."
        )
    if certificate.get("proof") == "solver":
        return _(
            "The solver has looked through all that could be better and found nothing. Prices,"
            " which anybody could check in one pass, cannot say it here: credits, timetables and"
            " quotas tie places together, and prices alone leave a gap. Solving the file again"
            " gives the same."
        )
    gap, bound = certificate.get("gap"), certificate.get("bound")
    if gap and bound:
        return _(
            "The result keeps every hard rule. It may not be the best: what the prices prove is"
            " that no other is better by more than %(share)s.",
            share=format_percent(abs(gap / bound), "#,##0.0#%"),
        )
    return _("The result keeps every hard rule, but nothing is claimed about how good it is.")


def duration(run: Run) -> str:
    """How long solving and certifying took."""
    return (
        format_timedelta(timedelta(seconds=run.seconds or 0), "second", threshold=2)
        if (run.seconds or 0) >= 1
        else _("less than a second")
    )


def proven(run: Run) -> bool:
    return (run.certificate or {}).get("proof") in {"prices", "policy"}


def second_proof_title(second: SecondRound) -> str:
    """What was proved of a second round, in two words."""
    certificate = second.certificate or {}
    if certificate.get("optimal"):
        return _("Proved optimal")
    if certificate.get("proof") == "policy":
        return _("Checked against its rule")
    return _("Not proved optimal")


def second_proof(second: SecondRound) -> str:
    """What was proved of a second round, and of what."""
    certificate = second.certificate or {}
    if certificate.get("optimal"):
        return _(
            "Nobody who accepted loses a place. Among all ways to give the free seats that keep "
            "to this, none places more people, or as many with choices met better. The proof is a "
            "price for each place, checked in whole numbers."
        )
    if certificate.get("proof") == "policy":
        return _(
            "Nobody who accepted loses a place. Beyond that, nobody who took part wants a seat "
            "that is free or went to somebody who comes later."
        )
    return _(
        "Nobody who accepted loses a place and every hard rule is kept, but nothing is claimed "
        "about how good the result is."
    )
