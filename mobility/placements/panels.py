"""What placements put on the first page: a result that waits for an answer, counts that wait."""

from typing import Any

from flask import render_template
from flask_login import current_user

from ..access import can
from ..agreements.models import Agreement, CooperationCondition
from ..agreements.queries import this_year
from ..panels import panel
from ..projects.models import Project
from . import queries


@panel("home", order=5)
def places_to_answer(user: Any) -> str | None:
    """For a student: the place that waits for an answer, before all else."""
    waiting = queries.waiting_placements(user) if user.is_applicant else []
    return render_template("placements/_answer.html", waiting=waiting) if waiting else None


@panel("home", order=20)
def placements_to_handle(user: Any) -> str | None:
    """For coordinators: how many wait for nomination or verification."""
    if not user.is_coordinator:
        return None
    nominate, verify = queries.to_nominate(user), queries.to_verify(user)
    if not nominate and not verify:
        return None
    return render_template("placements/_todo.html", nominate=nominate, verify=verify)


@panel("project", order=20)
def people_of_project(project: Project) -> str | None:
    """Who has accepted a place of a project: names for those who keep it, else how many."""
    placed = queries.people_of_project(project.id)
    if not placed:
        return None
    return render_template(
        "placements/panel_project.html",
        placed=placed,
        count=sum(len(one.application.people) for one in placed),
        in_full=can(current_user, "project:edit", project),
    )


@panel("condition", order=20)
def use_of_condition(condition: CooperationCondition) -> str | None:
    """To the partners: how many mobilities of the year are used and how many are free.

    A draft counts what is used under the condition that it amends against its own number.
    """
    year, held = this_year(), condition.amends or condition
    if not held.in_force(year) or not condition.covers(year) or not _is_partner(condition):
        return None
    used = queries.live_under([held.id], year)[held.id]
    return render_template(
        "placements/panel_condition.html",
        year=year,
        allowed=condition.mobilities_per_year,
        used=used,
    )


@panel("version")
def overuse_of_version(draft: Agreement) -> str | None:
    """To the partners: where a new version allows fewer mobilities than are used already."""
    after = {one.amends_id: one for one in draft.conditions if one.amends_id and _is_partner(one)}
    over = [
        (after[condition_id], year, used)
        for (condition_id, year), used in sorted(queries.live_by_year(after).items())
        if after[condition_id].covers(year) and year >= this_year()
        if used > after[condition_id].mobilities_per_year
    ]
    return render_template("placements/panel_version.html", over=over) if over else None


def _is_partner(condition: CooperationCondition) -> bool:
    if not current_user.is_authenticated:
        return False
    own = current_user.whole_institutions
    return current_user.is_admin or bool(own & {condition.sending_id, condition.receiving_id})
