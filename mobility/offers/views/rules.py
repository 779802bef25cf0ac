"""Pages on which an admin sets who may choose the places of a call."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...agreements.views import attempt
from ...errors import NotFound
from .. import queries, services
from ..models import Call
from ..rule_forms import RemovalForm, rule_form
from ..rule_words import plain_text
from ..rules import EligibilityRule, RuleKind
from .blueprint import bp


def _to_rules(call_id: int) -> Any:
    return redirect(url_for("offers.eligibility", call_id=call_id), 303)


@bp.get("/calls/<int:call_id>/eligibility")
@guard("call:edit", queries.get_call)
def eligibility(call: Call) -> Any:
    return render_template("offers/rules.html", call=call, kinds=RuleKind)


@bp.route("/calls/<int:call_id>/eligibility/<rule_kind>", methods=["GET", "POST"])
@guard("call:edit", queries.get_call)
def add_rule(call: Call, rule_kind: str) -> Any:
    if rule_kind not in {one.value for one in RuleKind}:
        raise NotFound("")
    if request.method == "GET":
        services.check_rules_may_change(call)  # no empty form for what cannot be sent
    asked = RuleKind(rule_kind)
    form = rule_form(asked)
    done, status = attempt(
        form,
        lambda: services.add_rule(
            call,
            asked,
            form.terms,
            current_user,
            points=form.given_points,
            reason=form.reason.data or "",
        ),
        first=lambda: services.check_rules_may_change(call),
    )
    if done:
        flash(_("The rule is added."), "good")
        return _to_rules(call.id)
    return render_template("offers/rule_form.html", call=call, form=form, kind=asked), status


@bp.route("/eligibility-rules/<int:rule_id>/edit", methods=["GET", "POST"])
@guard("eligibility-rule:edit", queries.get_rule)
def edit_rule(rule: EligibilityRule) -> Any:
    if request.method == "GET":
        services.check_rule_stands(rule)
    form = rule_form(rule.kind, rule)
    done, status = attempt(
        form,
        lambda: services.change_rule(
            rule,
            form.terms,
            current_user,
            points=form.given_points,
            reason=form.reason.data or "",
            version=form.seen,
        ),
        first=lambda: services.check_rule_stands(rule),
    )
    if done:
        flash(_("The rule is changed."), "good")
        return _to_rules(rule.call_id)
    overtaken = status == 409 and form.overtaken_by(rule) and rule.removed_at is None
    return render_template(
        "offers/rule_form.html",
        call=queries.get_call(rule.call_id),
        form=form,
        kind=rule.kind,
        now=plain_text(rule.plain) if overtaken else "",
    ), status


@bp.route("/eligibility-rules/<int:rule_id>/remove", methods=["GET", "POST"])
@guard("eligibility-rule:edit", queries.get_rule)
def remove_rule(rule: EligibilityRule) -> Any:
    """At once before the call opens, with a reason afterwards."""
    if request.method == "GET":
        services.check_rule_stands(rule)
    form = RemovalForm(data={"version": rule.version})
    done, status = attempt(
        form,
        lambda: services.remove_rule(
            rule, current_user, reason=form.reason.data or "", version=form.seen
        ),
    )
    if done:
        flash(_("The rule is removed."), "neutral")
        return _to_rules(rule.call_id)
    if status == 409:
        form.overtaken_by(rule)
    return render_template(
        "agreements/reason.html",
        form=form,
        back=url_for(".eligibility", call_id=rule.call_id),
        title=_("Remove a rule"),
        text=plain_text(rule.plain),
        label=_("Remove the rule"),
    ), status
