"""What accounts put on the first page and on that of an institution."""

from typing import Any

from flask import render_template
from flask_login import current_user

from ..access import can
from ..panels import panel
from ..partners.models import Institution
from .forms import scale_text
from .queries import grade_scale_of


@panel("home", order=0)
def complete_your_profile(user: Any) -> str | None:
    """An applicant who has not said who they are is eligible for nothing: that comes first."""
    if not user.is_applicant or user.profile is not None:
        return None
    return render_template("accounts/panels/complete_profile.html")


@panel("partner", order=50)
def grade_scale_of_institution(partner: Institution) -> str | None:
    """On which scale its people give their grade averages."""
    scale = grade_scale_of(partner.id)
    if scale is None and not can(current_user, "grade-scale:edit", partner):
        return None
    said = scale_text(scale) if scale else ""
    return render_template("accounts/panels/grade_scale.html", partner=partner, said=said)
