"""What everybody who took part in a round is written at the moment of its publication."""

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from ...applications.models import Application
from ...mail import Letter, address_of
from ...offers.models import POLICIES
from ..models import Round, Run, RunRow


def _link(row: RunRow) -> str:
    return address_of("applications.show", application_id=row.application_id)


def _receipt(row: RunRow) -> str:
    """By what the reader can tell later whether a file is the one that was published."""
    return "\n\n" + _(
        "The digest of the file by which this round can be checked is %(digest)s. "
        "Your row in it is the one of application number %(number)s.",
        digest=row.run.round.file_digest,
        number=row.application.pseudonym,
    )


def _overridden(run: Run) -> str:
    """Said first where a result by another rule than the frozen one is published; else nothing."""
    if run.override is None:
        return ""
    return (
        _(
            "The result of “%(call)s” was not found by the rule that was frozen at its opening,"
            " %(frozen)s, but by another one, %(rule)s. An administrator and a coordinator of each"
            " partner consented to this. The reason: %(reason)s",
            call=run.round.title,
            frozen=POLICIES[run.round.call.policy],
            rule=POLICIES[run.policy],
            reason=run.override.reason,
        )
        + "\n\n"
    )


def overridden(application: Application, run: Run) -> Letter:
    """To who applied and was not in the round: by which rule its places were given."""
    return Letter(
        subject=_("“%(call)s” was decided by another rule", call=application.call.title),
        happened=_overridden(run).strip(),
        link=address_of("rounds.show", round_id=run.round_id),
        link_label=_("How the places were given"),
    )


def may_audit(round_: Round) -> Letter:
    """To an auditor: the file, and how to check it."""
    return Letter(
        subject=_("You may check the round of “%(call)s”", call=round_.title),
        happened=_(
            "An administrator named you as an auditor of the round of “%(call)s”. Its results are "
            "published. The digest of the file by which it can be checked is %(digest)s.",
            call=round_.title,
            digest=round_.file_digest,
        ),
        to_do=_("Download the file from the page of the round and check it."),
        link=address_of("rounds.show", round_id=round_.id),
        link_label=_("Open the page of the round"),
    )


def placed(row: RunRow) -> Letter:
    """To the placed: where, which choice, until when to answer."""
    assert row.offer is not None
    assert row.placement is not None
    return Letter(
        subject=_("You have a place: %(place)s", place=row.offer.title),
        happened=_overridden(row.run)
        + _(
            "The results of “%(call)s” are published. You have a place at %(institution)s: "
            "%(place)s. It was number %(rank)s on your list.",
            call=row.application.call.title,
            institution=row.offer.receiving.name,
            place=row.offer.title,
            rank=row.rank,
        )
        + _receipt(row),
        to_do=_("Accept or decline the place. Silence counts as declining."),
        until=row.placement.answer_until,
        link=_link(row),
        link_label=_("See the result and answer"),
    )


def unplaced(row: RunRow) -> Letter:
    """To the unplaced: that, why, and what comes next."""
    assert row.reason is not None
    seats = len(row.application.choices)
    return Letter(
        subject=_("The results of “%(call)s”: no place this time", call=row.application.call.title),
        happened=_overridden(row.run)
        + _(
            "The results of “%(call)s” are published, and this round had no place for you: "
            "%(reason)s.",
            call=row.application.call.title,
            reason=row.reason.label,
        )
        + (" " + ngettext("You had listed %(num)s place.", "You had listed %(num)s places.", seats))
        + _receipt(row),
        to_do=_(
            "The page of your application says for each of your choices why. "
            "Your coordinator can tell you about seats that become free and about the next calls."
        ),
        link=_link(row),
        link_label=_("See why, and what comes next"),
    )


def placed_in_several(rows: Sequence[RunRow]) -> Letter:
    """To who got courses: which, and until when to answer."""
    first = rows[0]
    assert first.placement is not None
    courses = "\n".join(
        f"{row.rank}. {row.offer.title} ({format_decimal(row.offer.ects)} ECTS)"
        for row in rows
        if row.offer is not None
    )
    return Letter(
        subject=ngettext("You have %(num)s course", "You have %(num)s courses", len(rows)),
        happened=_overridden(first.run)
        + _(
            "The results of “%(call)s” are published. You have these courses, each with its number"
            " on your list:",
            call=first.application.call.title,
        )
        + f"\n\n{courses}"
        + _receipt(first),
        to_do=_("Accept or decline each course. Silence counts as declining."),
        until=first.placement.answer_until,
        link=_link(first),
        link_label=_("See the result and answer"),
    )
