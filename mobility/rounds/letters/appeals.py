"""What is written of an appeal, to its participant and to who decides on it."""

from flask_babel import gettext as _

from ...mail import Letter, address_of
from ..models import Appeal


def _appeal(appeal: Appeal) -> str:
    return address_of("rounds.show_appeal", appeal_id=appeal.id)


def appeal_received(appeal: Appeal) -> Letter:
    """To the participant: it has arrived."""
    return Letter(
        subject=_("Your appeal has arrived"),
        happened=_(
            "You have appealed for %(place)s in “%(call)s”. An administrator answers it.",
            place=appeal.offer.title,
            call=appeal.application.call.title,
        ),
        to_do=_(
            "What you hold stays as it is: answer for your place in time as if there were none."
        ),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def appeal_opened(appeal: Appeal) -> Letter:
    """To the administrators: somebody objects."""
    return Letter(
        subject=_("Appeal: %(call)s", call=appeal.application.call.title),
        happened=_(
            "%(name)s appeals for %(place)s.",
            name=appeal.application.applicant.name,
            place=appeal.offer.title,
        ),
        to_do=_("Read the reason and answer."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )


def appeal_dismissed(appeal: Appeal) -> Letter:
    """To the participant: no, and why."""
    return Letter(
        subject=_("Your appeal was dismissed"),
        happened=_(
            "Your appeal for %(place)s was dismissed. The answer: %(answer)s",
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def appeal_promised(appeal: Appeal) -> Letter:
    """To the participant: yes, when a seat is free."""
    return Letter(
        subject=_("Your appeal was granted"),
        happened=_(
            "Your appeal for %(place)s was granted: the next free seat there is yours, before "
            "anybody in the waiting order. The answer: %(answer)s",
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        to_do=_("You need do nothing; you are written to when a seat is free."),
        link=_appeal(appeal),
        link_label=_("See your appeal"),
    )


def seat_asked_for(appeal: Appeal) -> Letter:
    """To the coordinators of the place: will they take one person more?"""
    return Letter(
        subject=_("One seat more? %(place)s", place=appeal.offer.title),
        happened=_(
            "An appeal against the result of “%(call)s” would be granted if %(place)s takes one "
            "person more. The administrator writes: %(answer)s",
            call=appeal.application.call.title,
            place=appeal.offer.title,
            answer=appeal.answer,
        ),
        to_do=_("Give the seat, or say why you cannot."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )


def seat_refused(appeal: Appeal) -> Letter:
    """To the administrators: the receiving side gives no seat."""
    return Letter(
        subject=_("No seat for an appeal: %(place)s", place=appeal.offer.title),
        happened=_(
            "The receiving side gives no seat more. It writes: %(comment)s",
            comment=appeal.comment,
        ),
        to_do=_("Decide anew: promise the next free seat, or dismiss the appeal."),
        link=_appeal(appeal),
        link_label=_("Open the appeal"),
    )
