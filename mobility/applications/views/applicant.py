"""What an applicant sees of their applications."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ... import clock
from ...access import guard
from ...errors import Invalid
from .. import services
from ..models import Application, Window
from ..queries import (
    announced_call,
    applications_of,
    choices_of,
    document_slots,
    get_application,
    open_calls_without,
    team_applications_of,
)
from ..services.teams import ASKING
from .blueprint import bp


@bp.get("/applications")
@guard("application:apply")
def mine() -> Any:
    return render_template(
        "applications/mine.html",
        applications=applications_of(current_user),
        team_applications=team_applications_of(current_user),
        calls=open_calls_without(current_user, clock.now()),
    )


@bp.post("/calls/<int:call_id>/apply")
@guard("call:apply", announced_call)
def start(call: Any) -> Any:
    try:
        application = services.start_application(call, current_user)
    except Invalid as error:
        flash(error.message, "needs-you")
        return redirect(url_for("accounts.profile", next=request.form.get("next")), 303)
    return redirect(url_for(".choices", application_id=application.id), 303)


@bp.get("/applications/<int:application_id>")
@guard("application:view", get_application)
def show(application: Application) -> Any:
    if application.partner_id == current_user.id:
        return render_template(
            "applications/partner.html",
            application=application,
            choices=choices_of(application),
            may_part=application.window is Window.RANKING and application.status in ASKING,
        )
    if application.applicant_id != current_user.id:
        return redirect(url_for(".review", application_id=application.id))
    return render_template(
        "applications/show.html",
        application=application,
        choices=choices_of(application),
        slots=document_slots(application),
        window=application.window,
        may_part=application.window is Window.RANKING and application.status in ASKING,
        Window=Window,
    )


@bp.post("/applications/<int:application_id>/withdraw")
@guard("application:edit", get_application)
def withdraw(application: Application) -> Any:
    services.withdraw_application(application, current_user)
    flash(_("Your application is withdrawn. Your choices are kept as a draft."), "good")
    return redirect(url_for(".show", application_id=application.id), 303)


@bp.post("/applications/<int:application_id>/open-file")
@guard("application:edit", get_application)
def open_file(application: Application) -> Any:
    agrees = request.form.get("agrees") == "yes"
    services.agree_to_open_file(application, current_user, agrees=agrees)
    said = (
        _("You agree that the file opens to everybody. You can take that back until the freeze.")
        if agrees
        else _("You do not agree, so the file stays with those who take part.")
    )
    flash(said, "good")
    return redirect(url_for(".show", application_id=application.id, _anchor="open-file"), 303)
