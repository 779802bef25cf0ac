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
    "Window",
    "lack_of",
]
