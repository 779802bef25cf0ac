"""What applicants are written. Composed in the reader's language and zone."""

from .applications import (
    approved,
    excluded,
    pre_placed,
    receipt,
    rejected,
    released,
    reopened,
    returned,
    withdrawn,
)
from .documents import deadline_near, document_rejected

__all__ = [
    "approved",
    "deadline_near",
    "document_rejected",
    "excluded",
    "pre_placed",
    "receipt",
    "rejected",
    "released",
    "reopened",
    "returned",
    "withdrawn",
]
