"""Pages of agreements: the list, the agreement with both approvals, its forms, versions, files."""

from . import deciding, drafting, files, imports, reading, versions
from .blueprint import attempt, bp, init_app

__all__ = [
    "attempt",
    "bp",
    "deciding",
    "drafting",
    "files",
    "imports",
    "init_app",
    "reading",
    "versions",
]
