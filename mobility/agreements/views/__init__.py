"""Pages of agreements: the list, the agreement with both approvals, its forms, its versions."""

from . import deciding, drafting, reading, versions
from .blueprint import attempt, bp, init_app, version_of

__all__ = [
    "attempt",
    "bp",
    "deciding",
    "drafting",
    "init_app",
    "reading",
    "version_of",
    "versions",
]
