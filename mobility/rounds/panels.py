"""What rounds show elsewhere: the result on an application, the way to the round on a call."""

from typing import Any

from flask import g, render_template
from flask_login import current_user

from ..access import can
from ..applications.models import Application, ApplicationStatus
from ..offers.models import Call, Offer, Phase
from ..offers.queries import rule_changes
from ..panels import panel
from ..placements.forms import AcceptForm
from . import chances, queries
from .models import Chances, RoundStatus
from .sequel import appeals
from .sequel.person import held_now, sequel_of
from .words.explanation import told


@panel("call-rules")
def rules_of_call(call: Call) -> str:
    """By which rules the places of a call are given, and what changed after its opening."""
    return render_template("rounds/_rules.html", call=call, changes=rule_changes(call))


@panel("call-rules", order=110)
def lottery_of_call(call: Call) -> str | None:
    """Who has committed a seed of the lottery, and the way to the page of the draw."""
    if call.phase not in {Phase.OPEN, Phase.CLOSED}:
        return None
    commitments = queries.commitments(call)
    return render_template("rounds/_commitments.html", call=call, commitments=commitments)


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
    several = application.call.gives_several
    return render_template(
        "rounds/_result_courses.html" if several else "rounds/_result.html",
        accept_form=AcceptForm(formdata=None),
        **told(row, current_user),
    )


@panel("choices")
def chances_of_call(application: Application) -> str | None:
    """Above the places to rank: where the chances come from, or why none are shown."""
    call = application.call
    if call.phase is not Phase.OPEN:
        return None
    kept = _kept_chances(call)
    return render_template(
        "rounds/_chances.html",
        why_hidden=chances.why_hidden(call),
        kept=kept,
        score=kept and chances.score_for(application, kept),
        own=application.score is not None,
    )


@panel("place")
def chance_of_place(choosing: tuple[Application, Offer]) -> str | None:
    """At a place to rank: how likely it is to take this person."""
    application, offer = choosing
    kept = _kept_chances(application.call)
    if kept is None or application.call.phase is not Phase.OPEN:
        return None
    chance = chances.chance_at(kept, offer, chances.score_for(application, kept))
    return render_template("rounds/_chance.html", chance=chance) if chance else None


def _kept_chances(call: Call) -> Chances | None:
    """The estimate that may be shown; read once for all places of a page."""
    if not chances.shown(call):
        return None
    if "chances" not in g:
        g.chances = {}
    lead = call.lead.id
    if lead not in g.chances:
        g.chances[lead] = queries.chances_of(lead)
    found: Chances | None = g.chances[lead]
    return found


@panel("application", order=8)
@panel("explanation")
def held_since(application: Application) -> str | None:
    """First of all what somebody holds now, where the publication did not give it."""
    row = queries.row_of(application)
    held = None if row is None else held_now(row)
    if held is None or not held["since"]:
        return None
    return render_template(
        "rounds/_since.html",
        mine=application.applicant_id == current_user.id,
        accept_form=AcceptForm(formdata=None),
        **held,
    )


@panel("application", order=12)
@panel("explanation-sequel")
def sequel(application: Application) -> str | None:
    """What has followed the result, and what can still follow: turns, a second round, appeals."""
    row = queries.row_of(application)
    if row is None:
        return None
    mine = application.applicant_id == current_user.id
    may_appeal = mine and appeals.why_not_open(application) is None
    return render_template(
        "rounds/_sequel.html",
        application=application,
        call=application.call,
        mine=mine,
        **sequel_of(row),
        appeals=queries.appeals_of(application),
        may_appeal=may_appeal,
        appeal_until=appeals.ends_at(row.run.round) if may_appeal else None,
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
    """For applicants: what each published round gave them, and the next step of who has nothing."""
    rows = queries.results_of(user) if user.is_applicant else []
    if not rows:
        return None
    held = queries.placements_of_rows(rows)
    return render_template(
        "rounds/_results.html",
        rows=rows,
        held=held,
        appeal_until={
            row.application_id: appeals.ends_at(row.run.round)
            for row in rows
            if row.application_id not in held
            and row.application.applicant_id == user.id
            and appeals.why_not_open(row.application) is None
        },
    )


@panel("home", order=18)
def appeals_to_answer(user: Any) -> str | None:
    """For admins: appeals to answer. For receiving coordinators: those that ask for a seat."""
    asked = user.is_admin or user.is_coordinator
    count = queries.appeals_to_answer(user) if asked else 0
    return render_template("rounds/_appeals_todo.html", count=count) if count else None


@panel("home", order=19)
def overrides_to_consent(user: Any) -> str | None:
    """For coordinators of partners: overrides that wait for the consent of their HEI."""
    waiting = queries.overrides_awaiting(user) if user.is_coordinator else []
    return render_template("rounds/_overrides_todo.html", waiting=waiting) if waiting else None


@panel("home", order=30)
def rounds_to_hold(user: Any) -> str | None:
    """For admins: closed calls that wait for their round."""
    waiting = queries.calls_in_matching() if user.is_admin else []
    return render_template("rounds/_home.html", waiting=waiting) if waiting else None
