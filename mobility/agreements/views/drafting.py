"""Forms in which an agreement and its conditions are drafted."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...partners.queries import institutions
from .. import queries, services
from ..forms import AgreementForm, ConditionForm, WordsForm
from ..models import Agreement, CooperationCondition
from .blueprint import attempt, bp, to_agreement


def _refuse_early(agreement: Agreement) -> None:
    """Show no empty form for what can change no more; a form sent late is answered with itself."""
    if request.method == "GET":
        services.check_editable(agreement)


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
        return to_agreement(made[0])
    return render_template("agreements/form.html", form=form, agreement=None), status


@bp.route("/agreements/<int:agreement_id>/edit", methods=["GET", "POST"])
@guard("agreement:edit", queries.get_agreement)
def edit(agreement: Agreement) -> Any:
    _refuse_early(agreement)
    form = WordsForm(obj=agreement)

    def act() -> None:
        services.edit_agreement(agreement, current_user, version=form.seen, **form.words)

    done, status = attempt(form, act, over=agreement)
    if done:
        flash(_("The agreement is changed."), "good")
        return to_agreement(agreement)
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
        return to_agreement(agreement)
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
        services.edit_condition(condition, current_user, version=form.seen, **values)

    done, status = attempt(form, act, over=agreement)
    if done:
        flash(_("The condition is changed."), "good")
        return to_agreement(agreement)
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
    return to_agreement(agreement)
