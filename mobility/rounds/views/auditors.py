"""Auditors of a round are named and dismissed in its cockpit."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Conflict
from ...numbers import plain_number
from ...offers.models import Call
from .. import queries, services
from ..forms import AuditorForm
from .blueprint import bp
from .cockpit import begun, show_cockpit, to_cockpit


@bp.post("/calls/<int:call_id>/round/auditors")
@guard("call:match", queries.leading_call)
def name_auditor(call: Call) -> ResponseReturnValue:
    form = AuditorForm()
    status = form.attempt(
        lambda: services.name_auditor(
            services.open_round(call, current_user), form.email.data or "", current_user
        )
    )
    if status != 200:
        return show_cockpit(call, form), status
    return to_cockpit(call, _("The auditor is named."))


@bp.post("/calls/<int:call_id>/round/auditors/dismiss")
@guard("call:match", queries.leading_call)
def dismiss_auditor(call: Call) -> ResponseReturnValue:
    round_ = begun(call)
    user_id = request.form.get("auditor", type=plain_number)
    named = next((one for one in queries.auditors(round_) if one.id == user_id), None)
    if named is None:
        raise Conflict(_("This person does not audit the round."))
    services.dismiss_auditor(round_, named, current_user)
    return to_cockpit(call, _("%(name)s audits this round no longer.", name=named.name))
