"""Reminders by hand: first who gets which words and who is left out, then the letters."""

from dataclasses import astuple
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...errors import Conflict
from ...i18n import speaking_to
from ...mail import Letter
from ...numbers import plain_number
from .. import letters, services
from ..models import Application
from ..queries import waiting_for_applicants
from .blueprint import bp
from .pipeline import filters_of

MOST = 500


@bp.get("/pipeline/remind")
@guard("application:review-any")
def remind() -> Any:
    return _preview(request.args)


@bp.post("/pipeline/remind")
@guard("application:review-any")
def send_reminders() -> Any:
    """Each through the service that looks again; who got a letter meanwhile is reported."""
    ids = request.form.getlist("chosen", plain_number)[:MOST]
    filters = filters_of(request.form)
    chosen = waiting_for_applicants(current_user, filters, limit=MOST, ids=ids)
    done, skipped = 0, []
    for application in sorted(chosen, key=lambda a: a.id):
        try:
            services.remind_application(application, current_user)
            done += 1
        except Conflict as error:
            skipped.append((application, error.message))
    if skipped or not done:
        return _preview(request.form, done=done, skipped=skipped), 409 if skipped else 422
    flash(
        ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", done),
        "good",
    )
    return redirect(url_for(".pipeline", **filters.address()), 303)


def _preview(
    given: Any, *, done: int = 0, skipped: list[tuple[Application, str]] | None = None
) -> str:
    filters = filters_of(given)
    found = waiting_for_applicants(current_user, filters, limit=MOST)
    why = {one.id: services.why_not_reminded(one) for one in found}
    possible = [one for one in found if why[one.id] is None]
    return render_template(
        "applications/remind.html",
        filters=filters,
        groups=_by_words(possible),
        possible=possible,
        impossible=[(one, why[one.id]) for one in found if why[one.id] is not None],
        cut_off=len(found) == MOST,
        done=done,
        skipped=skipped or [],
    )


def _by_words(applications: list[Application]) -> list[tuple[Letter, str, list[Application]]]:
    """(letter, its language, who gets it), so that the same words are read once."""
    groups: dict[tuple, tuple[Letter, str, list[Application]]] = {}
    for application in applications:
        with speaking_to(application.applicant):
            letter = letters.still_waiting(application)
        language = application.applicant.language
        words = tuple(str(part) for part in astuple(letter) if part != letter.link)
        groups.setdefault((language, *words), (letter, language, []))[2].append(application)
    return list(groups.values())
