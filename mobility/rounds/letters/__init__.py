"""The mails of rounds."""

from .appeals import (
    appeal_dismissed,
    appeal_opened,
    appeal_promised,
    appeal_received,
    seat_asked_for,
    seat_refused,
)
from .preparation import frozen, not_published, override_asked, rules_changed
from .results import may_audit, overridden, placed, placed_in_several, unplaced
from .vacated import second_kept, second_without, vacated_place

__all__ = [
    "appeal_dismissed",
    "appeal_opened",
    "appeal_promised",
    "appeal_received",
    "frozen",
    "may_audit",
    "not_published",
    "overridden",
    "override_asked",
    "placed",
    "placed_in_several",
    "rules_changed",
    "seat_asked_for",
    "seat_refused",
    "second_kept",
    "second_without",
    "unplaced",
    "vacated_place",
]
