"""What everybody who took part in a round is written at the moment of its publication."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ..mail import Letter, address_of
from .models import RunRow


def _link(row: RunRow) -> str:
    return address_of("applications.show", application_id=row.application_id)


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
        ),
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
        + (
            " " + ngettext("You had listed %(num)s place.", "You had listed %(num)s places.", seats)
        ),
        to_do=_(
            "The page of your application says for each of your choices why. "
            "Your coordinator can tell you about seats that become free and about the next calls."
        ),
        link=_link(row),
        link_label=_("See why, and what comes next"),
    )
