"""What applicants are written. Composed in the reader's language and zone."""

from .applications import (
    approved,
    asked_as_partner,
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
from .checking import assigned
from .documents import deadline_near, document_rejected, still_waiting

__all__ = [
    "approved",
    "asked_as_partner",
    "assigned",
    "deadline_near",
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
