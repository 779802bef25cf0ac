"""What placements put on the first page: a result that waits for an answer, counts that wait."""

from typing import Any

from flask import render_template

from ..panels import panel
from . import queries


@panel("home", order=5)
def places_to_answer(user: Any) -> str | None:
    """For a student: the place that waits for an answer, before all else."""
    waiting = queries.waiting_placements(user) if user.is_student else []
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
