"""What accounts put on the first page."""

from typing import Any

from flask import render_template

from ..panels import panel


@panel("home", order=0)
def complete_your_profile(user: Any) -> str | None:
    """An applicant who has not said who they are is eligible for nothing: that comes first."""
    if not user.is_applicant or user.profile is not None:
        return None
    return render_template("accounts/panels/complete_profile.html")
