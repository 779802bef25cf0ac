"""What agreements show on the first page: those that wait for the reader's approval."""

from typing import Any

from flask import render_template

from ..panels import panel
from .queries import waiting_for


@panel("home", order=30)
def waiting_agreements(user: Any) -> str | None:
    """To coordinators of a whole institution, the agreements that wait for their approval."""
    if not user.is_coordinator:
        return None
    waiting = waiting_for(user)
    return render_template("agreements/waiting.html", waiting=waiting) if waiting else None
