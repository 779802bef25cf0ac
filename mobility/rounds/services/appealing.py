"""Appeals are opened with a reason and answered by an admin.

A granted appeal adds a seat, with the consent of the receiving side and within what the condition
allows in a year, or gives the next seat that is free. A published round is never run again.
"""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...applications.models import Application
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from ...offers.services import add_seat
from ...placements.queries import coordinators_at, placement_of
from ...placements.seats import check_seats, hold_seats
from .. import letters, queries
from ..models import APPEAL_WORKFLOW, Appeal, AppealStatus
from ..sequel.appeals import choices_to_appeal, why_not_granted, why_not_open
from ..sequel.vacated import Room
from ..snapshot import bounds_of
from .giving import give_granted, look_for_seats

_DECIDABLE = {AppealStatus.OPEN, AppealStatus.ASKED}


def open_appeal(application: Application, actor: Any, offer_id: int, reason: str) -> Appeal:
    """The participant says which choice they should have got, and why."""
    db.session.refresh(application, with_for_update={"of": Application})
    if why := why_not_open(application):
        raise Conflict(why)
    if not reason.strip():
        raise Invalid(_("Say why: somebody has to decide on it."), "reason")
    if offer_id not in {choice.offer_id for choice in choices_to_appeal(application)}:
        raise Invalid(_("Choose one of your choices above what you hold."), "offer")
    appeal = Appeal(
        application=application,
        offer_id=offer_id,
        reason=reason.strip(),
        created_at=clock.now(),
    )
    db.session.add(appeal)
    db.session.flush()
    queue_letter(application.applicant, letters.appeal_received, appeal)
    for admin in queries.admins():
        queue_letter(admin, letters.appeal_opened, appeal)
    return appeal


def withdraw_appeal(appeal: Appeal, actor: Any) -> None:
    """The participant lets it be."""
    _hold(appeal)
    APPEAL_WORKFLOW.advance(appeal, "withdraw", actor=actor, values={"decided_at": clock.now()})
    db.session.flush()


def dismiss_appeal(appeal: Appeal, actor: Any, answer: str) -> None:
    """An admin answers no, and why."""
    _hold(appeal)
    _decide(appeal, "dismiss", actor, answer)
    queue_letter(appeal.application.applicant, letters.appeal_dismissed, appeal)


def ask_for_seat(appeal: Appeal, actor: Any, answer: str) -> None:
    """An admin would grant it, and asks the receiving side for one seat more."""
    _hold(appeal)
    _check_may_be_granted(appeal)
    _check_bounds(appeal)
    _decide(appeal, "ask", actor, answer)
    for reader in coordinators_at(appeal.offer):
        queue_letter(reader, letters.seat_asked_for, appeal)


def refuse_seat(appeal: Appeal, actor: Any, comment: str) -> None:
    """The receiving side gives no seat, and says why; the admin decides anew."""
    _hold(appeal)
    if not comment.strip():
        raise Invalid(_("Say why: the administrators decide anew."), "comment")
    APPEAL_WORKFLOW.advance(
        appeal,
        "refuse",
        actor=actor,
        reason=comment,
        values={"comment": comment.strip(), "decided_at": None},
    )
    db.session.flush()
    for admin in queries.admins():
        queue_letter(admin, letters.seat_refused, appeal)


def consent_to_seat(appeal: Appeal, actor: Any) -> None:
    """The receiving side gives one seat more, and the participant gets it at once."""
    round_ = queries.round_of(appeal.offer.call)
    assert round_ is not None
    queries.locked_round(round_.id)  # as whoever gives vacated seats: they come in turn
    _hold(appeal)
    placement = placement_of(appeal.application)
    offers = hold_seats([appeal.offer_id, *([] if placement is None else [placement.offer_id])])
    _check_may_be_granted(appeal)
    if appeal.status is AppealStatus.ASKED:
        _check_bounds(appeal)
    APPEAL_WORKFLOW.advance(appeal, "consent", actor=actor)
    add_seat(appeal.offer, actor, _("Granted appeal %(number)s", number=appeal.id))
    give_granted(appeal, placement, actor)
    check_seats(offers.values())


def promise_seat(appeal: Appeal, actor: Any, answer: str) -> None:
    """An admin grants it: the next seat that is free there is theirs, before anybody in line."""
    _hold(appeal)
    _check_may_be_granted(appeal)
    _decide(appeal, "promise", actor, answer)
    queue_letter(appeal.application.applicant, letters.appeal_promised, appeal)
    look_for_seats(appeal.offer.call)


def _hold(appeal: Appeal) -> None:
    """Lock the appeal and read it anew: two answers come in turn, and the second is refused."""
    db.session.flush()
    db.session.refresh(appeal, with_for_update={"of": Appeal})


def _decide(appeal: Appeal, action: str, actor: Any, answer: str) -> None:
    if not answer.strip():
        raise Invalid(_("Give the answer and its reason: the participant reads it."), "answer")
    APPEAL_WORKFLOW.advance(
        appeal,
        action,
        actor=actor,
        reason=answer,
        values={"answer": answer.strip(), "decided_at": clock.now()},
    )
    db.session.flush()


def _check_may_be_granted(appeal: Appeal) -> None:
    if appeal.status in _DECIDABLE and (why := why_not_granted(appeal)):
        raise Conflict(why)


def _check_bounds(appeal: Appeal) -> None:
    """Refuse one more person than the condition lets go in the year, or than the balance lets."""
    call = appeal.offer.call
    offers = queries.offers_by_code(call)
    placement = placement_of(appeal.application)
    held = placement.offer.code_in_round if placement is not None and placement.is_live else None
    room = Room(offers, bounds_of(call, offers.values(), quotas=True))
    broken = room.broken_by(appeal.offer.code_in_round, held)
    if broken is None:
        return
    if broken.meaning["kind"] == "balance":
        raise Conflict(
            _(
                "One person more would break the balance of exchange that the rules keep. "
                "A seat cannot be added; promise the next free one, or dismiss the appeal."
            )
        )
    raise Conflict(
        _(
            "The agreement lets %(number)s people go in the year, and all of them are placed. "
            "A seat cannot be added; promise the next free one, or dismiss the appeal.",
            number=appeal.offer.condition.mobilities_per_year,
        )
    )
