"""What applicants are written. Composed in the reader's language and zone."""

from .applications import (
    approved,
    asked_as_partner,
    decision_undone,
    excluded,
    partner_answered,
    pre_placed,
    receipt,
    rejected,
    released,
    reopened,
    returned,
    team_parted,
    withdrawn,
)
from .checking import assigned, assignment_undone
from .documents import deadline_near, document_rejected, still_waiting

__all__ = [
    "approved",
    "asked_as_partner",
    "assigned",
    "assignment_undone",
    "deadline_near",
    "decision_undone",
    "document_rejected",
    "excluded",
    "partner_answered",
    "pre_placed",
    "receipt",
    "rejected",
    "released",
    "reopened",
    "returned",
    "still_waiting",
    "team_parted",
    "withdrawn",
]
