"""What laboratories show elsewhere: the slots booked for a project."""

from flask import render_template
from flask_login import current_user

from ..access import can
from ..panels import panel
from ..projects.models import Project
from .queries import bookings_of_project


@panel("project", order=30)
def slots_of_project(project: Project) -> str | None:
    """The laboratory slots booked for a project; who booked them is for those who keep it."""
    rows = bookings_of_project(project.id)
    if not rows:
        return None
    return render_template(
        "laboratories/panel_project.html",
        rows=rows,
        in_full=can(current_user, "project:edit", project),
    )
