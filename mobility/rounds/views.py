"""The cockpit of a round, and what everybody may read after publication."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from .. import audit, clock
from ..access import guard
from ..applications.models import Application
from ..applications.queries import get_application
from ..errors import Conflict, NotFound
from ..forms import Form
from ..offers.models import POLICIES, Call, Phase
from ..offers.queries import get_call
from ..offers.services import close_call
from ..placements.forms import AcceptForm
from . import comparison, publicity, queries, rules, services, wording
from . import override_pages as override_pages  # its pages belong to the blueprint
from . import public_pages as public_pages  # its pages belong to the blueprint
from . import run_pages as run_pages  # its pages belong to the blueprint
from . import sequel_pages as sequel_pages  # its pages belong to the blueprint
from .blueprint import bp
from .draw import key_from
from .explanation import told
from .files import file_of
from .forms import CloseForm, CommitForm, RunsForm, SeedForm, ThawForm
from .models import ACTIVE, Round, RoundStatus, Run, RunRow


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"wording": wording, "rules": rules}


@bp.get("/rounds")
@guard("round:browse")
def index() -> ResponseReturnValue:
    waiting = []
    if current_user.is_authenticated and current_user.is_admin:
        waiting = queries.calls_in_matching()
    page = queries.published_rounds(request.args.get("page", 1, type=int))
    figures = {
        round_.id: publicity.public_figures(round_.published_run)
        for round_ in page.items
        if round_.published_run
    }
    return render_template("rounds/index.html", page=page, figures=figures, waiting=waiting)


@bp.get("/rounds/<int:round_id>")
@guard("round:view", queries.get_round)
def show(round_: Round) -> ResponseReturnValue:
    if round_.published_run is None:  # an admin, before publication
        return redirect(url_for("rounds.cockpit", call_id=round_.call_id), 303)
    run = round_.published_run
    return render_template(
        "rounds/show.html",
        round=round_,
        run=run,
        **public_pages.public_parts(round_, run),
        **sequel_pages.public_parts(round_),
    )


# --- Explanations ---------------------------------------------------------------------------------


@bp.get("/applications/<int:application_id>/explanation")
@guard("application:view", get_application)
def explanation(application: Application) -> ResponseReturnValue:
    row = _published_row(application)
    return render_template(
        "rounds/explanation.html", accept_form=AcceptForm(formdata=None), **told(row, current_user)
    )


@bp.post("/applications/<int:application_id>/explanation")
@guard("application:view", get_application)
def explain(application: Application) -> ResponseReturnValue:
    services.ask_for_explanation(_published_row(application), current_user)
    return redirect(url_for("rounds.explanation", application_id=application.id), 303)


def _published_row(application: Application) -> RunRow:
    row = queries.row_of(application)
    if row is None:
        raise NotFound("")
    return row


@bp.get("/rounds/<int:round_id>/explanations")
@guard("round:explain", queries.get_round)
def explanations(round_: Round) -> ResponseReturnValue:
    page = queries.rows_in_scope(round_, current_user, request.args.get("page", 1, type=int))
    return render_template("rounds/explanations.html", round=round_, page_of=page)


@bp.get("/rounds/<int:round_id>/file")
@guard("round:check", queries.get_round)
def file(round_: Round) -> ResponseReturnValue:
    assert round_.published_run is not None
    text = file_of(round_, round_.published_run, queries.seeds(round_.call))
    name = f"sapar-round-{round_.id}.json"
    return Response(
        text,
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


# --- The cockpit ----------------------------------------------------------------------------------


@bp.get("/calls/<int:call_id>/round")
@guard("call:match", get_call)
def cockpit(call: Call) -> ResponseReturnValue:
    return _cockpit(call)


def _cockpit(call: Call, refused: Form | None = None) -> str:
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
        closed=call.phase is Phase.CLOSED,
        **sequel_pages.cockpit_parts(call, round_),
        overrides=queries.overrides_in(round_) if round_ else [],
        plan=queries.plan_of(round_) if round_ else None,
    )


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
    "round.plan": _l("A time of publication was set."),
    "round.cancel-plan": _l("The planned publication was cancelled."),
    "round.refuse-plan": _l("The planned publication was refused."),
}


def _publishable(round_: Round | None) -> Run | None:
    """The newest finished run of the present snapshot by the policy of the call."""
    if round_ is None or round_.status is not RoundStatus.FROZEN:
        return None
    return next(
        (run for run in queries.finished_runs(round_) if run.policy == round_.call.policy), None
    )


def _to_cockpit(call: Call, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("rounds.cockpit", call_id=call.id), 303)


def _with_reason(call: Call, form: Any, act: Any, said: str) -> ResponseReturnValue:
    """Do what needs a reason; what was typed stays on the page where it cannot be done."""
    if (status := form.attempt(lambda: act(form.reason.data))) == 200:
        return _to_cockpit(call, said)
    return _cockpit(call, form), status


@bp.post("/calls/<int:call_id>/round/close")
@guard("call:match", get_call)
def close(call: Call) -> ResponseReturnValue:
    return _with_reason(
        call,
        CloseForm(),
        lambda reason: close_call(call, current_user, reason),
        _("The call is closed. Nobody can apply or change choices any more."),
    )


@bp.post("/calls/<int:call_id>/round/freeze")
@guard("call:match", get_call)
def freeze(call: Call) -> ResponseReturnValue:
    services.freeze_round(services.open_round(call, current_user), current_user)
    return _to_cockpit(call, _("The inputs are frozen. Runs read the snapshot and nothing else."))


@bp.post("/calls/<int:call_id>/round/thaw")
@guard("call:match", get_call)
def thaw(call: Call) -> ResponseReturnValue:
    return _with_reason(
        call,
        ThawForm(),
        lambda reason: services.thaw_round(_begun(call), current_user, reason),
        _("The inputs are free again. Runs of the old snapshot cannot be published."),
    )


@bp.post("/calls/<int:call_id>/round/runs")
@guard("call:match", get_call)
def start_run(call: Call) -> ResponseReturnValue:
    run = services.request_run(_begun(call), current_user)
    return redirect(url_for("rounds.show_run", run_id=run.id), 303)


@bp.post("/calls/<int:call_id>/round/comparisons")
@guard("call:match", get_call)
def start_runs(call: Call) -> ResponseReturnValue:
    form = RunsForm()
    if not form.validate():
        return _cockpit(call, form), 422
    runs = services.request_runs(
        _begun(call), current_user, form.policies.data, limit_seconds=60 * form.minutes.data
    )
    said = ngettext("%(num)s run has been started.", "%(num)s runs have been started.", len(runs))
    return _to_cockpit(call, said)


@bp.get("/calls/<int:call_id>/round/comparison")
@guard("call:match", get_call)
def compare(call: Call) -> ResponseReturnValue:
    runs = queries.finished_runs(_begun(call))
    return render_template(
        "rounds/compare.html",
        call=call,
        round=_begun(call),
        comparison=comparison.side_by_side(call, runs) if runs else None,
    )


def _begun(call: Call) -> Round:
    round_ = queries.round_of(call)
    if round_ is None:
        raise Conflict(_("This call has no round yet: freeze its inputs first."))
    return round_


# --- The draw -------------------------------------------------------------------------------------


@bp.get("/calls/<int:call_id>/draw")
@guard("call:view", get_call)
def draw(call: Call) -> ResponseReturnValue:
    return _draw(call)


def _draw(call: Call, refused: Form | None = None) -> str:
    round_ = queries.round_of(call)
    mine = queries.partners_of_user(current_user, call) if current_user.is_authenticated else []
    commitments = queries.commitments(call)
    committed = {one.institution_id for one in commitments}
    to_commit = [one for one in mine if one.id not in committed]
    to_hand_in = [one for one in mine if one.id in committed]
    awaits = (
        round_ is not None
        and round_.reveal_at is not None
        and round_.revealed_at is None
        and clock.now() < round_.reveal_at
    )
    return render_template(
        "rounds/draw.html",
        call=call,
        round=round_,
        commitments=commitments,
        revealed=round_ is not None and round_.revealed_at is not None,
        voided=queries.void_commitments(call),
        commit_form=_shown(CommitForm, refused, to_commit)
        if to_commit and services.may_commit(call)
        else None,
        seed_form=_shown(SeedForm, refused, to_hand_in) if to_hand_in and awaits else None,
        refused=refused,
        key=key_from(round_.seed) if round_ is not None and round_.seed else None,
    )


def _shown(kind: Any, refused: Form | None, institutions: Any) -> Form:
    """The form as it was refused, else an empty one."""
    return refused if isinstance(refused, kind) else kind(institutions, formdata=None)


def _given(call: Call, form: Any, act: Any, said: str) -> ResponseReturnValue:
    """Take a commitment or a seed; what is refused stays on the page."""
    status = form.attempt(
        lambda: act(next(one for one in form.institutions if one.id == form.institution.data))
    )
    if status == 200:
        flash(said, "good")
        return redirect(url_for("rounds.draw", call_id=call.id), 303)
    return _draw(call, form), status


@bp.post("/calls/<int:call_id>/draw/commitment")
@guard("call:commit-seed", get_call)
def commit_seed(call: Call) -> ResponseReturnValue:
    form = CommitForm(queries.partners_of_user(current_user, call))
    return _given(
        call,
        form,
        lambda hei: services.commit_seed(call, hei, current_user, form.commitment.data),
        _("Your commitment stands, and everybody can read it. Keep the seed until you are asked."),
    )


@bp.post("/calls/<int:call_id>/draw/seed")
@guard("call:commit-seed", get_call)
def hand_in_seed(call: Call) -> ResponseReturnValue:
    form = SeedForm(queries.partners_of_user(current_user, call))
    return _given(
        call,
        form,
        lambda hei: services.hand_in_seed(_begun(call), hei, current_user, form.seed.data),
        _("Your seed fits its commitment. It stays sealed until all are revealed."),
    )
