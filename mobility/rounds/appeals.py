"""Appeals against a published result: opened with a reason, answered by an admin.

A granted appeal adds a seat, with the consent of the receiving side and within what the condition
allows in a year, or gives the next seat that is free. A published round is never run again.
"""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from .. import clock
from ..applications.eligibility import obstacles
from ..applications.models import Application, ApplicationStatus, Choice
from ..applications.queries import choices_of
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import moment_text
from ..jobs import enqueue
from ..mail import queue_letter
from ..offers.models import Offer
from ..offers.services import add_seat
from ..placements.jobs import await_answers
from ..placements.models import Origin, Placement
from ..placements.queries import coordinators_at, placement_of
from ..placements.seats import check_seats, hold_seats
from ..placements.services import move_up
from . import letters, queries
from .models import APPEAL_WORKFLOW, Appeal, AppealStatus, Round, RoundStatus
from .standing import LEFT, group_of
from .vacated import Room, offer_vacated

_DECIDABLE = {AppealStatus.OPEN, AppealStatus.ASKED}


def ends_at(round_: Round) -> datetime:
    """Until when an appeal may be opened."""
    assert round_.published_at is not None
    return round_.published_at + timedelta(days=round_.call.appeal_days)


def choices_to_appeal(application: Application) -> list[Choice]:
    """The choices above what somebody holds that no appeal of theirs was about."""
    placement = placement_of(application)
    if placement is not None and group_of(placement) == LEFT:
        return []
    named = {appeal.offer_id for appeal in queries.appeals_of(application)}
    return [
        choice
        for choice in choices_of(application)
        if (placement is None or choice.rank < placement.rank) and choice.offer_id not in named
    ]


def why_not_open(application: Application) -> str | None:
    """Why this person cannot appeal now, in words; None where they can."""
    round_ = queries.round_of(application.call)
    if round_ is None or round_.status is not RoundStatus.PUBLISHED:
        return _("The results are not published yet.")
    if application.status is not ApplicationStatus.APPROVED:
        return _("Only who took part in the round can appeal against its result.")
    if not round_.call.appeal_days:
        return _("The results cannot be appealed in this call.")
    if clock.now() >= ends_at(round_):
        return _("Appeals were possible until %(moment)s.", moment=moment_text(ends_at(round_)))
    if any(appeal.is_undecided for appeal in queries.appeals_of(application)):
        return _("Your appeal is not decided yet.")
    if not choices_to_appeal(application):
        return _("There is no choice above what you hold that you could still appeal for.")
    return None


def open_appeal(application: Application, actor: Any, offer_id: int, reason: str) -> Appeal:
    """The participant says which choice they should have got, and why."""
    db.session.refresh(application, with_for_update=True)
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
    _check_yearly_number(appeal)
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
    offers = hold_seats(_offers_of(appeal, placement))
    _check_may_be_granted(appeal)
    if appeal.status is AppealStatus.ASKED:
        _check_yearly_number(appeal)
    APPEAL_WORKFLOW.advance(appeal, "consent", actor=actor)
    add_seat(appeal.offer, actor, _("Granted appeal %(number)s", number=appeal.id))
    _give(appeal, placement, actor)
    check_seats(offers.values())


def promise_seat(appeal: Appeal, actor: Any, answer: str) -> None:
    """An admin grants it: the next seat that is free there is theirs, before anybody in line."""
    _hold(appeal)
    _check_may_be_granted(appeal)
    _decide(appeal, "promise", actor, answer)
    queue_letter(appeal.application.applicant, letters.appeal_promised, appeal)
    _look_for_seats(appeal)


def settle_promised(round_: Round, room: Room) -> int:
    """Give free seats to promised appeals, the oldest decision first; how many.

    Seats are held, and checked afterwards, by the caller.
    """
    given = 0
    for appeal in queries.promised_appeals(round_.call):
        placement = placement_of(appeal.application)
        held = placement.offer.code if placement is not None and placement.is_live else None
        if placement is not None and group_of(placement) == LEFT:
            APPEAL_WORKFLOW.advance(appeal, "lapse", actor=None)
        elif placement is not None and placement.rank <= _rank_of(appeal):
            APPEAL_WORKFLOW.advance(appeal, "fulfil", actor=None)
        elif room.has(appeal.offer.code, held) and not why_not_granted(appeal):
            APPEAL_WORKFLOW.advance(appeal, "fulfil", actor=None)
            room.take(appeal.offer.code, held)
            _give(appeal, placement, None)
            given += 1
    db.session.flush()
    return given


# --- Steps that the above share -------------------------------------------------------------------


def _hold(appeal: Appeal) -> None:
    """Lock the appeal and read it anew: two answers come in turn, and the second is refused."""
    db.session.flush()
    db.session.refresh(appeal, with_for_update=True)


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


def why_not_granted(appeal: Appeal) -> str | None:
    """Why the place cannot be given to this person at all, in words."""
    application = appeal.application
    placement = placement_of(application)
    if placement is not None and group_of(placement) == LEFT:
        return _("This person has declined, did not answer, or was called off: they are out.")
    if placement is not None and placement.rank <= _rank_of(appeal):
        return _("This person holds this place, or one they ranked higher.")
    if found := obstacles(application.applicant.profile, appeal.offer):
        return _("This person cannot be placed there: %(why)s", why=found[0].text)
    return None


def _check_may_be_granted(appeal: Appeal) -> None:
    if appeal.status in _DECIDABLE and (why := why_not_granted(appeal)):
        raise Conflict(why)


def _check_yearly_number(appeal: Appeal) -> None:
    """Refuse one more person than the condition lets go in the academic year."""
    condition = appeal.offer.condition
    placement = placement_of(appeal.application)
    moves_within = placement is not None and placement.offer.condition_id == condition.id
    if moves_within or queries.mobilities_left(appeal.offer) > 0:
        return
    raise Conflict(
        _(
            "The agreement lets %(number)s people go in the year, and all of them are placed. "
            "A seat cannot be added; promise the next free one, or dismiss the appeal.",
            number=condition.mobilities_per_year,
        )
    )


def _rank_of(appeal: Appeal) -> int:
    return next(
        choice.rank
        for choice in choices_of(appeal.application)
        if choice.offer_id == appeal.offer_id
    )


def _offers_of(appeal: Appeal, placement: Placement | None) -> list[int]:
    return [appeal.offer_id, *([] if placement is None else [placement.offer_id])]


def _give(appeal: Appeal, placement: Placement | None, actor: Any) -> None:
    """Give the place of a granted appeal, as a new one or instead of the one that was held."""
    offer: Offer = appeal.offer
    if placement is None:
        offer_vacated(appeal.application, offer, _rank_of(appeal), Origin.APPEAL)
    else:
        answer_until = clock.now() + timedelta(days=offer.call.answer_days)
        move_up(placement, offer, _rank_of(appeal), actor, Origin.APPEAL, answer_until)
        await_answers(answer_until)
        _look_for_seats(appeal)


def _look_for_seats(appeal: Appeal) -> None:
    from .waiting import give_vacated  # the job asks for promised appeals, and so knows this module

    round_ = queries.round_of(appeal.offer.call)
    assert round_ is not None
    enqueue(give_vacated, round_id=round_.id)
