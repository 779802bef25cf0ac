"""What calls and places show on other pages: first page, landing page, conditions."""

from typing import Any

from flask import render_template

from ..agreements.models import AgreementStatus, CooperationCondition
from ..panels import panel
from ..projects.models import Project
from .queries import drafts_of, offers_of_project, offers_under, open_calls, upcoming_calls


@panel("landing", order=10)
def open_now(_user: Any) -> str | None:
    """The calls that take applications, or those that will."""
    running = open_calls()
    coming = upcoming_calls()
    if not running and not coming:
        return None
    return render_template("offers/landing.html", running=running, coming=coming)


@panel("home", order=40)
def offers_in_draft(user: Any) -> str | None:
    """To coordinators of a receiving side, the places they have not opened yet."""
    if not user.is_coordinator:
        return None
    drafts = drafts_of(user)
    return render_template("offers/drafts.html", drafts=drafts) if drafts else None


@panel("project", order=10)
def places_of_project(project: Project) -> str | None:
    """The places that hang from a project: research and laboratory slots that calls give."""
    found = offers_of_project(project.id)
    return render_template("offers/panel_project.html", offers=found) if found else None


@panel("condition", order=10)
def opened_under(condition: CooperationCondition) -> str | None:
    """The places open under a condition, or the one that a draft amends, call by call."""
    condition = condition.amends or condition
    if condition.agreement.status is not AgreementStatus.APPROVED:
        return None
    rows = offers_under(condition)
    return render_template("offers/under.html", rows=rows) if rows else None
