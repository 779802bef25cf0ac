"""What the offline job prints: how the ranks fell, how full the places are, what was proved."""

from collections import Counter
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from .job import Outcome, reason_text

WIDTH = 40
BLOCK, PLAIN_BLOCK = "█", "#"


def policy_titles() -> dict[str, str]:
    """What each policy does, in the reader's language."""
    return {
        "linear_assignment": _("linear assignment (most placements first, then least total cost)"),
        "deferred_acceptance": _("deferred acceptance (stable, by merit)"),
        "serial_dictatorship": _("serial dictatorship (in order of merit, the best that is left)"),
        "rank_maximal": _("rank-maximal (most first choices, then most second choices, …)"),
        "greedy_maximum": _("greedy maximum (most placements, then most first choices, …)"),
        "generous_maximum": _("generous maximum (most placements, then fewest last choices, …)"),
    }


def outcome_lines(outcome: Outcome, *, encoding: str | None) -> Iterator[str]:
    """The result for a terminal whose encoding is given."""
    policy = outcome.result.policy
    yield _("Policy: %(policy)s", policy=policy_titles().get(policy, policy))
    yield _("Seed of the lottery: %(seed)d", seed=outcome.result.seed)
    yield ""
    yield _("Applicants by the rank of the place they got:")
    yield from profile_bars(outcome, block_for(encoding))
    for reason, count in sorted(Counter(filter(None, outcome.reasons)).items()):
        yield "    " + _("of them %(count)d: %(reason)s", count=count, reason=reason_text(reason))
    yield ""
    yield seats_line(outcome)
    yield from proof_lines(outcome)


def profile_bars(outcome: Outcome, block: str) -> Iterator[str]:
    """One bar a rank and one for the unplaced, in proportion to the longest."""
    labels = [str(rank) for rank in range(1, outcome.limit + 1)] + [_("unplaced")]
    counts = [*outcome.profile, len(outcome.requests) - outcome.placed]
    yield from bars(labels, counts, block)


def bars(labels: Sequence[str], counts: Sequence[int], block: str) -> Iterator[str]:
    label_width = max(map(len, labels))
    count_width = len(str(max(counts)))
    for label, count in zip(labels, counts, strict=True):
        length = -(-count * WIDTH // max(1, *counts))
        yield f"  {label:>{label_width}}  {count:>{count_width}}  {block * length}".rstrip()


def block_for(encoding: str | None) -> str:
    """The solid block where the terminal can show it."""
    try:
        BLOCK.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN_BLOCK
    return BLOCK


def seats_line(outcome: Outcome) -> str:
    return _(
        "Seats filled: %(filled)d of %(seats)d; applicants placed: %(placed)d of %(all)d.",
        filled=outcome.placed,
        seats=outcome.seats,
        placed=outcome.placed,
        all=len(outcome.requests),
    )


def proof_lines(outcome: Outcome) -> Iterator[str]:
    """What `verify` found, no more: "optimal" only with a proof by prices."""
    certificate = outcome.certificate
    if certificate.optimal and outcome.result.policy != "linear_assignment":
        yield _(
            "Certified optimal: the prices of the places, one for each rank, prove that no other"
            " assignment has better numbers of first, second, … choices"
            " in the order of this policy."
        )
    elif certificate.optimal:
        yield _(
            "Certified optimal: the prices of the places prove that no other assignment places"
            " more applicants, or as many at less cost."
        )
    elif certificate.proof == "policy":
        yield _(
            "Checked: nobody would rather have a place that is free, or is held by someone with"
            " less merit or, at equal merit, a later lottery number."
        )
        yield _("This policy does not aim at the least total cost; nothing is claimed about it.")
    else:
        yield _("Not certified: %(reasons)s", reasons="; ".join(certificate.reasons))


def read_line(file: str, rows: int) -> str:
    return ngettext("%(file)s: %(num)d row read", "%(file)s: %(num)d rows read", rows, file=file)


def written_line(file: str, rows: int) -> str:
    return ngettext(
        "%(file)s: %(num)d row written", "%(file)s: %(num)d rows written", rows, file=file
    )
