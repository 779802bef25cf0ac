"""Agreements are imported: choose a file, look at what would be drafted, do it."""

from base64 import b64decode, b64encode
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict, Invalid
from ..exchange import MOST_BYTES, rows
from ..exchange.drafts import apply_plan
from ..exchange.importing import plan_import
from ..forms import ImportForm
from ..models import Direction
from .blueprint import bp


@bp.route("/agreements/import", methods=["GET", "POST"])
@guard("agreement:import")
def import_file() -> Any:
    form = ImportForm()
    if form.validate_on_submit():
        with form.file.data.stream as file:
            data = file.read(MOST_BYTES + 1)
        return _preview(form, form.file.data.filename, data)
    page = render_template("agreements/import.html", form=form, plan=None, **_explained())
    return page, 422 if form.errors else 200


@bp.post("/agreements/import/apply")
@guard("agreement:import")
def apply_import() -> Any:
    name, data = request.form.get("name", ""), _sent(request.form.get("content", ""))
    plan = plan_import(name, data, actor=current_user)
    try:
        made = apply_plan(plan, request.form.get("digest", ""), actor=current_user)
    except Conflict as error:
        form = ImportForm(formdata=None)
        form.refuse(error)
        return _preview(form, name, data)[0], 409
    told = ngettext("%(num)d agreement is drafted.", "%(num)d agreements are drafted.", len(made))
    flash(told + " " + _("Read each and propose it to both partners."), "good")
    return redirect(url_for("agreements.index", status="draft"), 303)


def _explained() -> dict[str, Any]:
    """What the page says of tables."""
    return {
        "columns": rows.COLUMNS,
        "needed": rows.REQUIRED,
        "directions": [direction.value for direction in Direction],
    }


def _preview(form: ImportForm, name: str, data: bytes) -> tuple[str, int]:
    """The plan, with the file carried along: nothing is stored before it is confirmed."""
    plan = plan_import(name, data, actor=current_user)
    page = render_template(
        "agreements/import.html",
        form=form,
        plan=plan,
        name=name,
        content=b64encode(data).decode() if not plan.table.problems else "",
        **_explained(),
    )
    return page, 422 if plan.table.problems else 200


def _sent(content: str) -> bytes:
    try:
        return b64decode(content, validate=True)
    except ValueError:
        raise Invalid(_("The file did not arrive whole. Choose it again.")) from None
