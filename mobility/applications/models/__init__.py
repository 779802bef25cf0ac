"""Applications with their ranked choices, and the documents that belong to them."""

from .applications import WORKFLOW, Application, ApplicationStatus, Choice, Window

__all__ = ["WORKFLOW", "Application", "ApplicationStatus", "Choice", "Window"]
