"""The page of a call on which it is set what documents applicants hand in."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...offers.models import Call
from ...offers.queries import get_call
from .. import services
from ..forms import AskingForm, asking_form
from ..models import DocumentKind
from ..queries import asked_documents
from .blueprint import bp


@bp.route("/calls/<int:call_id>/documents", methods=["GET", "POST"])
@guard("call:ask-documents", get_call)
def ask_documents(call: Call) -> Any:
    form = asking_form(asked_documents(call))
    status = 200
    if request.method == "POST":
        status = form.attempt(lambda: _ask(call, form))
        if status == 200:
            flash(_("The documents that this call asks for are set."), "good")
            return redirect(url_for("offers.call", call_id=call.id), 303)
    return render_template(
        "applications/ask_documents.html", call=call, form=form, kinds=DocumentKind
    ), status


def _ask(call: Call, form: AskingForm) -> None:
    demands = {kind: services.Demand(**values) for kind, values in form.demands.items()}
    services.ask_for_documents(call, demands, current_user)
