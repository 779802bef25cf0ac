"""What people are written about their bookings."""

from flask_babel import gettext as _

from ..i18n import moment_text
from ..mail import Letter, address_of
from .models import Booking


def booked(booking: Booking) -> Letter:
    """To who booked: where and when."""
    slot = booking.slot
    return Letter(
        subject=_("Booked: %(equipment)s", equipment=slot.equipment.title),
        happened=_(
            "You have booked “%(equipment)s” at %(institution)s from %(begin)s to %(end)s.",
            equipment=slot.equipment.title,
            institution=slot.equipment.institution.name,
            begin=moment_text(slot.starts_at),
            end=moment_text(slot.ends_at),
        ),
        to_do=_("If you cannot come, call it off, so that somebody else can."),
        until=slot.starts_at,
        link=address_of("laboratories.bookings"),
        link_label=_("Your bookings"),
    )


def called_off(booking: Booking) -> Letter:
    """To who had booked: the unit called it off, and why."""
    slot = booking.slot
    return Letter(
        subject=_("Called off: %(equipment)s", equipment=slot.equipment.title),
        happened=_(
            "Your booking of “%(equipment)s” on %(begin)s was called off. The reason: %(reason)s",
            equipment=slot.equipment.title,
            begin=moment_text(slot.starts_at),
            reason=booking.cancel_reason,
        ),
        link=address_of("laboratories.equipment", equipment_id=slot.equipment_id),
        link_label=_("See other slots"),
    )
