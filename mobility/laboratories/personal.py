"""What laboratories keep of people: their bookings."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from .. import audit
from ..accounts.models import User
from ..db import db
from ..i18n import moment_text
from ..personal import GONE, Part, gone, keeps
from .models import BookingStatus
from .queries import bookings_of


def _bookings(user: User) -> list[dict[str, Any]]:
    return [
        {
            "equipment": one.slot.equipment.title,
            "from": one.slot.starts_at,
            "until": one.slot.ends_at,
            "purpose": one.purpose,
            "safety_training": one.trained_on,
            "state": one.status.value,
            "reason": one.cancel_reason,
        }
        for one in bookings_of(user)
    ]


def _obstacles(user: User) -> Iterator[str]:
    for one in bookings_of(user):
        if one.status is BookingStatus.BOOKED and not one.slot.is_over:
            yield _(
                "A slot is booked at “%(equipment)s” on %(moment)s. Cancel it first.",
                equipment=one.slot.equipment.title,
                moment=moment_text(one.slot.starts_at),
            )


def _erase(user: User) -> None:
    for one in bookings_of(user):
        one.purpose, one.trained_on = GONE, None
        one.cancel_reason = gone(one.cancel_reason)
        audit.forget(one)
    db.session.flush()


keeps(
    Part("bookings", frozenset({"booking.user_id"}), _bookings, obstacles=_obstacles, erase=_erase)
)
