"""Writing agreements: drafting, approving by both partners, new versions, the end."""

from .approving import (
    approve_agreement,
    propose_agreement,
    why_not_proposed,
    withdraw_agreement,
)
from .checks import (
    check_partners,
    check_titles,
    checked_condition,
    checked_fields,
    checked_levels,
    given,
)
from .drafting import (
    EDITABLE,
    add_condition,
    add_conditions,
    check_editable,
    create_agreement,
    edit_agreement,
    edit_condition,
    remove_condition,
)
from .ending import give_notice, terminate_agreement, withdraw_notice, withdrawable_notice
from .renewals import REMINDERS, remind_of_renewals
from .versions import check_amendable, drop_version, keep_version, open_version

__all__ = [
    "EDITABLE",
    "REMINDERS",
    "add_condition",
    "add_conditions",
    "approve_agreement",
    "check_amendable",
    "check_editable",
    "check_partners",
    "check_titles",
    "checked_condition",
    "checked_fields",
    "checked_levels",
    "create_agreement",
    "drop_version",
    "edit_agreement",
    "edit_condition",
    "give_notice",
    "given",
    "keep_version",
    "open_version",
    "propose_agreement",
    "remind_of_renewals",
    "remove_condition",
    "terminate_agreement",
    "why_not_proposed",
    "withdraw_agreement",
    "withdraw_notice",
    "withdrawable_notice",
]
