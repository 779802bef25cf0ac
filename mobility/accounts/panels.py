"""What accounts put on the first page."""

from typing import Any

from flask import render_template

from ..panels import panel


@panel("home", order=0)
def complete_your_profile(user: Any) -> str | None:
    """A student who has not said what they study is eligible for nothing: that comes first."""
    if not user.is_student or user.profile is not None:
        return None
    return render_template("accounts/panels/complete_profile.html")
