"""What can be done to an application, by its applicant, by those who check it and by its round.

Each service first holds the row, so that of two people who act at once the second sees what the
first did; then it checks everything; only then it changes something.
"""

from .applying import (
    LONGEST_MOTIVATION,
    ChoicesRefused,
    DocumentsMissing,
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
from .asking import Demand, ask_for_documents
from .checking import (
    approve_application,
    objection,
    reject_application,
    reopen_application,
    return_application,
    said,
    score_application,
)
from .credits import Credits
from .criteria import check_scoring_may_change, set_criteria
from .documents import (
    accept_document,
    certify,
    check_takes_documents,
    keep_document,
    reject_document,
    why_no_documents,
    why_not_checked,
)
from .holding import hold
from .locking import lock_applications, unlock_applications
from .overriding import (
    exclude_application,
    pre_place_application,
    readmit_application,
    release_application,
)
from .reminding import REMINDERS, remind_applicants
from .reviewing import review_application
from .teams import agree_as_partner, ask_partner, part_from_team

__all__ = [
    "LONGEST_MOTIVATION",
    "REMINDERS",
    "ChoicesRefused",
    "Credits",
    "Demand",
    "DocumentsMissing",
    "Wish",
    "accept_document",
    "agree_as_partner",
    "agree_to_open_file",
    "approve_application",
    "ask_for_documents",
    "ask_partner",
    "certify",
    "check_scoring_may_change",
    "check_takes_documents",
    "exclude_application",
    "hold",
    "how_many",
    "keep_document",
    "lock_applications",
    "objection",
    "part_from_team",
    "pre_place_application",
    "readmit_application",
    "reject_application",
    "reject_document",
    "release_application",
    "remind_applicants",
    "reopen_application",
    "return_application",
    "review_application",
    "said",
    "save_draft",
    "score_application",
    "set_criteria",
    "start_application",
    "submit_application",
    "unlock_applications",
    "why_no_documents",
    "why_not_checked",
    "why_not_open",
    "why_shut",
    "withdraw_application",
]
