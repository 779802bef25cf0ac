"""Admins and coordinators of a whole institution import its people from a table."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import can, guard
from ...errors import Conflict, Invalid
from ...tables import pages
from ...tables.imports import Plan
from .. import imports, queries
from ..people_forms import ImportForm
from .blueprint import bp


@bp.route("/people/import", methods=["GET", "POST"])
@guard("people:import")
def import_people() -> Any:
    form = ImportForm(queries.institutions_to_fill(current_user))
    if not form.validate_on_submit():
        return _page(form, None)
    name, data = form.sent()
    return _page(form, imports.plan_import(form.chosen, name, data), data)


@bp.post("/people/import/apply")
@guard("people:import")
def apply_import() -> Any:
    institutions = queries.institutions_to_fill(current_user)
    asked = ImportForm.confirmed(institutions)
    if not asked.validate():
        raise Invalid(_("Choose the institution."))
    name, data = pages.carried()
    plan = imports.plan_import(asked.chosen, name, data)
    try:
        pages.confirm(plan)
    except Conflict as error:
        form = ImportForm(institutions, formdata=None, data=asked.data)
        form.refuse(error)
        return _page(form, plan, data)[0], error.status
    imports.apply_import(plan, actor=current_user)
    told = ngettext("%(num)d person is invited", "%(num)d people are invited", len(plan.new))
    flash(_("%(new)s, %(changed)d changed.", new=told, changed=len(plan.changed)), "good")
    return redirect(_back(), 303)


def _back() -> str:
    mine = "accounts.people" if can(current_user, "people:manage") else "accounts.import_people"
    return url_for(mine)


def _page(form: ImportForm, plan: Plan | None, data: bytes = b"") -> tuple[str, int]:
    names = imports.COLUMNS.names
    return pages.preview("accounts/import.html", form, plan, data, columns=names, back=_back())
