"""The page of a call on which it is set by what reviewers score, and how many of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Conflict
from ...offers.models import Call
from ...offers.queries import get_call
from .. import services
from ..forms import MOST_ROWS, CriteriaForm
from .blueprint import bp


@bp.route("/calls/<int:call_id>/criteria", methods=["GET", "POST"])
@guard("call:edit", get_call)
def criteria(call: Call) -> Any:
    present = [one.plain for one in call.criteria]
    rows = [*present, {}, {}][:MOST_ROWS]
    form = CriteriaForm(
        data={"criteria": rows, "reviews_needed": call.reviews_needed, "version": call.version}
    )
    status = 200
    if request.method == "POST":
        status = form.attempt(lambda: _set(call, form))
        if status == 200:
            flash(_("It is set by what this call is scored."), "good")
            return redirect(url_for("offers.call", call_id=call.id), 303)
    return render_template(
        "applications/criteria.html",
        call=call,
        form=form,
        fixed_because=_why_fixed(call),
        overtaken=status == 409 and form.overtaken_by(call),
    ), status


def _set(call: Call, form: CriteriaForm) -> None:
    services.set_criteria(
        call,
        form.filled,
        current_user,
        reviews_needed=form.reviews_needed.data,
        reason=form.reason.data or "",
        version=form.seen,
    )


def _why_fixed(call: Call) -> str:
    """Why nothing can change any more; empty where it can."""
    try:
        services.check_scoring_may_change(call)
    except Conflict as error:
        return error.message
    return ""
