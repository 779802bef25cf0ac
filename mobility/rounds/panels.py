"""What rounds show elsewhere: the result on an application, the way to the round on a call."""

from typing import Any

from flask import render_template
from flask_login import current_user

from ..access import can
from ..applications.models import Application, ApplicationStatus
from ..offers.models import Call, Phase
from ..offers.queries import rule_changes
from ..panels import panel
from ..placements.forms import AcceptForm
from . import queries
from .explanation import told
from .models import RoundStatus


@panel("call-rules")
def rules_of_call(call: Call) -> str:
    """By which rules the places of a call are given, and what changed after its opening."""
    return render_template("rounds/_rules.html", call=call, changes=rule_changes(call))


@panel("application-rules")
def rules_changed(application: Application) -> str | None:
    """What changed in the rules after this application was handed in first."""
    if application.submitted_at is None:
        return None
    changes = [
        change for change in rule_changes(application.call) if change.at > application.created_at
    ]
    return render_template("rounds/_changed.html", changes=changes) if changes else None


@panel("application", order=10)
def result(application: Application) -> str | None:
    """The result, from the instant of publication; before it the same words for everybody."""
    row = queries.row_of(application)
    if row is None:
        waits = (
            application.status is ApplicationStatus.APPROVED
            and application.call.phase is Phase.CLOSED
        )
        return render_template("rounds/_waiting.html") if waits else None
    return render_template(
        "rounds/_result.html", accept_form=AcceptForm(formdata=None), **told(row, current_user)
    )


@panel("call", order=40)
def round_of_call(call: Call) -> str | None:
    """For everybody the published round, for admins the way into the cockpit."""
    round_ = queries.round_of(call)
    published = round_ is not None and round_.status is RoundStatus.PUBLISHED
    if not published and not can(current_user, "call:match", call):
        return None
    return render_template("rounds/_call.html", call=call, round=round_, published=published)


@panel("home", order=25)
def results_of_student(user: Any) -> str | None:
    """For students: what each published round gave them, placed or not."""
    rows = queries.results_of(user) if user.is_student else []
    return render_template("rounds/_results.html", rows=rows) if rows else None


@panel("home", order=30)
def rounds_to_hold(user: Any) -> str | None:
    """For admins: closed calls that wait for their round."""
    waiting = queries.calls_in_matching() if user.is_admin else []
    return render_template("rounds/_home.html", waiting=waiting) if waiting else None
