"""Reading laboratories: what is shared, which slots are free, who has booked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from .. import clock
from ..accounts.models import User
from ..db import db
from ..partners.models import Institution, OrganisationalUnit
from .models import Booking, BookingStatus, Equipment, EquipmentStatus, Slot

PER_PAGE = 25


def get_equipment(equipment_id: int) -> Equipment | None:
    return db.session.get(Equipment, equipment_id)


def get_slot(slot_id: int) -> Slot | None:
    return db.session.get(Slot, slot_id)


def get_booking(booking_id: int) -> Booking | None:
    return db.session.get(Booking, booking_id)


def locked(subject: Any) -> Any:
    """A row read again, held until the transaction ends: bookings of a slot come in turn."""
    db.session.flush()
    db.session.refresh(subject, with_for_update={"of": type(subject)})
    return subject


def hold_person(user: Any) -> None:
    """Until the transaction ends nobody else books for a person, or answers for their slots."""
    db.session.refresh(user, attribute_names=["id"], with_for_update={"of": User})


def _kept_by(user: User) -> ColumnElement[bool]:
    """Equipment of the institutions and units that somebody coordinates."""
    if user.is_admin:
        return true()
    return or_(
        false(),
        *(
            and_(
                Equipment.institution_id == institution_id,
                true() if unit_id is None else Equipment.unit_id == unit_id,
            )
            for institution_id, unit_id in user.scopes
        ),
    )


def equipment_page(user: User | None, institution: int | None, page: int) -> Pagination:
    """A page of the equipment that somebody sees, by institution and id."""
    public = Equipment.status == EquipmentStatus.OPEN
    chosen = (
        select(Equipment)
        .where(public if user is None else or_(public, _kept_by(user)))
        .options(joinedload(Equipment.institution), joinedload(Equipment.unit))
        .order_by(Equipment.institution_id, Equipment.id)
    )
    if institution is not None:
        chosen = chosen.where(Equipment.institution_id == institution)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def sharing_institutions() -> Sequence[Institution]:
    """Institutions with open equipment."""
    ids = select(Equipment.institution_id).where(Equipment.status == EquipmentStatus.OPEN)
    return db.session.scalars(
        select(Institution).where(Institution.id.in_(ids)).order_by(Institution.id)
    ).all()


def upcoming_slots(equipment: Equipment, most: int = 60) -> Sequence[Slot]:
    """The slots of a piece of equipment that have not begun, the earliest first."""
    return db.session.scalars(
        select(Slot)
        .where(Slot.equipment_id == equipment.id, Slot.starts_at > clock.now())
        .order_by(Slot.starts_at)
        .limit(most)
    ).all()


def slots_between(equipment: Equipment, begin: datetime, end: datetime) -> Sequence[Slot]:
    """The slots that overlap a time."""
    return db.session.scalars(
        select(Slot).where(
            Slot.equipment_id == equipment.id, Slot.starts_at < end, Slot.ends_at > begin
        )
    ).all()


def slots_to_give(institution_ids: Collection[int], present: int | None = None) -> Sequence[Slot]:
    """Slots ahead of these institutions that no call gives yet, and the `present` one.

    Of open equipment, by equipment and time; at most 300.
    """
    return db.session.scalars(
        select(Slot)
        .join(Slot.equipment)
        .where(
            or_(
                Slot.id == present,
                and_(
                    Equipment.institution_id.in_(institution_ids),
                    Equipment.status == EquipmentStatus.OPEN,
                    Slot.starts_at > clock.now(),
                    Slot.kept == 0,
                ),
            )
        )
        .options(contains_eager(Slot.equipment).joinedload(Equipment.institution))
        .order_by(Slot.equipment_id, Slot.starts_at)
        .limit(300)
    ).all()


def booked(slot_ids: Collection[int]) -> dict[int, int]:
    """How many have booked each slot; 0 where nobody has."""
    rows = db.session.execute(
        select(Booking.slot_id, func.count())
        .where(Booking.slot_id.in_(slot_ids), Booking.status == BookingStatus.BOOKED)
        .group_by(Booking.slot_id)
    )
    found: dict[int, int] = dict(rows.all())
    return {slot_id: found.get(slot_id, 0) for slot_id in slot_ids}


def free_at(slots: Sequence[Slot]) -> dict[int, int]:
    """How many people each slot still takes by direct booking."""
    taken = booked([slot.id for slot in slots])
    return {slot.id: max(0, slot.capacity - slot.kept - taken[slot.id]) for slot in slots}


def own_booking(user: User, slot_ids: Collection[int]) -> dict[int, Booking]:
    """The bookings of somebody among these slots, by slot."""
    rows = db.session.scalars(
        select(Booking).where(
            Booking.user_id == user.id,
            Booking.slot_id.in_(slot_ids),
            Booking.status == BookingStatus.BOOKED,
        )
    )
    return {booking.slot_id: booking for booking in rows}


def overlapping_booking(user: User, slot: Slot) -> Booking | None:
    """Something else that somebody has booked at the time of a slot."""
    return db.session.scalar(_booked_at(user, slot).where(Slot.id != slot.id))


def booking_at(user: User, slot: Slot) -> Booking | None:
    """Something that somebody has booked at the time of a slot, the slot itself included."""
    return db.session.scalar(_booked_at(user, slot))


def _booked_at(user: User, slot: Slot) -> Select[Any]:
    return (
        select(Booking)
        .join(Booking.slot)
        .where(
            Booking.user_id == user.id,
            Booking.status == BookingStatus.BOOKED,
            Slot.starts_at < slot.ends_at,
            Slot.ends_at > slot.starts_at,
        )
        .order_by(Booking.id)
        .limit(1)
    )


def bookings_page(user: User, page: int) -> Pagination:
    """One's own bookings and those of the equipment that one keeps, the latest slot first."""
    keeps = _kept_by(user) if user.is_admin or user.is_coordinator else false()
    chosen = (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.equipment)
        .where(or_(Booking.user_id == user.id, keeps))
        .options(
            contains_eager(Booking.slot).contains_eager(Slot.equipment),
            joinedload(Booking.user),
            joinedload(Booking.project),
        )
        .order_by(Slot.starts_at.desc(), Booking.id.desc())
    )
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def bookings_of_project(project_id: int) -> Sequence[Booking]:
    """What is booked for a project, the latest slot first."""
    return db.session.scalars(
        select(Booking)
        .join(Booking.slot)
        .where(Booking.project_id == project_id, Booking.status == BookingStatus.BOOKED)
        .options(contains_eager(Booking.slot).joinedload(Slot.equipment), joinedload(Booking.user))
        .order_by(Slot.starts_at.desc())
        .limit(50)
    ).all()


def scopes_of(
    user: User, institutions: Sequence[Institution]
) -> list[tuple[Institution, OrganisationalUnit | None]]:
    """Where somebody may share equipment: whole institutions with all units, or single units."""
    return [
        (hei, unit)
        for hei in institutions
        for unit in (None, *hei.units)
        if user.is_admin or user.coordinates(hei.id, unit.id if unit else None)
    ]


def bookings_of(user: User) -> Sequence[Booking]:
    """Everything somebody ever booked, the oldest first."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.user_id == user.id)
        .options(joinedload(Booking.slot).joinedload(Slot.equipment))
        .order_by(Booking.id)
    ).all()
