"""What can be done to an application, by its applicant, by those who check it and by its round.

Each service first holds the row, so that of two people who act at once the second sees what the
first did; then it checks everything; only then it changes something.
"""

from .applying import (
    LONGEST_MOTIVATION,
    ChoicesRefused,
    Wish,
    agree_to_open_file,
    how_many,
    save_draft,
    start_application,
    submit_application,
    why_not_open,
    why_shut,
    withdraw_application,
)
from .checking import (
    approve_application,
    objection,
    reject_application,
    reopen_application,
    return_application,
    score_application,
)
from .credits import Credits
from .holding import hold
from .locking import lock_applications, unlock_applications
from .overriding import (
    exclude_application,
    pre_place_application,
    readmit_application,
    release_application,
)
from .teams import agree_as_partner, ask_partner, part_from_team

__all__ = [
    "LONGEST_MOTIVATION",
    "ChoicesRefused",
    "Credits",
    "Wish",
    "agree_as_partner",
    "agree_to_open_file",
    "approve_application",
    "ask_partner",
    "exclude_application",
    "hold",
    "how_many",
    "lock_applications",
    "objection",
    "part_from_team",
    "pre_place_application",
    "readmit_application",
    "reject_application",
    "release_application",
    "reopen_application",
    "return_application",
    "save_draft",
    "score_application",
    "start_application",
    "submit_application",
    "unlock_applications",
    "why_not_open",
    "why_shut",
    "withdraw_application",
]
