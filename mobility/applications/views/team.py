"""A student and a teacher find together: one asks, the other answers."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from .. import services
from ..forms import PartnerForm
from ..models import Application
from ..queries import get_application
from .blueprint import bp


def _back(application: Application) -> Any:
    return redirect(url_for(".show", application_id=application.id), 303)


@bp.route("/applications/<int:application_id>/team", methods=["GET", "POST"])
@guard("application:edit", get_application)
def team(application: Application) -> Any:
    form = PartnerForm()
    status = 200
    if form.is_submitted():
        status = form.attempt(
            lambda: services.ask_partner(application, form.email.data, current_user)
        )
        if status == 200:
            flash(_("Asked. Your partner gets a mail and answers here."), "good")
            return _back(application)
    page = render_template("applications/team.html", application=application, form=form)
    return page, status


@bp.post("/applications/<int:application_id>/team/leave")
@guard("application:edit", get_application)
def leave_team(application: Application) -> Any:
    services.part_from_team(application, current_user)
    flash(_("You apply alone now."), "neutral")
    return _back(application)


@bp.post("/applications/<int:application_id>/partner/agree")
@guard("application:partner", get_application)
def agree_as_partner(application: Application) -> Any:
    services.agree_as_partner(application, current_user)
    flash(_("You are a team. %(name)s ranks the places.", name=application.applicant.name), "good")
    return _back(application)


@bp.post("/applications/<int:application_id>/partner/refuse")
@guard("application:partner", get_application)
def refuse_as_partner(application: Application) -> Any:
    services.part_from_team(application, current_user)
    flash(_("You are not part of this application."), "neutral")
    return redirect(url_for(".mine"), 303)
