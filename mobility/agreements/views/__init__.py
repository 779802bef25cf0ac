"""Pages of agreements: the list, the agreement with both approvals, its forms, its versions."""

from . import deciding, drafting, files, reading, versions
from .blueprint import attempt, bp, init_app, version_of

__all__ = [
    "attempt",
    "bp",
    "deciding",
    "drafting",
    "files",
    "init_app",
    "reading",
    "version_of",
    "versions",
]
