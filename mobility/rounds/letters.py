"""What everybody who took part in a round is written at the moment of its publication."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.models import User
from ..mail import Letter, address_of
from . import queries
from .models import Round, RunRow


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


def placed(row: RunRow) -> Letter:
    """To the placed: where, which choice, until when to answer."""
    assert row.offer is not None
    assert row.placement is not None
    return Letter(
        subject=_("You have a place: %(place)s", place=row.offer.title),
        happened=_(
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
        happened=_(
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


def frozen(round_: Round, coordinator: User) -> Letter:
    """To the coordinators of both partners: the hash of the snapshot, and whose seeds are awaited.

    The mail is their proof: nobody can change the inputs afterwards and give them the same hash.
    """
    assert round_.reveal_at is not None
    call = round_.call
    heis = {institution_id for institution_id, unit_id in coordinator.scopes if unit_id is None}
    awaited = any(one.institution_id in heis for one in queries.commitments(call))
    return Letter(
        subject=_("The inputs of “%(call)s” are frozen", call=call.title),
        happened=_(
            "The inputs of the round of “%(call)s” are frozen. Their SHA-256 hash is %(hash)s. "
            "Keep this letter: with it you can tell whether the published file is the one that "
            "was frozen.",
            call=call.title,
            hash=round_.snapshot_hash,
        ),
        to_do=_(
            "Hand in the seed that your university committed to. All seeds are revealed together."
        )
        if awaited
        else _("There is nothing to do: your university has committed no seed."),
        until=round_.reveal_at if awaited else None,
        link=address_of("rounds.draw", call_id=call.id),
        link_label=_("The lottery of this call"),
    )
