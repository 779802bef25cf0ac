"""What is done with a placement: the answer, the nomination, the stay."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from .. import clock
from ..applications.models import Application
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import day, moment_text
from ..laboratories.queries import booking_at, hold_person
from ..mail import queue_letter
from ..offers.models import Offer
from . import letters, queries
from .changes import tell_change
from .models import (
    ANSWER,
    HOST,
    STAY,
    HostAnswer,
    MobilityStatus,
    Origin,
    Placement,
    PlacementStatus,
)

REMINDERS = (timedelta(days=3), timedelta(days=1))
"""How long before the end of the answer time a reminder goes out."""
EARLIEST_ARRIVAL = timedelta(days=60)
"""How long before the first day of a place somebody may have arrived."""


def place(
    application: Application,
    offer: Offer,
    rank: int,
    answer_until: datetime,
    actor: Any,
    origin: Origin = Origin.ROUND,
    part: int = 1,
) -> Placement:
    """Give a place to an applicant, who may answer until `answer_until`.

    `part`: which of several courses it is.
    Whoever gives single seats holds and checks them, see `seats`.
    """
    made = Placement(
        origin=origin,
        part=part,
        application=application,
        offer=offer,
        rank=rank,
        answer_until=answer_until,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def accept_place(placement: Placement, actor: Any, upgrade: bool = False) -> None:
    """The placed person takes the place, and is locked unless they ask for an `upgrade`.

    An upgrade moves them to a choice they ranked higher, should a seat there be vacated. Raises
    Conflict after the window or a second time.
    """
    _hold(placement)
    _check_window(placement)
    if upgrade and not placement.may_ask_to_move_up:
        raise Invalid(_("There is no choice that you could be moved up to."), "upgrade")
    _check_time(placement)
    ANSWER.advance(
        placement,
        "accept",
        actor=actor,
        values={"answered_at": clock.now(), "upgrade": upgrade},
        upgrade=upgrade,
    )
    db.session.flush()
    queue_letter(placement.application.applicant, letters.answer_received, placement)
    tell_change(placement)


def _check_time(placement: Placement) -> None:
    """Nobody has two slots at one time: what was booked directly is called off first."""
    slot, person = placement.offer.slot, placement.application.applicant
    if slot is None:
        return
    hold_person(person)
    if booking := booking_at(person, slot):
        raise Conflict(
            _(
                "You have booked “%(equipment)s” at that time. Cancel the booking, or decline.",
                equipment=booking.slot.equipment.title,
            )
        )


def accept_all(application: Application, actor: Any) -> int:
    """Take every course that still waits for an answer; how many."""
    waiting = queries.waiting_parts(application)
    for placement in waiting:
        accept_place(placement, actor)
    return len(waiting)


def keep_place(placement: Placement, actor: Any) -> None:
    """Who asked to be moved up stays after all, and is locked from now on."""
    _hold(placement)
    if not placement.upgrade:
        raise Conflict(_("You keep this place already; nothing moves you."))
    ANSWER.advance(placement, "keep", actor=actor, values={"upgrade": False})
    db.session.flush()
    tell_change(placement)


def move_up(
    placement: Placement,
    offer: Offer,
    rank: int,
    actor: Any,
    origin: Origin,
    answer_until: datetime | None = None,
) -> None:
    """Move somebody to a choice they ranked higher. The answer they gave stands.

    Who has not answered yet gets until `answer_until`. Seats are held and checked by the caller.
    """
    if rank >= placement.rank:
        raise Conflict(_("This choice does not stand higher on the list than the present place."))
    if placement.mobility_status not in {None, MobilityStatus.NOMINATION}:
        raise Conflict(_("The stay has begun or was called off: nothing moves this person."))
    left, hosts = placement.offer, []
    if placement.host_answer is not None:
        hosts = queries.receiving_coordinators(placement)
    moved: dict[str, Any] = {
        "host_answer": None,
        "host_comment": "",
        "mobility_status": None,
        "offer": offer,
        "rank": rank,
        "upgrade": placement.upgrade and rank > 1,
    }
    if placement.status is PlacementStatus.OFFERED:
        moved |= {"answer_until": answer_until or placement.answer_until, "reminders": 0}
    ANSWER.advance(
        placement,
        "move-up",
        actor=actor,
        values=moved,
        left=left.code,
        place=offer.code,
        origin=origin.value,
    )
    db.session.flush()
    queue_letter(placement.application.applicant, letters.moved_up, placement)
    for host in hosts:
        queue_letter(host, letters.called_back, placement, left)


def _hold(placement: Placement) -> None:
    """Lock the row and read it again: an answer and the giving of its seat come in turn."""
    db.session.flush()
    db.session.refresh(placement, with_for_update={"of": Placement})


def decline_place(placement: Placement, actor: Any, reason: str = "") -> None:
    """The placed person gives the place back, for good. The reason is their own affair."""
    _hold(placement)
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
    tell_change(placement)


def _check_window(placement: Placement) -> None:
    if placement.answer is PlacementStatus.LAPSED:
        raise Conflict(
            _(
                "The time to answer was over on %(moment)s; silence counts as declining. "
                "Write to your coordinator if something kept you.",
                moment=moment_text(placement.answer_until),
            )
        )


def lapse_unanswered(offer_ids: Collection[int] | None = None) -> int:
    """Record every offered place, at these offers or anywhere, whose answer time is over; how many.

    Whether a place may still be answered never depends on this having run. One letter a person
    and call.
    """
    due = queries.unanswered_placements(offer_ids)
    for placement in due:
        ANSWER.advance(placement, "lapse", actor=None)
    for own in _by_application(due):
        queue_letter(own[0].application.applicant, letters.lapsed, own)
    db.session.flush()
    tell_change(*due)
    return len(due)


def remind_unanswered() -> int:
    """Write to everybody whose answer is due soon and who was not reminded of it; how many.

    One letter a person and call, however many courses wait or reminders were missed while the
    service was down.
    """
    now = clock.now()
    waiting = []
    for placement in queries.placements_to_remind(max(REMINDERS)):
        due = sum(placement.answer_until - ahead <= now for ahead in REMINDERS)
        if placement.reminders >= due:
            continue
        placement.reminders = due
        waiting.append(placement)
    told = _by_application(waiting)
    for own in told:
        queue_letter(own[0].application.applicant, letters.reminder, own)
    db.session.flush()
    return len(told)


def _by_application(placements: list[Placement]) -> list[list[Placement]]:
    """Placements person by person and call by call, those of one as they stand on its list."""
    found: dict[int, list[Placement]] = {}
    for placement in sorted(placements, key=lambda one: (one.application_id, one.rank)):
        found.setdefault(placement.application_id, []).append(placement)
    return list(found.values())


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
    if placement.may_move_up:
        raise Conflict(
            _(
                "%(name)s has asked to be moved up if a seat is vacated. Nominate when that is"
                " over, or when they decide to keep this place.",
                name=placement.application.applicant.name,
            )
        )
    HOST.advance(placement, "nominate", actor=actor, values={"upgrade": False})
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
    for person in placement.application.people:
        queue_letter(person, letters.expected, placement)
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
    """The host says from when the person is there; may be put right until recognition.

    Only after the nomination was verified.
    """
    _check_not_cancelled(placement)
    if placement.host_answer is not HostAnswer.VERIFIED:
        raise Conflict(_("Verify the nomination before you confirm the arrival."))
    if on > _latest_today():
        raise Invalid(_("The day of arrival lies in the future."), "on")
    begins = placement.offer.starts_on
    if on < begins - EARLIEST_ARRIVAL:
        raise Invalid(
            _(
                "The place begins on %(begins)s: an arrival before %(earliest)s cannot belong to"
                " it. Check the year.",
                begins=day(begins),
                earliest=day(begins - EARLIEST_ARRIVAL),
            ),
            "on",
        )
    if placement.departed_on is not None and on > placement.departed_on:
        raise Invalid(
            _("The arrival lies after the departure on %(day)s.", day=day(placement.departed_on)),
            "on",
        )
    STAY.advance(placement, "arrive", actor=actor, values={"arrived_on": on}, on=on.isoformat())
    db.session.flush()


def confirm_departure(placement: Placement, actor: Any, on: date) -> None:
    """The host says until when the person was there; may be put right until recognition."""
    if placement.arrived_on is not None and on < placement.arrived_on:
        raise Invalid(
            _("The departure lies before the arrival on %(day)s.", day=day(placement.arrived_on)),
            "on",
        )
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
        raise Invalid(_("Give the reason: it is told to the person."), "reason")
    _hold(placement)
    STAY.advance(
        placement,
        "cancel",
        actor=actor,
        reason=reason,
        values={"cancel_reason": reason, "upgrade": False},
    )
    db.session.flush()
    tell_change(placement)
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
