"""One button that undoes what one has just done, in the message and in the timeline."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup

from ...access import guard
from ...errors import NotFound
from ...numbers import plain_number
from .. import services
from .blueprint import bp
from .pipeline import filters_of


def tell_with_undo(words: str, batch: str, address: dict[str, Any]) -> None:
    """A message with a button that undoes what it tells of."""
    button = render_template("applications/_undo.html", words=words, batch=batch, address=address)
    flash(Markup(button), "good")  # a template of ours, which escapes what it shows


@bp.post("/pipeline/undo")
@guard("application:review-any")
def undo() -> Any:
    only = request.form.get("application", type=plain_number)
    outcome = services.undo(request.form.get("batch", ""), current_user, only)
    filters = filters_of(request.form)
    if not outcome.done and not outcome.skipped:
        raise NotFound("")
    if outcome.skipped:
        page = render_template("applications/undone.html", outcome=outcome, filters=filters)
        return page, 409
    count = len(outcome.done)
    if count == 1:
        [application] = outcome.done
        flash(
            _(
                "%(name)s: undone; the present state is “%(state)s”.",
                name=application.applicant.name,
                state=application.status.label,
            ),
            "good",
        )
        address = {"application_id": application.id, **filters.address()}
        return redirect(url_for(".review", **address), 303)
    flash(
        ngettext("Undone for %(num)s application.", "Undone for %(num)s applications.", count),
        "good",
    )
    return redirect(url_for(".pipeline", **filters.address()), 303)
