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
from .documents import deadline_near, document_rejected

__all__ = [
    "approved",
    "asked_as_partner",
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
    "team_parted",
    "withdrawn",
]
