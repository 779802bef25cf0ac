"""Who may offer places in a call of courses brings the catalogue in from a file."""

from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...agreements.models import Direction
from ...errors import Conflict, Invalid, NotFound
from ...tables import pages
from ...tables.imports import Plan
from .. import imports, queries, services
from ..imports.forms import CatalogueForm
from ..models import Call
from .blueprint import bp
from .calls import to_call


@bp.route("/calls/<int:call_id>/offers/import", methods=["GET", "POST"])
@guard("call:add-offer", queries.get_call)
def import_offers(call: Call) -> Any:
    form = _form(call)
    if not form.validate_on_submit():
        return _page(call, form, None)
    name, data = form.sent()
    plan = imports.plan_import(call, current_user, name, data, form.defaults)
    return _page(call, form, plan, data)


@bp.post("/calls/<int:call_id>/offers/import/apply")
@guard("call:add-offer", queries.get_call)
def apply_import(call: Call) -> Any:
    _form(call)
    conditions = queries.conditions_for(call, current_user)
    asked = CatalogueForm.confirmed(conditions)
    if not asked.validate():
        raise Invalid(_("The file did not arrive whole. Choose it again."))
    name, data = pages.carried()
    plan = imports.plan_import(call, current_user, name, data, asked.defaults)
    try:
        pages.confirm(plan)
    except Conflict as error:
        form = CatalogueForm(conditions, formdata=None, data=asked.data)
        form.refuse(error)
        return _page(call, form, plan, data)[0], error.status
    imports.apply_import(plan, call, current_user, reason=asked.defaults.reason)
    told = ngettext("%(num)d place is drafted", "%(num)d places are drafted", len(plan.new))
    flash(_("%(new)s, %(changed)d changed.", new=told, changed=len(plan.changed)), "good")
    return to_call(call)


def _form(call: Call) -> CatalogueForm:
    """The form; no empty one for what cannot be sent."""
    if call.direction is not Direction.COURSES:
        raise NotFound("")
    services.check_takes_offers(call)
    return CatalogueForm(queries.conditions_for(call, current_user))


def _page(call: Call, form: CatalogueForm, plan: Plan | None, data: bytes = b"") -> tuple[str, int]:
    return pages.preview(
        "offers/import.html",
        form,
        plan,
        data,
        call=call,
        columns=imports.COLUMNS.names,
        back=url_for("offers.call", call_id=call.id),
    )
