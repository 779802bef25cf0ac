"""Why people got what they got: one's own page, and everybody in a scope."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access import guard
from ...applications.models import Application
from ...applications.queries import get_application
from ...errors import NotFound
from ...placements.forms import AcceptForm
from .. import queries, services
from ..models import Round, RunRow
from ..words.explanation import told
from .blueprint import bp


@bp.get("/applications/<int:application_id>/explanation")
@guard("application:view", get_application)
def explanation(application: Application) -> ResponseReturnValue:
    row = _published_row(application)
    return render_template(
        "rounds/explanation.html", accept_form=AcceptForm(formdata=None), **told(row, current_user)
    )


@bp.post("/applications/<int:application_id>/explanation")
@guard("application:view", get_application)
def explain(application: Application) -> ResponseReturnValue:
    services.ask_for_explanation(_published_row(application), current_user)
    return redirect(url_for("rounds.explanation", application_id=application.id), 303)


def _published_row(application: Application) -> RunRow:
    row = queries.row_of(application)
    if row is None:
        raise NotFound("")
    return row


@bp.get("/rounds/<int:round_id>/explanations")
@guard("round:explain", queries.get_round)
def explanations(round_: Round) -> ResponseReturnValue:
    page = queries.rows_in_scope(round_, current_user, request.args.get("page", 1, type=int))
    return render_template("rounds/explanations.html", round=round_, page_of=page)
