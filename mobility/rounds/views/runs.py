"""The page of a run: what it found, and its publication, now or at a set time."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Conflict
from ...forms import Form
from ...i18n import moment_text
from ...numbers import page_asked
from ...offers.models import Call
from .. import queries, services
from ..figures import publicity
from ..forms import OverrideForm, PlanForm
from ..models import RoundStatus, RuleOverride, Run, RunStatus
from .blueprint import bp
from .cockpit import to_cockpit


@bp.get("/runs/<int:run_id>")
@guard("run:view", queries.get_run)
def show_run(run: Run) -> ResponseReturnValue:
    return _run(run)


def _is_ready(run: Run) -> bool:
    """Whether it can be published now, as far as a look at it tells."""
    if run.status is not RunStatus.DONE or run.round.status is not RoundStatus.FROZEN:
        return False
    if run.snapshot_hash != run.round.snapshot_hash:
        return False
    if run.policy == run.round.call.policy:
        return True
    return run.override is not None and not queries.consents_missing(run.override)


def _run(run: Run, refused: Form | None = None) -> str:
    done = run.status is RunStatus.DONE
    plan = queries.plan_of(run.round)
    return render_template(
        "rounds/run.html",
        run=run,
        figures=publicity.all_figures(run) if done else None,
        seats=queries.seats_by_offer(run) if done else [],
        rows=queries.row_page(run, page_asked()) if done else None,
        publishable=_is_ready(run),
        for_comparison=run.policy != run.round.call.policy,
        override_form=refused if isinstance(refused, OverrideForm) else OverrideForm(formdata=None),
        no_override=services.why_no_override(run),
        plan=plan,
        plan_form=refused if isinstance(refused, PlanForm) else PlanForm(formdata=None, obj=plan),
        refused=refused,
    )


@bp.post("/runs/<int:run_id>/cancel")
@guard("run:cancel", queries.get_run)
def cancel_run(run: Run) -> ResponseReturnValue:
    services.cancel_run(run, current_user)
    return to_cockpit(run.round.call, _("The run is cancelled. Nothing of it is stored."))


@bp.post("/runs/<int:run_id>/publish")
@guard("run:publish", queries.get_run)
def publish(run: Run) -> ResponseReturnValue:
    services.publish_run(run, current_user)
    return to_cockpit(
        run.round.call, _("The results are published. Everybody who took part is being written to.")
    )


@bp.post("/runs/<int:run_id>/plan")
@guard("run:publish", queries.get_run)
def plan(run: Run) -> ResponseReturnValue:
    form = PlanForm()
    status = form.attempt(lambda: services.plan_publication(run, current_user, form.at.data))
    if status == 200:
        typed: Any = form.at.data
        said = _("The results are published on %(moment)s.", moment=moment_text(typed))
        return to_cockpit(run.round.call, said)
    return _run(run, form), status


@bp.post("/runs/<int:run_id>/override")
@guard("run:publish", queries.get_run)
def ask_override(run: Run) -> ResponseReturnValue:
    form = OverrideForm()
    asked: list[RuleOverride] = []

    def act() -> None:
        asked.append(services.ask_override(run, current_user, form.reason.data or ""))

    if (status := form.attempt(act)) == 200:
        flash(_("The coordinators of both partners are asked for their consent."), "good")
        return redirect(url_for("rounds.override", override_id=asked[0].id), 303)
    return _run(run, form), status


@bp.post("/calls/<int:call_id>/round/plan/cancel")
@guard("call:match", queries.leading_call)
def cancel_plan(call: Call) -> ResponseReturnValue:
    round_ = queries.round_of(call)
    if round_ is None:
        raise Conflict(_("No publication is planned."))
    services.cancel_plan(round_, current_user)
    return to_cockpit(call, _("The planned publication is cancelled. Nothing is published."))
