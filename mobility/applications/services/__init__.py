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
from .assigning import assign_application, tell_assigned
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
from .keeping import new_batch
from .locking import lock_applications, unlock_applications
from .overriding import (
    exclude_application,
    pre_place_application,
    readmit_application,
    release_application,
)
from .reminding import REMINDERS, remind_applicants, remind_application, why_not_reminded
from .reviewing import review_application
from .teams import agree_as_partner, ask_partner, part_from_team
from .undoing import UNDO_WITHIN, Undone, undo, why_not_undone
from .viewing import remove_view, rename_view, save_view

__all__ = [
    "LONGEST_MOTIVATION",
    "REMINDERS",
    "UNDO_WITHIN",
    "ChoicesRefused",
    "Credits",
    "Demand",
    "DocumentsMissing",
    "Undone",
    "Wish",
    "accept_document",
    "agree_as_partner",
    "agree_to_open_file",
    "approve_application",
    "ask_for_documents",
    "ask_partner",
    "assign_application",
    "certify",
    "check_scoring_may_change",
    "check_takes_documents",
    "exclude_application",
    "hold",
    "how_many",
    "keep_document",
    "lock_applications",
    "new_batch",
    "objection",
    "part_from_team",
    "pre_place_application",
    "readmit_application",
    "reject_application",
    "reject_document",
    "release_application",
    "remind_applicants",
    "remind_application",
    "remove_view",
    "rename_view",
    "reopen_application",
    "return_application",
    "review_application",
    "said",
    "save_draft",
    "save_view",
    "score_application",
    "set_criteria",
    "start_application",
    "submit_application",
    "tell_assigned",
    "undo",
    "unlock_applications",
    "why_no_documents",
    "why_not_checked",
    "why_not_open",
    "why_not_reminded",
    "why_not_undone",
    "why_shut",
    "withdraw_application",
]
