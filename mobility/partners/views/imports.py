"""Admins import institutions: choose a file, look at what would happen, do it."""

from base64 import b64decode, b64encode
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict, Invalid
from .. import imports
from ..forms import ImportForm
from .blueprint import bp


@bp.route("/partners/import", methods=["GET", "POST"])
@guard("partner:create")
def import_file() -> Any:
    form = ImportForm()
    if form.validate_on_submit():
        with form.file.data.stream as file:
            data = file.read(imports.MOST_BYTES + 1)
        return _preview(form, form.file.data.filename, data)
    page = render_template("partners/import.html", form=form, plan=None, columns=imports.COLUMNS)
    return page, 422 if form.errors else 200


@bp.post("/partners/import/apply")
@guard("partner:create")
def apply_import() -> Any:
    name, data = request.form.get("name", ""), _sent(request.form.get("content", ""))
    plan = imports.plan_import(name, data)
    try:
        imports.apply_import(plan, request.form.get("digest", ""), actor=current_user)
    except Conflict as error:
        form = ImportForm(formdata=None)
        form.refuse(error)
        return _preview(form, name, data)[0], 409
    new, changed = len(plan.new), len(plan.changed)
    told = ngettext("%(num)d institution is entered", "%(num)d institutions are entered", new)
    flash(_("%(new)s, %(changed)d changed.", new=told, changed=changed), "good")
    return redirect(url_for("partners.index"), 303)


def _preview(form: ImportForm, name: str, data: bytes) -> tuple[str, int]:
    """The plan, with the file carried along: nothing is stored before it is confirmed."""
    plan = imports.plan_import(name, data)
    page = render_template(
        "partners/import.html",
        form=form,
        plan=plan,
        name=name,
        content=b64encode(data).decode(),
        columns=imports.COLUMNS,
    )
    return page, 422 if plan.table.problems else 200


def _sent(content: str) -> bytes:
    try:
        return b64decode(content, validate=True)
    except ValueError:
        raise Invalid(_("The file did not arrive whole. Choose it again.")) from None
