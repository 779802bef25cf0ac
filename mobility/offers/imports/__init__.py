"""The course catalogue of a receiving institution into a call: from a table or a calendar."""

from .catalogue import COLUMNS, Defaults, apply_import, plan_import

__all__ = ["COLUMNS", "Defaults", "apply_import", "plan_import"]
