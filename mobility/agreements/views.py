"""Pages of agreements: the list, the agreement with both approvals, and its forms."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..access import can, guard
from ..audit import history
from ..errors import Conflict
from ..partners.queries import institutions
from . import queries, services, words
from .forms import AgreementFilter, AgreementForm, ConditionForm, ReasonForm, WordsForm
from .models import Agreement, AgreementStatus, CooperationCondition

bp = Blueprint("agreements", __name__)


def init_app(app: Any) -> None:
    words.init_app(app)


def reader() -> Any:
    """Who reads: the person signed in, or None."""
    return current_user if current_user.is_authenticated else None


def attempt(
    form: Any, act: Callable[[], Any], first: Callable[[], None] = lambda: None
) -> tuple[bool, int]:
    """Validate and act; what the service refuses stands in the form. (done, status).

    `first` says before anything else whether the deed is possible at all now.
    """
    if not form.is_submitted():
        return False, 200
    try:
        first()
    except Conflict as error:
        form.refuse(error)
        return False, error.status
    status = form.attempt(act)
    return status == 200, status


def version_of(form: Any) -> int | None:
    text = str(form.version.data or "")
    return int(text) if text.isdigit() else None


def _refuse_early(agreement: Agreement) -> None:
    """Show no empty form for what can change no more; a form sent late is answered with itself."""
    if request.method == "GET":
        services.check_editable(agreement)


def _to(agreement: Agreement) -> Any:
    return redirect(url_for(".agreement", agreement_id=agreement.id), 303)


@bp.get("/agreements")
@guard("agreement:list")
def index() -> Any:
    asked = AgreementFilter(formdata=request.args)
    asked.validate()
    status = asked.asked("status")
    found = queries.agreements_page(
        reader(),
        text=asked.asked("q") or "",
        status=AgreementStatus(status) if status else None,
        page=request.args.get("page", 1, int),
    )
    return render_template(
        "agreements/index.html", found=found, asked=asked, year=queries.this_year()
    )


@bp.get("/agreements/<int:agreement_id>")
@guard("agreement:view", queries.get_agreement)
def agreement(agreement: Agreement) -> Any:
    in_full = can(current_user, "agreement:read-in-full", agreement)
    events = history(agreement) if in_full else []
    return render_template(
        "agreements/agreement.html",
        agreement=agreement,
        approvals=queries.approvals_by_partner(agreement),
        approves_for=_approves_for(agreement),
        in_full=in_full,
        events=events,
        people=queries.people({event.actor_id for event in events if event.actor_id}),
        deeds=words.DEEDS,
        year=queries.this_year(),
        editable=agreement.status in services.EDITABLE,
    )


def _approves_for(agreement: Agreement) -> Any:
    """The partner for which the reader may approve now."""
    if agreement.status is not AgreementStatus.PROPOSED:
        return None
    if not can(current_user, "agreement:approve", agreement):
        return None
    return queries.approver_of(agreement, current_user)


@bp.route("/agreements/new", methods=["GET", "POST"])
@guard("agreement:create")
def create() -> Any:
    known = {hei.id: hei for hei in institutions()}
    form = AgreementForm(known.values())
    made: list[Agreement] = []

    def act() -> None:
        made.append(
            services.create_agreement(
                current_user,
                partner_a=known[form.partner_a.data],
                partner_b=known[form.partner_b.data],
                **form.words,
            )
        )

    done, status = attempt(form, act)
    if done:
        flash(_("The agreement is drafted. Add its conditions, then propose it."), "good")
        return _to(made[0])
    return render_template("agreements/form.html", form=form, agreement=None), status


@bp.route("/agreements/<int:agreement_id>/edit", methods=["GET", "POST"])
@guard("agreement:edit", queries.get_agreement)
def edit(agreement: Agreement) -> Any:
    _refuse_early(agreement)
    form = WordsForm(obj=agreement)

    def act() -> None:
        services.edit_agreement(agreement, current_user, version=version_of(form), **form.words)

    done, status = attempt(form, act)
    if done:
        flash(_("The agreement is changed."), "good")
        return _to(agreement)
    return render_template("agreements/form.html", form=form, agreement=agreement), status


def _condition_form(agreement: Agreement, condition: CooperationCondition | None) -> ConditionForm:
    given: dict[str, Any] = {"version": agreement.version}
    if condition is None:
        year = queries.this_year()
        given |= {"first_year": year, "last_year": year + 4}
    else:
        given |= {
            name: getattr(condition, f"{name}_id")
            for name in ("sending", "receiving", "sending_unit", "receiving_unit")
        }
        given["cefr"] = condition.cefr.value if condition.cefr else ""
        given |= {
            name: getattr(condition, name)
            for name in (
                "direction", "first_year", "last_year", "mobilities_per_year", "months_per_year",
                "eqf_levels", "isced_fields", "language", "blended", "other_terms",
            )
        }  # fmt: skip
        given["direction"] = condition.direction.value
    partners = agreement.partners
    return ConditionForm(partners, queries.units_of(partners), condition=condition, data=given)


def _condition_values(form: ConditionForm, agreement: Agreement) -> dict[str, Any]:
    """What the form says, with institutions and units instead of their ids."""
    partners = {hei.id: hei for hei in agreement.partners}
    units = {unit.id: unit for unit in queries.units_of(agreement.partners)}
    values = {
        name: field.data
        for name, field in form._fields.items()
        if name not in {"version", "csrf_token"}
    }
    for side in ("sending", "receiving"):
        values[side] = partners[values[side]]
        values[f"{side}_unit"] = units.get(values[f"{side}_unit"])
    values["other_terms"] = values["other_terms"] or ""
    return values


@bp.route("/agreements/<int:agreement_id>/conditions/new", methods=["GET", "POST"])
@guard("agreement:edit", queries.get_agreement)
def add_condition(agreement: Agreement) -> Any:
    _refuse_early(agreement)
    form = _condition_form(agreement, None)

    def act() -> None:
        services.add_condition(agreement, current_user, **_condition_values(form, agreement))

    done, status = attempt(form, act)
    if done:
        flash(_("The condition is added."), "good")
        return _to(agreement)
    page = render_template(
        "agreements/condition.html", form=form, agreement=agreement, condition=None
    )
    return page, status


@bp.route("/conditions/<int:condition_id>/edit", methods=["GET", "POST"])
@guard("condition:edit", queries.get_condition)
def edit_condition(condition: CooperationCondition) -> Any:
    agreement = condition.agreement
    _refuse_early(agreement)
    form = _condition_form(agreement, condition)

    def act() -> None:
        values = _condition_values(form, agreement)
        services.edit_condition(condition, current_user, version=version_of(form), **values)

    done, status = attempt(form, act)
    if done:
        flash(_("The condition is changed."), "good")
        return _to(agreement)
    page = render_template(
        "agreements/condition.html", form=form, agreement=agreement, condition=condition
    )
    return page, status


@bp.post("/conditions/<int:condition_id>/remove")
@guard("condition:edit", queries.get_condition)
def remove_condition(condition: CooperationCondition) -> Any:
    agreement = condition.agreement
    services.remove_condition(condition, current_user)
    flash(_("The condition is removed."), "good")
    return _to(agreement)


@bp.post("/agreements/<int:agreement_id>/propose")
@guard("agreement:propose", queries.get_agreement)
def propose(agreement: Agreement) -> Any:
    services.propose_agreement(agreement, current_user)
    flash(_("The agreement is proposed. The coordinators of both partners are told."), "waiting")
    return _to(agreement)


@bp.post("/agreements/<int:agreement_id>/approve")
@guard("agreement:approve", queries.get_agreement)
def approve(agreement: Agreement) -> Any:
    read = request.form.get("content_hash", "")
    services.approve_agreement(agreement, current_user, read)
    if missing := agreement.missing_approvals:
        flash(
            _(
                "Your approval is recorded. The agreement is not in force yet: the approval of"
                " %(institution)s is missing.",
                institution=missing[0].name,
            ),
            "waiting",
        )
    else:
        flash(_("Both partners have approved the agreement."), "good")
    return _to(agreement)


def _with_reason(agreement: Agreement, act: Callable[..., Any], done_text: str, **page: Any) -> Any:
    form = ReasonForm()
    done, status = attempt(form, lambda: act(agreement, current_user, form.reason.data))
    if done:
        flash(done_text, "neutral")
        return _to(agreement)
    back = url_for(".agreement", agreement_id=agreement.id)
    return render_template("agreements/reason.html", form=form, back=back, **page), status


@bp.route("/agreements/<int:agreement_id>/withdraw", methods=["GET", "POST"])
@guard("agreement:withdraw", queries.get_agreement)
def withdraw(agreement: Agreement) -> Any:
    return _with_reason(
        agreement,
        services.withdraw_agreement,
        _("The agreement is a draft again."),
        title=_("Take “%(title)s” back", title=agreement.title),
        text=_(
            "It becomes a draft again. Approvals given so far no longer count, and the"
            " coordinators of both partners are told."
        ),
        label=_("Take the agreement back"),
    )


@bp.route("/agreements/<int:agreement_id>/terminate", methods=["GET", "POST"])
@guard("agreement:terminate", queries.get_agreement)
def terminate(agreement: Agreement) -> Any:
    return _with_reason(
        agreement,
        services.terminate_agreement,
        _("The agreement is terminated."),
        title=_("Terminate “%(title)s”", title=agreement.title),
        text=_(
            "Places under its conditions can no longer be chosen, from this moment on. This"
            " cannot be undone; the coordinators of both partners are told."
        ),
        label=_("Terminate the agreement"),
    )
