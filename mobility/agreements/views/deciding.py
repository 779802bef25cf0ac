"""What the partners decide: proposing, approving, taking back, ending."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...i18n import day
from .. import queries, services
from ..forms import NoticeForm, ReasonForm
from ..models import Agreement, AgreementStatus
from .blueprint import attempt, bp, to_agreement


@bp.post("/agreements/<int:agreement_id>/propose")
@guard("agreement:propose", queries.get_agreement)
def propose(agreement: Agreement) -> Any:
    services.propose_agreement(agreement, current_user)
    flash(_("The agreement is proposed. The coordinators of both partners are told."), "waiting")
    return to_agreement(agreement)


@bp.post("/agreements/<int:agreement_id>/approve")
@guard("agreement:approve", queries.get_agreement)
def approve(agreement: Agreement) -> Any:
    read = request.form.get("content_hash", "")
    services.approve_agreement(agreement, current_user, read)
    if agreement.status is AgreementStatus.PROPOSED:
        [missing] = agreement.missing_approvals
        flash(_approved_alone(agreement, missing.name), "waiting")
    elif agreement.amends is not None:
        flash(
            _("Both partners have approved the new version. It takes the place of the one before."),
            "good",
        )
    else:
        flash(_("Both partners have approved the agreement."), "good")
    return to_agreement(agreement)


def _approved_alone(agreement: Agreement, missing: str) -> str:
    if agreement.amends is not None:
        return _(
            "Your approval is recorded. The new version does not hold yet: the approval of"
            " %(institution)s is missing.",
            institution=missing,
        )
    return _(
        "Your approval is recorded. The agreement is not in force yet: the approval of"
        " %(institution)s is missing.",
        institution=missing,
    )


def with_reason(agreement: Agreement, act: Callable[..., Any], done_text: str, **page: Any) -> Any:
    form = ReasonForm()
    done, status = attempt(form, lambda: act(agreement, current_user, form.reason.data))
    if done:
        flash(done_text, "neutral")
        return to_agreement(agreement)
    back = url_for(".agreement", agreement_id=agreement.id)
    return render_template("agreements/reason.html", form=form, back=back, **page), status


@bp.route("/agreements/<int:agreement_id>/withdraw", methods=["GET", "POST"])
@guard("agreement:withdraw", queries.get_agreement)
def withdraw(agreement: Agreement) -> Any:
    return with_reason(
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
    return with_reason(
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


@bp.route("/agreements/<int:agreement_id>/notice", methods=["GET", "POST"])
@guard("agreement:terminate", queries.get_agreement)
def give_notice(agreement: Agreement) -> Any:
    if request.method == "GET":
        services.check_amendable(agreement)
    form = NoticeForm()
    done, status = attempt(
        form,
        lambda: services.give_notice(agreement, current_user, form.reason.data, form.last_day.data),
    )
    if done:
        flash(_("The agreement ends on %(day)s.", day=day(agreement.ends_on)), "waiting")
        return to_agreement(agreement)
    return render_template("agreements/notice.html", form=form, agreement=agreement), status


@bp.route("/agreements/<int:agreement_id>/notice/withdraw", methods=["GET", "POST"])
@guard("agreement:withdraw-notice", queries.get_agreement)
def withdraw_notice(agreement: Agreement) -> Any:
    notice = services.withdrawable_notice(agreement, current_user)
    return with_reason(
        agreement,
        services.withdraw_notice,
        _("The notice is withdrawn."),
        title=_("Withdraw the notice to end “%(title)s”", title=agreement.title),
        text=_(
            "It names %(day)s as the last day. Without it the agreement holds as before, unless"
            " another notice stands. The coordinators of both partners are told.",
            day=day(notice.last_day),
        ),
        label=_("Withdraw the notice"),
        look="primary",
    )


@bp.route("/agreements/<int:agreement_id>/drop", methods=["GET", "POST"])
@guard("agreement:drop", queries.get_agreement)
def drop(agreement: Agreement) -> Any:
    return with_reason(
        agreement,
        services.drop_version,
        _("The new version is dropped."),
        title=_("Drop the new version of “%(title)s”", title=agreement.title),
        text=_("The version in force stays as it is. What was drafted cannot be taken up again."),
        label=_("Drop the new version"),
    )
