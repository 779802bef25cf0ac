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
from .reviews import Review

__all__ = [
    "CHECK",
    "WORKFLOW",
    "Application",
    "ApplicationStatus",
    "AskedDocument",
    "Choice",
    "Document",
    "DocumentKind",
    "DocumentStatus",
    "FileType",
    "Lack",
    "Review",
    "Window",
    "lack_of",
]
