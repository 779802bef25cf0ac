"""The page on which an admin enters the grade scale of an institution."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...partners.models import Institution
from ...partners.queries import get_institution
from .. import grades, queries
from ..forms import GradeScaleForm
from .blueprint import bp


@bp.route("/partners/<int:institution_id>/grade-scale", methods=["GET", "POST"])
@guard("grade-scale:edit", get_institution)
def grade_scale(institution: Institution) -> Any:
    form = GradeScaleForm(data=_present(institution))
    status, cleared = 200, 0

    def act() -> None:
        nonlocal cleared
        cleared = grades.set_grade_scale(
            institution, form.best.data or 0, form.passing.data or 0, current_user
        )

    if request.method == "POST":
        status = form.attempt(act)
        if status == 200:
            flash(_told(cleared), "good")
            return redirect(url_for("partners.partner", institution_id=institution.id), 303)
    return render_template("accounts/grade_scale.html", form=form, partner=institution), status


def _present(institution: Institution) -> dict[str, Any]:
    scale = queries.grade_scale_of(institution.id)
    if scale is None:
        return {"direction": "higher"}
    direction = "higher" if scale.higher_is_better else "lower"
    return {"best": scale.best, "passing": scale.passing, "direction": direction}


def _told(cleared: int) -> str:
    saved = _("The grade scale is saved.")
    if not cleared:
        return saved
    return f"{saved} " + ngettext(
        "%(num)s grade average lay outside it and was cleared.",
        "%(num)s grade averages lay outside it and were cleared.",
        cleared,
    )
