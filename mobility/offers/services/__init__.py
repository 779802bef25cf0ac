"""Writing calls and offers: preparing, announcing, opening, and what still may change later."""

from .calls import (
    BLANK_RULES,
    CALL_VALUES,
    VACATED_FOR,
    announce_call,
    cancel_call,
    close_call,
    create_call,
    edit_call,
    lacking_to_announce,
)
from .eligibility import (
    add_rule,
    change_rule,
    check_rule_stands,
    check_rules_may_change,
    remove_rule,
)
from .places import (
    OFFER_VALUES,
    add_seat,
    check_takes_offers,
    create_offer,
    edit_offer,
    needs_reason,
    objections_to,
    open_offer,
    why_not_in_force,
    withdraw_offer,
)

__all__ = [
    "BLANK_RULES",
    "CALL_VALUES",
    "OFFER_VALUES",
    "VACATED_FOR",
    "add_rule",
    "add_seat",
    "announce_call",
    "cancel_call",
    "change_rule",
    "check_rule_stands",
    "check_rules_may_change",
    "check_takes_offers",
    "close_call",
    "create_call",
    "create_offer",
    "edit_call",
    "edit_offer",
    "lacking_to_announce",
    "needs_reason",
    "objections_to",
    "open_offer",
    "remove_rule",
    "why_not_in_force",
    "withdraw_offer",
]
