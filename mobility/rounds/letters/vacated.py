"""What is written of vacated seats: to who gets one, and after a second round to who does not."""

from flask_babel import gettext as _

from ...mail import Letter, address_of
from ...placements.models import Placement
from ..models import SecondRound, SecondRow


def _receipt(second: SecondRound) -> str:
    """By what the reader can tell later whether a file is the one that was published."""
    return "\n\n" + _(
        "The digest of the file by which the second round can be checked is %(digest)s.",
        digest=second.file_digest,
    )


def vacated_place(placement: Placement) -> Letter:
    """To somebody who had no place: a seat was vacated, or an appeal granted, and it is theirs."""
    return Letter(
        subject=_("You have a place after all: %(place)s", place=placement.offer.title),
        happened=_(
            "You have a place at %(institution)s: %(place)s, by %(origin)s. It is number %(rank)s "
            "on your list.",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
            origin=placement.origin.label,
            rank=placement.rank,
        ),
        to_do=_("Accept or decline the place. Silence counts as declining."),
        until=placement.answer_until,
        link=address_of("placements.show", placement_id=placement.id),
        link_label=_("See the place and answer"),
    )


def second_kept(row: SecondRow) -> Letter:
    """To somebody who asked to be moved up: the second round left them where they are."""
    assert row.offer is not None
    return Letter(
        subject=_("The second round: you keep your place"),
        happened=_(
            "The second round of “%(call)s” is published. No seat at a choice you ranked higher "
            "came to you; your place at %(place)s stays yours.",
            call=row.application.call.title,
            place=row.offer.title,
        )
        + _receipt(row.second_round),
        to_do=_("You need do nothing."),
        link=address_of("applications.show", application_id=row.application_id),
        link_label=_("See how it goes on"),
    )


def second_without(row: SecondRow) -> Letter:
    """To somebody without a place: nor did the second round have one."""
    return Letter(
        subject=_("The second round: no place this time"),
        happened=_(
            "The second round of “%(call)s” is published. None of the free seats came to you.",
            call=row.application.call.title,
        )
        + _receipt(row.second_round),
        to_do=_(
            "You stay in the waiting order: a seat that is vacated from now on is offered to you "
            "when it is your turn. You need do nothing."
        ),
        link=address_of("applications.show", application_id=row.application_id),
        link_label=_("See your turn"),
    )
