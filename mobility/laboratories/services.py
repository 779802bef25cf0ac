"""Writing laboratories: sharing equipment, opening slots, booking and calling off."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from .. import audit, clock
from ..accounts.models import User
from ..agreements.models import Direction, academic_year_of
from ..agreements.queries import conditions_in_force
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import LANGUAGES
from ..mail import queue_letter
from ..partners.models import Institution, OrganisationalUnit
from ..projects.membership import takes_part
from ..projects.models import Project, Standing
from . import letters
from .models import (
    BOOKING_WORKFLOW,
    EQUIPMENT_WORKFLOW,
    Booking,
    Equipment,
    EquipmentStatus,
    Slot,
)
from .queries import (
    booked,
    free_at,
    hold_person,
    locked,
    overlapping_booking,
    own_booking,
    slots_between,
)
from .visits import given_at, stays_at
from .words import slot_moment

WORDS = tuple(f"{part}_{language}" for part in ("title", "description") for language in LANGUAGES)
MOST_SLOTS = 200


def share_equipment(
    actor: User,
    *,
    institution: Institution,
    unit: OrganisationalUnit | None,
    **values: Any,
) -> Equipment:
    """Draft a piece of equipment. `values`: WORDS, safety_training, books_directly."""
    if not actor.is_admin and not actor.coordinates(institution.id, unit.id if unit else None):
        raise Invalid(_("Choose a unit that you coordinate."), "scope")
    equipment = Equipment(
        institution=institution, unit=unit, created_at=clock.now(), **_checked(values)
    )
    db.session.add(equipment)
    db.session.flush()
    audit.record("equipment.create", equipment, actor=actor)
    return equipment


def edit_equipment(
    equipment: Equipment, actor: User, *, version: int | None = None, **values: Any
) -> None:
    """Change what is said of equipment. Raises Conflict for a stale form."""
    locked(equipment)
    if version is not None and version != equipment.version:
        raise Conflict(
            _(
                "This was changed after you had opened it. What you typed stands below;"
                " open the page in another tab, compare, and send it again."
            )
        )
    for name, value in _checked(values).items():
        setattr(equipment, name, value)
    EQUIPMENT_WORKFLOW.advance(equipment, "amend", actor=actor)
    db.session.flush()


def open_equipment(equipment: Equipment, actor: User) -> None:
    """Show equipment to everybody and let its slots be booked."""
    EQUIPMENT_WORKFLOW.advance(locked(equipment), "open", actor=actor)
    db.session.flush()


def withdraw_equipment(equipment: Equipment, actor: User) -> None:
    """Take equipment back; bookings stand until they are called off one by one."""
    EQUIPMENT_WORKFLOW.advance(locked(equipment), "withdraw", actor=actor)
    db.session.flush()


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    checked = {name: values.get(name) or "" for name in WORDS}
    if not any(checked[f"title_{language}"].strip() for language in LANGUAGES):
        raise Invalid(_("Give a title in at least one language."), "title_en")
    flags = ("safety_training", "books_directly")
    return {**checked, **{name: bool(values.get(name)) for name in flags}}


def add_slots(
    equipment: Equipment,
    actor: User,
    *,
    first: date,
    last: date,
    days: list[int],
    begin: time,
    end: time,
    capacity: int,
) -> int:
    """Open slots on some days of the week (1 is Monday) from a first to a last day; how many.

    Times are those of the institution. Raises Invalid at the field, also where one would overlap
    a slot that is there.
    """
    locked(equipment)
    if last < first:
        raise Invalid(_("The last day is not before the first."), "last")
    if end <= begin:
        raise Invalid(_("The slot ends after it begins."), "end")
    if not 1 <= capacity <= 100:
        raise Invalid(_("Give the people who can work at one time, from 1 to 100."), "capacity")
    if not days:
        raise Invalid(_("Choose at least one day of the week."), "days")
    chosen = [
        day
        for number in range(min((last - first).days, 366) + 1)
        if (day := first + timedelta(days=number)).isoweekday() in days
    ]
    if not chosen:
        raise Invalid(_("None of these days lies between the first and the last."), "days")
    if len(chosen) > MOST_SLOTS:
        raise Invalid(
            _("That would be %(count)s slots; open at most %(most)s at once.",
              count=len(chosen), most=MOST_SLOTS),
            "last",
        )  # fmt: skip
    zone = ZoneInfo(equipment.institution.timezone)
    slots = [
        Slot(
            equipment=equipment,
            starts_at=datetime.combine(day, begin, zone),
            ends_at=datetime.combine(day, end, zone),
            capacity=capacity,
        )
        for day in chosen
    ]
    _check_free(equipment, slots)
    db.session.add_all(slots)
    audit.record("equipment.add-slots", equipment, actor=actor, count=len(slots))
    db.session.flush()
    return len(slots)


def _check_free(equipment: Equipment, slots: list[Slot]) -> None:
    with db.session.no_autoflush:
        if slots[0].starts_at <= clock.now():
            raise Invalid(_("The first slot would lie in the past."), "first")
        known = slots_between(equipment, slots[0].starts_at, slots[-1].ends_at)
    for slot in slots:
        for other in known:
            if other.starts_at < slot.ends_at and slot.starts_at < other.ends_at:
                raise Invalid(
                    _(
                        "It would overlap the slot of %(moment)s.",
                        moment=slot_moment(other),
                    ),
                    "begin",
                )


def remove_slot(slot: Slot, actor: User) -> None:
    """Take a slot out of the calendar. Raises Conflict once somebody has booked it."""
    locked(slot)
    if slot.kept or booked([slot.id])[slot.id]:
        raise Conflict(_("This slot is booked or stands in a call; call that off first."))
    audit.record(
        "equipment.remove-slot", slot.equipment, actor=actor, slot=slot.starts_at.isoformat()
    )
    for booking in db.session.query(Booking).filter_by(slot_id=slot.id):
        db.session.delete(booking)
    db.session.flush()
    db.session.delete(slot)
    db.session.flush()


def keep_for_call(slot: Slot, seats: int) -> None:
    """Keep seats of a slot for a call, instead of those kept before. Raises Invalid at seats."""
    locked(slot)
    left = slot.capacity - booked([slot.id])[slot.id]
    if seats > left:
        raise Invalid(
            _("Places left in the slot beside direct bookings: %(left)s.", left=left), "seats"
        )
    slot.kept = seats
    db.session.flush()


def why_not_book(user: User, slot: Slot, project: Project | None) -> str | None:
    """Why somebody cannot book a slot; None where they can, if it is still free."""
    equipment = slot.equipment
    if equipment.status is not EquipmentStatus.OPEN:
        return _("This equipment is not shared at present.")
    if not equipment.books_directly:
        return _("Slots of this equipment are given by a call; apply there.")
    if slot.is_over:
        return _("This slot has begun already.")
    if project is not None:
        return _why_not_project(user, slot, project)
    if not stays_at(user, equipment.institution):
        return _(
            "Book for a joint project in which you take part, or during a stay at %(institution)s.",
            institution=equipment.institution.name,
        )
    return _without_agreement(user, slot)


def why_no_way(user: User, slot: Slot, projects: Sequence[Project]) -> str | None:
    """Why somebody can book a slot neither during a stay nor for one of the projects they are in.

    None where they can, if it is still free for them, see `why_taken`.
    """
    why = None
    for way in (None, *projects):
        if (why := why_not_book(user, slot, way)) is None:
            return None
    return why


def why_no_ways(
    user: User, slots: Sequence[Slot], projects: Sequence[Project]
) -> dict[int, str | None]:
    """`why_no_way` of slots ahead of one piece of equipment: the same within an academic year."""
    known: dict[int, str | None] = {}
    for slot in slots:
        if (year := academic_year_of(slot.starts_at.date())) not in known:
            known[year] = why_no_way(user, slot, projects)
    return {slot.id: known[academic_year_of(slot.starts_at.date())] for slot in slots}


def why_taken(user: User, slot: Slot) -> str | None:
    """Why a slot is not free for somebody who may book it: their own time, or others."""
    if own_booking(user, [slot.id]):
        return _("You have booked this slot already.")
    if other := overlapping_booking(user, slot):
        return _(
            "You have booked “%(equipment)s” at that time.", equipment=other.slot.equipment.title
        )
    if given := given_at(user, slot):
        return _(
            "A call has given you “%(equipment)s” at that time.", equipment=given.equipment.title
        )
    if slot.kept == slot.capacity:
        return _("This slot is given by a call; apply there.")
    if not free_at([slot])[slot.id]:
        return _("This slot is full: others were there first. Choose another one.")
    return None


def _why_not_project(user: User, slot: Slot, project: Project) -> str | None:
    if not takes_part(user, project):
        return _("You do not take part in this project.")
    if slot.equipment.institution_id not in project.partner_ids:
        return _(
            "%(institution)s is no partner of this project.",
            institution=slot.equipment.institution.name,
        )
    if project.standing is not Standing.RUNNING:
        return _("This project is not under way.")
    return _without_agreement(user, slot)


def _without_agreement(user: User, slot: Slot) -> str | None:
    """People of the HEI itself need none; others a condition for laboratories in force."""
    here = slot.equipment.institution
    if user.institution_id == here.id:
        return None
    year = academic_year_of(slot.starts_at.date())
    if any(
        condition.sending_id == user.institution_id and condition.receiving_id == here.id
        for condition in conditions_in_force(year, Direction.LABORATORIES)
    ):
        return None
    return _(
        "No agreement in force lets people of your university use laboratories of %(institution)s.",
        institution=here.name,
    )


def book_slot(
    slot: Slot,
    actor: User,
    *,
    purpose: str,
    project: Project | None = None,
    trained_on: date | None = None,
) -> Booking:
    """Book a slot, if it still has room: who comes second is told how it stands.

    Raises Invalid at purpose or trained_on, Conflict where the slot is full or not for them.
    """
    locked(slot)
    if why := why_not_book(actor, slot, project):
        raise Conflict(why)
    if not purpose.strip():
        raise Invalid(_("Say what you need the equipment for."), "purpose")
    _check_training(slot, trained_on)
    hold_person(actor)
    if why := why_taken(actor, slot):
        raise Conflict(why)
    booking = Booking(
        slot=slot,
        user=actor,
        project=project,
        purpose=purpose.strip(),
        trained_on=trained_on if slot.equipment.safety_training else None,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError:
        raise Conflict(_("You have booked this slot already.")) from None
    audit.record("booking.create", booking, actor=actor)
    queue_letter(actor, letters.booked, booking)
    return booking


def _check_training(slot: Slot, trained_on: date | None) -> None:
    if not slot.equipment.safety_training:
        return
    if trained_on is None:
        raise Invalid(
            _("Give the day of your safety training; without it nobody works here."), "trained_on"
        )
    if trained_on > clock.now().date():
        raise Invalid(_("The training lies in the past."), "trained_on")


def cancel_booking(booking: Booking, actor: User, reason: str = "") -> None:
    """Call a booking off: one's own before it begins, as keeper with a reason.

    The place in the slot is free again at once.
    """
    locked(booking.slot)
    locked(booking)
    own = booking.user_id == actor.id
    if booking.slot.is_over:
        raise Conflict(_("The slot has begun; nothing can be called off any more."))
    if not own and not reason.strip():
        raise Invalid(_("Give the reason: it is told to the person."), "reason")
    BOOKING_WORKFLOW.advance(
        booking,
        "cancel",
        actor=actor,
        reason=reason.strip() or None,
        values={"cancel_reason": reason.strip() or _("called off by the person")},
    )
    db.session.flush()
    if not own:
        queue_letter(booking.user, letters.called_off, booking)
