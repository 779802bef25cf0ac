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

__all__ = [
    "approved",
    "excluded",
    "pre_placed",
    "receipt",
    "rejected",
    "released",
    "reopened",
    "returned",
    "withdrawn",
]
