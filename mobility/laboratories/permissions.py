"""Who shares equipment, who sees it, and whose bookings are whose."""

from typing import Any

from .models import Booking, Equipment, EquipmentStatus, Slot


def anybody(user: Any, subject: Any) -> bool:
    return True


def shares_any(user: Any, subject: Any) -> bool:
    return user is not None and (user.is_admin or user.is_coordinator)


def keeps(user: Any, equipment: Equipment) -> bool:
    """Admins, and coordinators of its HEI or unit."""
    return user is not None and (
        user.is_admin or user.coordinates(equipment.institution_id, equipment.unit_id)
    )


def sees(user: Any, equipment: Equipment) -> bool:
    return equipment.status is not EquipmentStatus.DRAFT or keeps(user, equipment)


def books(user: Any, slot: Slot) -> bool:
    """Students and staff may ask; whether the slot takes them is for the service to say."""
    return user is not None and user.is_applicant and sees(user, slot.equipment)


def has_booked(user: Any, booking: Booking) -> bool:
    return user is not None and booking.user_id == user.id


def sees_booking(user: Any, booking: Booking) -> bool:
    return has_booked(user, booking) or keeps(user, booking.slot.equipment)


RULES: dict[str, Any] = {
    "equipment:browse": anybody,
    "equipment:create": shares_any,
    "equipment:view": sees,
    "equipment:edit": keeps,
    "slot:view": lambda user, slot: sees(user, slot.equipment),
    "slot:edit": lambda user, slot: keeps(user, slot.equipment),
    "slot:book": books,
    "booking:list": lambda user, _subject: user is not None,
    "booking:view": sees_booking,
    "booking:cancel": sees_booking,
}
