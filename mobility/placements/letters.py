"""What is written to the placed person and to the coordinators of both sides."""

from collections.abc import Sequence

from flask_babel import gettext as _

from ..i18n import day
from ..mail import Letter, address_of
from ..offers.models import Offer
from .models import Placement


def _link(placement: Placement) -> str:
    return address_of("placements.show", placement_id=placement.id)


def answer_received(placement: Placement) -> Letter:
    """To the student: what they answered."""
    if placement.upgrade:
        return Letter(
            subject=_("You have accepted %(place)s", place=placement.offer.title),
            happened=_(
                "Your place at %(institution)s is yours. You have asked to be moved up: if a seat "
                "is vacated at a choice you ranked higher and it comes to you, you are moved "
                "there at once and this place goes to somebody else.",
                institution=placement.offer.receiving.name,
            ),
            to_do=_(
                "You need do nothing. If you would rather keep this place, say so on its page."
            ),
            link=_link(placement),
            link_label=_("See your placement"),
        )
    if placement.status.value == "accepted":
        return Letter(
            subject=_("You have accepted %(place)s", place=placement.offer.title),
            happened=_(
                "Your place at %(institution)s is yours. No later round moves you.",
                institution=placement.offer.receiving.name,
            ),
            to_do=_(
                "Your coordinator now nominates you to the receiving side; you need do nothing."
            ),
            link=_link(placement),
            link_label=_("See your placement"),
        )
    return Letter(
        subject=_("You have declined %(place)s", place=placement.offer.title),
        happened=_("The seat is free again. This cannot be undone."),
        link=_link(placement),
        link_label=_("See your placement"),
    )


def reminder(waiting: Sequence[Placement]) -> Letter:
    """To whoever got a place, or several courses of one call: the answer is due soon."""
    first = waiting[0]
    if len(waiting) == 1:
        subject = _("Your answer is due: %(place)s", place=first.offer.title)
        happened = _(
            "You have a place at %(institution)s: %(place)s. You have not answered yet.",
            institution=first.offer.receiving.name,
            place=first.offer.title,
        )
        to_do = _("Accept or decline the place. Silence counts as declining.")
    else:
        subject = _("Your answer is due: courses of “%(call)s”", call=first.application.call.title)
        happened = _("You have these courses and have not answered yet:") + _courses(waiting)
        to_do = _("Accept or decline each course. Silence counts as declining.")
    return Letter(
        subject=subject,
        happened=happened,
        to_do=to_do,
        until=min(one.answer_until for one in waiting),
        link=_link_to(waiting),
        link_label=_("Accept or decline"),
    )


def _courses(placements: Sequence[Placement]) -> str:
    """Each course with its number on the list, in a paragraph of their own."""
    return "\n\n" + "\n".join(f"{one.rank}. {one.offer.title}" for one in placements)


def _link_to(placements: Sequence[Placement]) -> str:
    """To the place, or of several courses to where all of them stand."""
    if len(placements) == 1:
        return _link(placements[0])
    return address_of("applications.show", application_id=placements[0].application_id)


def moved_up(placement: Placement) -> Letter:
    """To the student: a choice they ranked higher is theirs now."""
    accepted = placement.status.value == "accepted"
    return Letter(
        subject=_("You have been moved up: %(place)s", place=placement.offer.title),
        happened=_(
            "You now have a place at %(institution)s: %(place)s. It was number %(rank)s on your "
            "list. The place you held before has gone back.",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
            rank=placement.rank,
        ),
        to_do=_("You need do nothing: the place counts as accepted.")
        if accepted
        else _("Accept or decline the place. Silence counts as declining."),
        until=None if accepted else placement.answer_until,
        link=_link(placement),
        link_label=_("See your placement"),
    )


def called_back(placement: Placement, left: Offer) -> Letter:
    """To the receiving coordinators of the place that somebody nominated has left."""
    return Letter(
        subject=_("Nomination called back: %(name)s", name=placement.application.names),
        happened=_(
            "%(name)s has been moved to another place. The nomination for %(place)s is void.",
            name=placement.application.names,
            place=left.title,
        ),
        link=address_of("offers.offer", offer_id=left.id),
        link_label=_("See the place"),
    )


def lapsed(silent: Sequence[Placement]) -> Letter:
    """To whoever got a place, or several courses of one call: silence has counted as no."""
    first = silent[0]
    if len(silent) == 1:
        subject = _("Your place at %(place)s has lapsed", place=first.offer.title)
        happened = _("No answer came before the end of the answer time, which counts as declining.")
    else:
        subject = _("Your courses of “%(call)s” have lapsed", call=first.application.call.title)
        happened = _(
            "No answer for these courses came before the end of the answer time, which counts as"
            " declining:"
        ) + _courses(silent)
    return Letter(
        subject=subject,
        happened=happened,
        to_do=_("If something kept you from answering, write to your coordinator."),
        link=_link_to(silent),
        link_label=_("See your placement")
        if len(silent) == 1
        else _("The application and its result"),
    )


def nominated(placement: Placement) -> Letter:
    """To the receiving coordinators: somebody to verify."""
    return Letter(
        subject=_("Nomination: %(name)s", name=placement.application.names),
        happened=_(
            "%(institution)s nominates %(name)s for %(place)s.",
            institution=placement.application.sending.name,
            name=placement.application.names,
            place=placement.offer.title,
        ),
        to_do=_("Verify the nomination, or reject it with a comment."),
        link=_link(placement),
        link_label=_("Open the nomination"),
    )


def expected(placement: Placement) -> Letter:
    """To the student: the host says yes."""
    return Letter(
        subject=_("%(institution)s expects you", institution=placement.offer.receiving.name),
        happened=_(
            "%(institution)s has verified your nomination for %(place)s.",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
        ),
        to_do=_("The stay begins on %(day)s.", day=day(placement.offer.starts_on)),
        link=_link(placement),
        link_label=_("See your placement"),
    )


def verified(placement: Placement) -> Letter:
    """To the sending coordinators: the host says yes."""
    return Letter(
        subject=_("Nomination verified: %(name)s", name=placement.application.names),
        happened=_(
            "%(institution)s has verified the nomination for %(place)s.",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
        ),
        link=_link(placement),
        link_label=_("Open the placement"),
    )


def nomination_rejected(placement: Placement) -> Letter:
    """To the sending coordinators: the host says no, and why."""
    return Letter(
        subject=_("Nomination sent back: %(name)s", name=placement.application.names),
        happened=_(
            "%(institution)s did not verify the nomination for %(place)s. Its comment: %(comment)s",
            institution=placement.offer.receiving.name,
            place=placement.offer.title,
            comment=placement.host_comment,
        ),
        to_do=_("Put right what is asked for and nominate again, or cancel the placement."),
        link=_link(placement),
        link_label=_("Open the placement"),
    )


def recognised(placement: Placement) -> Letter:
    """To the student: the stay counts at home."""
    return Letter(
        subject=_("Your stay has been recognised"),
        happened=_(
            "%(home)s recognises your stay at %(institution)s.",
            home=placement.application.sending.name,
            institution=placement.offer.receiving.name,
        ),
        link=_link(placement),
        link_label=_("See your placement"),
    )


def cancelled(placement: Placement) -> Letter:
    """To the student and the other side: the placement is off, and why."""
    return Letter(
        subject=_("Placement cancelled: %(name)s", name=placement.application.names),
        happened=_(
            "The placement at %(place)s was cancelled. The reason: %(reason)s",
            place=placement.offer.title,
            reason=placement.cancel_reason,
        ),
        to_do=_("If you think this is a mistake, write to the coordinator."),
        link=_link(placement),
        link_label=_("Open the placement"),
    )
