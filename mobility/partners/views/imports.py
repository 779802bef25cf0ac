"""Admins import institutions: choose a file, look at what would happen, do it."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict
from ...tables import pages
from ...tables.imports import Plan
from .. import imports
from ..forms import ImportForm
from .blueprint import bp


@bp.route("/partners/import", methods=["GET", "POST"])
@guard("partner:create")
def import_file() -> Any:
    form = ImportForm()
    if not form.validate_on_submit():
        return _page(form, None)
    name, data = form.sent()
    return _page(form, imports.plan_import(name, data), data)


@bp.post("/partners/import/apply")
@guard("partner:create")
def apply_import() -> Any:
    name, data = pages.carried()
    plan = imports.plan_import(name, data)
    try:
        pages.confirm(plan)
    except Conflict as error:
        form = ImportForm(formdata=None)
        form.refuse(error)
        return _page(form, plan, data)[0], error.status
    imports.apply_import(plan, actor=current_user)
    new, changed = len(plan.new), len(plan.changed)
    told = ngettext("%(num)d institution is entered", "%(num)d institutions are entered", new)
    flash(_("%(new)s, %(changed)d changed.", new=told, changed=changed), "good")
    return redirect(url_for("partners.index"), 303)


def _page(form: ImportForm, plan: Plan | None, data: bytes = b"") -> tuple[str, int]:
    names = imports.COLUMNS.names
    return pages.preview("partners/import.html", form, plan, data, columns=names)
