"""Who may do what with accounts."""

from typing import Any

RULES: dict[str, Any] = {}
