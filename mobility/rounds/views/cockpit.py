"""The cockpit of a round: from the closing of its call to runs side by side."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from ... import audit
from ...access import guard
from ...errors import Conflict
from ...forms import Form
from ...i18n import moment_text
from ...offers.models import POLICIES, Call, Phase
from ...offers.services import close_call
from .. import queries, services
from ..figures import comparison, publicity
from ..forms import AuditorForm, CloseForm, RunsForm, ThawForm
from ..models import ACTIVE, Round, RoundStatus, Run
from ..sequel import waiting
from .blueprint import bp


@bp.get("/calls/<int:call_id>/round")
@guard("call:match", queries.leading_call)
def cockpit(call: Call) -> ResponseReturnValue:
    return show_cockpit(call)


def show_cockpit(call: Call, refused: Form | None = None) -> str:
    round_ = queries.round_of(call)
    runs = round_.runs if round_ else []
    offers, seats = queries.seats_in_play(call)
    return render_template(
        "rounds/cockpit.html",
        call=call,
        round=round_,
        runs=list(reversed(runs)),
        active=[run for run in runs if run.status in ACTIVE],
        compared=len(queries.finished_runs(round_)) if round_ else 0,
        runs_form=refused if isinstance(refused, RunsForm) else _runs_form(call),
        ready=_publishable(round_),
        counts={status.value: n for status, n in queries.application_counts(call).items()},
        undecided=queries.undecided_by_scope(call),
        agreeing=queries.agreeing(call),
        offers=offers,
        seats=seats,
        answers=queries.answer_counts(round_)
        if round_ and round_.status is RoundStatus.PUBLISHED
        else None,
        close_form=refused if isinstance(refused, CloseForm) else CloseForm(formdata=None),
        thaw_form=refused if isinstance(refused, ThawForm) else ThawForm(formdata=None),
        refused=refused,
        pipeline_address=_pipeline_address,
        events=audit.history(round_) if round_ else [],
        deeds=DEEDS,
        deed=_deed,
        closed=all(one.phase is Phase.CLOSED for one in call.together),
        **_sequel(call, round_),
        overrides=queries.overrides_in(round_) if round_ else [],
        plan=queries.plan_of(round_) if round_ else None,
        auditors=queries.auditors(round_) if round_ else [],
        auditor_form=refused if isinstance(refused, AuditorForm) else AuditorForm(formdata=None),
    )


def _sequel(call: Call, round_: Round | None) -> dict[str, Any]:
    """What the cockpit shows of vacated seats and appeals; empty before the publication."""
    if round_ is None or round_.status is not RoundStatus.PUBLISHED:
        return {"second_rounds": [], "no_second": None, "line": None, "appeals": []}
    return {
        "second_rounds": queries.second_rounds_of(round_),
        "no_second": services.why_no_second_round(round_),
        "line": waiting.lengths(round_) if waiting.runs(round_) else None,
        "appeals": queries.appeals_in(call),
    }


def _runs_form(call: Call) -> RunsForm:
    """With the policies ticked that have not been run yet."""
    round_ = queries.round_of(call)
    known = {run.policy for run in queries.finished_runs(round_)} if round_ else set()
    return RunsForm(formdata=None, policies=[one for one in POLICIES if one not in known])


def _pipeline_address(call: Call, unit: Any, status: Any) -> str:
    """Where the applications are that wait for a decision."""
    return url_for(
        "applications.pipeline",
        call=call.id,
        status=status.value,
        unit=None if unit is None else unit.id,
    )


# How the record of a round is told.
DEEDS = {
    "round.freeze": _l("The inputs were frozen."),
    "round.thaw": _l("The inputs were given free."),
    "round.publish": _l("The results were published."),
    "round.give": _l("A vacated seat went down the waiting order."),
    "round.ask-override": _l("An override was asked for: a result by another rule."),
    "round.consent-override": _l("A partner consented to the override."),
    "round.withdraw-override": _l("The override was withdrawn."),
    "round.name-auditor": _l("An auditor was named."),
    "round.dismiss-auditor": _l("An auditor was dismissed."),
    "round.plan": _l("A time of publication was set: %(moment)s."),
    "round.cancel-plan": _l("The publication planned for %(moment)s was cancelled."),
    "round.refuse-plan": _l("The planned publication was refused."),
}


def _deed(event: audit.AuditEvent) -> str:
    """A line of the record, with the time that was set where one was."""
    said = str(DEEDS[event.action])
    at = event.details.get("at")
    return said % {"moment": moment_text(datetime.fromisoformat(at))} if at else said


def _publishable(round_: Round | None) -> Run | None:
    """The newest finished run of the present snapshot by the policy of the call."""
    if round_ is None or round_.status is not RoundStatus.FROZEN:
        return None
    return next(
        (run for run in queries.finished_runs(round_) if run.policy == round_.call.policy), None
    )


def to_cockpit(call: Call, said: str) -> ResponseReturnValue:
    """Back to the cockpit, with a word of what was done."""
    flash(said, "good")
    return redirect(url_for("rounds.cockpit", call_id=call.id), 303)


def _with_reason(call: Call, form: Any, act: Any, said: str) -> ResponseReturnValue:
    """Do what needs a reason; what was typed stays on the page where it cannot be done."""
    if (status := form.attempt(lambda: act(form.reason.data))) == 200:
        return to_cockpit(call, said)
    return show_cockpit(call, form), status


@bp.post("/calls/<int:call_id>/round/close")
@guard("call:match", queries.leading_call)
def close(call: Call) -> ResponseReturnValue:
    return _with_reason(
        call,
        CloseForm(),
        lambda reason: _close(call, reason),
        _("The call is closed. Nobody can apply or change choices any more."),
    )


def _close(call: Call, reason: str) -> None:
    """Close what is still open of the calls that are decided together."""
    for one in [one for one in call.together if one.phase is Phase.OPEN] or [call]:
        close_call(one, current_user, reason)


@bp.post("/calls/<int:call_id>/round/freeze")
@guard("call:match", queries.leading_call)
def freeze(call: Call) -> ResponseReturnValue:
    services.freeze_round(services.open_round(call, current_user), current_user)
    return to_cockpit(call, _("The inputs are frozen. Runs read the snapshot and nothing else."))


@bp.post("/calls/<int:call_id>/round/thaw")
@guard("call:match", queries.leading_call)
def thaw(call: Call) -> ResponseReturnValue:
    return _with_reason(
        call,
        ThawForm(),
        lambda reason: services.thaw_round(begun(call), current_user, reason),
        _("The inputs are free again. Runs of the old snapshot cannot be published."),
    )


@bp.post("/calls/<int:call_id>/round/runs")
@guard("call:match", queries.leading_call)
def start_run(call: Call) -> ResponseReturnValue:
    run = services.request_run(begun(call), current_user)
    return redirect(url_for("rounds.show_run", run_id=run.id), 303)


@bp.post("/calls/<int:call_id>/round/comparisons")
@guard("call:match", queries.leading_call)
def start_runs(call: Call) -> ResponseReturnValue:
    form = RunsForm()
    if not form.validate():
        return show_cockpit(call, form), 422
    runs = services.request_runs(
        begun(call), current_user, form.policies.data, limit_seconds=60 * form.minutes.data
    )
    said = ngettext("%(num)s run has been started.", "%(num)s runs have been started.", len(runs))
    return to_cockpit(call, said)


@bp.get("/calls/<int:call_id>/round/comparison")
@guard("call:match", queries.leading_call)
def compare(call: Call) -> ResponseReturnValue:
    runs = queries.finished_runs(begun(call))
    before = publicity.overrides(runs[0])["pre_placed"] if runs else 0
    return render_template(
        "rounds/compare.html",
        call=call,
        round=begun(call),
        comparison=comparison.side_by_side(call, runs) if runs else None,
        pre_placed=before,
    )


def begun(call: Call) -> Round:
    """The round of a call. Raises Conflict where there is none yet."""
    round_ = queries.round_of(call)
    if round_ is None:
        raise Conflict(_("This call has no round yet: freeze its inputs first."))
    return round_
