"""What is done with a placement: the answer, the nomination, the stay."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from .. import clock
from ..applications.models import Application
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import moment_text
from ..mail import queue_letter
from ..offers.models import Offer
from . import letters, queries
from .models import ANSWER, HOST, STAY, HostAnswer, MobilityStatus, Placement, PlacementStatus


def place(
    application: Application, offer: Offer, rank: int, answer_until: datetime, actor: Any
) -> Placement:
    """Give a place to an applicant, who may answer until `answer_until`. Only publication does."""
    made = Placement(
        application=application,
        offer=offer,
        rank=rank,
        answer_until=answer_until,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def accept_place(placement: Placement, actor: Any) -> None:
    """The placed person takes the place. Raises Conflict after the window or a second time."""
    _check_window(placement)
    ANSWER.advance(placement, "accept", actor=actor, values={"answered_at": clock.now()})
    db.session.flush()
    queue_letter(placement.application.applicant, letters.answer_received, placement)


def decline_place(placement: Placement, actor: Any, reason: str = "") -> None:
    """The placed person gives the place back, for good. The reason is their own affair."""
    _check_window(placement)
    ANSWER.advance(
        placement,
        "decline",
        actor=actor,
        reason=reason or None,
        values={"answered_at": clock.now(), "decline_reason": reason},
    )
    db.session.flush()
    queue_letter(placement.application.applicant, letters.answer_received, placement)


def _check_window(placement: Placement) -> None:
    if placement.answer is PlacementStatus.LAPSED:
        raise Conflict(
            _(
                "The time to answer was over on %(moment)s; silence counts as declining. "
                "Write to your coordinator if something kept you.",
                moment=moment_text(placement.answer_until),
            )
        )


def lapse_unanswered() -> int:
    """Record every offered place whose answer time is over as lapsed; how many.

    Whether a place may still be answered never depends on this having run.
    """
    due = queries.unanswered_placements()
    for placement in due:
        ANSWER.advance(placement, "lapse", actor=None)
        queue_letter(placement.application.applicant, letters.lapsed, placement)
    db.session.flush()
    return len(due)


def nominate(placement: Placement, actor: Any) -> None:
    """The sending side names an accepted person to the host; again after a rejection."""
    if placement.status is not PlacementStatus.ACCEPTED:
        raise Conflict(
            _(
                "Only people who accepted can be nominated: the present state is “%(state)s”.",
                state=placement.answer.label,
            )
        )
    _check_not_cancelled(placement)
    HOST.advance(placement, "nominate", actor=actor)
    STAY.advance(placement, "begin", actor=actor)
    db.session.flush()
    for host in queries.receiving_coordinators(placement):
        queue_letter(host, letters.nominated, placement)


def _check_not_cancelled(placement: Placement) -> None:
    if placement.mobility_status is MobilityStatus.CANCELLED:
        raise Conflict(_("This placement was cancelled."))


def verify_nomination(placement: Placement, actor: Any) -> None:
    """The host takes the nominated person."""
    _check_not_cancelled(placement)
    HOST.advance(placement, "verify", actor=actor, values={"host_comment": ""})
    db.session.flush()
    queue_letter(placement.application.applicant, letters.expected, placement)
    for reader in queries.sending_coordinators(placement):
        queue_letter(reader, letters.verified, placement)


def reject_nomination(placement: Placement, actor: Any, comment: str) -> None:
    """The host sends the nomination back, saying why."""
    _check_not_cancelled(placement)
    if not comment.strip():
        raise Invalid(_("Say why: the sending side has to know what to put right."), "comment")
    HOST.advance(
        placement,
        "reject-nomination",
        actor=actor,
        reason=comment,
        values={"host_comment": comment},
    )
    db.session.flush()
    for reader in queries.sending_coordinators(placement):
        queue_letter(reader, letters.nomination_rejected, placement)


def confirm_arrival(placement: Placement, actor: Any, on: date) -> None:
    """The host says from when the person is there. Only after the nomination was verified."""
    _check_not_cancelled(placement)
    if placement.host_answer is not HostAnswer.VERIFIED:
        raise Conflict(_("Verify the nomination before you confirm the arrival."))
    if on > _latest_today():
        raise Invalid(_("The day of arrival lies in the future."), "on")
    STAY.advance(placement, "arrive", actor=actor, values={"arrived_on": on}, on=on.isoformat())
    db.session.flush()


def confirm_departure(placement: Placement, actor: Any, on: date) -> None:
    """The host says until when the person was there; may be put right until recognition."""
    if placement.arrived_on is not None and on < placement.arrived_on:
        raise Invalid(_("The departure lies before the arrival."), "on")
    if on > _latest_today():
        raise Invalid(_("The day of departure lies in the future."), "on")
    STAY.advance(placement, "depart", actor=actor, values={"departed_on": on}, on=on.isoformat())
    db.session.flush()


def _latest_today() -> date:
    """Today where the day begins first: nobody is told that their own today lies ahead."""
    return (clock.now() + timedelta(hours=14)).date()


def recognise_stay(placement: Placement, actor: Any) -> None:
    """The sending side recognises a stay that has ended."""
    if placement.mobility_status is MobilityStatus.LIVE and placement.departed_on is None:
        raise Conflict(_("The receiving side has not confirmed the departure yet."))
    STAY.advance(placement, "recognize", actor=actor)
    db.session.flush()
    queue_letter(placement.application.applicant, letters.recognised, placement)


def cancel_placement(placement: Placement, actor: Any, reason: str) -> None:
    """Call an accepted placement off. The person and the coordinators of both sides are told."""
    if placement.status is not PlacementStatus.ACCEPTED:
        raise Conflict(
            _(
                "Only an accepted placement can be cancelled: the present state is “%(state)s”.",
                state=placement.answer.label,
            )
        )
    if not reason.strip():
        raise Invalid(_("Give the reason: it is told to the student."), "reason")
    STAY.advance(placement, "cancel", actor=actor, reason=reason, values={"cancel_reason": reason})
    db.session.flush()
    readers = {
        reader.id: reader
        for reader in (
            placement.application.applicant,
            *queries.sending_coordinators(placement),
            *queries.receiving_coordinators(placement),
        )
        if reader.id != actor.id
    }
    for reader in readers.values():
        queue_letter(reader, letters.cancelled, placement)
