"""Why people got what they got: one's own page, and everybody in a scope."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access import guard
from ...applications.models import Application
from ...applications.queries import get_application
from ...db import sort_key
from ...errors import NotFound
from ...numbers import page_asked
from ...placements.forms import AcceptForm
from .. import queries, services
from ..models import Round, RunRow
from ..sequel import waiting
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


@bp.get("/rounds/<int:round_id>/waiting")
@guard("round:explain", queries.get_round)
def waiting_order(round_: Round) -> ResponseReturnValue:
    """Who is next at each place: those in one's scope by name, the others counted."""
    lines = waiting.lines(round_) if waiting.runs(round_) else {}
    offers = queries.offers_by_code(round_.call)
    people = queries.in_scope(round_, current_user) if lines else {}
    told = [
        (
            offers[code],
            len(line),
            [(at, people[one]) for at, one in enumerate(line, start=1) if one in people],
        )
        for code, line in sorted(lines.items(), key=lambda row: sort_key(offers[row[0]].title))
    ]
    return render_template(
        "rounds/waiting.html",
        round=round_,
        runs=waiting.runs(round_),
        lines=[line for line in told if line[2]],
    )


@bp.get("/rounds/<int:round_id>/explanations")
@guard("round:explain", queries.get_round)
def explanations(round_: Round) -> ResponseReturnValue:
    page = queries.rows_in_scope(round_, current_user, page_asked())
    return render_template("rounds/explanations.html", round=round_, page_of=page)
