"""Applications with their ranked choices, and the documents that belong to them."""

from .applications import WORKFLOW, Application, ApplicationStatus, Choice, Window
from .documents import (
    CHECK,
    AskedDocument,
    Document,
    DocumentKind,
    DocumentStatus,
    FileType,
    Lack,
    lack_of,
)
from .handlings import Handling
from .reviews import Review
from .saved_views import LONGEST_NAME, SavedView

__all__ = [
    "CHECK",
    "LONGEST_NAME",
    "WORKFLOW",
    "Application",
    "ApplicationStatus",
    "AskedDocument",
    "Choice",
    "Document",
    "DocumentKind",
    "DocumentStatus",
    "FileType",
    "Handling",
    "Lack",
    "Review",
    "SavedView",
    "Window",
    "lack_of",
]
