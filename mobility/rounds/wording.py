"""The rules and proofs of a run in words that hold for it, no more and no less."""

from datetime import timedelta

from flask_babel import format_timedelta
from flask_babel import gettext as _

from .models import Run


def policy_title(policy: str) -> str:
    return {
        "linear_assignment": _("Linear assignment"),
        "serial_dictatorship": _("Serial dictatorship"),
        "deferred_acceptance": _("Deferred acceptance"),
        "rank_maximal": _("Rank-maximal"),
        "greedy_maximum": _("Greedy maximum"),
        "generous_maximum": _("Generous maximum"),
    }.get(policy, policy)


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
    return _(
        "Where two ways are equally good, a lottery decides. An applicant's lot is the SHA-256 "
        "hash of “%(seed)s:” followed by the number of the application; "
        "the lower the hash, the luckier. "
        "The seed was drawn once, after the inputs were frozen, and is the same for every run.",
        seed=run.seed,
    )


def proof_title(run: Run) -> str:
    """What was proved, in two words."""
    certificate = run.certificate or {}
    if certificate.get("optimal"):
        return _("Proved optimal")
    if certificate.get("proof") == "policy":
        return _("Checked against its rule")
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
