"""Registering, confirming an address, accepting an invitation, choosing a forgotten password."""

from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import public
from ...errors import Invalid
from ...i18n import current_language
from .. import authentication, registration
from ..consents import PERSONAL_DATA
from ..forms import (
    ApplicantInvitationForm,
    ForgotPasswordForm,
    InvitationForm,
    NewPasswordForm,
    RegisterForm,
)
from ..models import Role
from ..tokens import CONFIRM, INVITE, RESET, Purpose, holder
from .blueprint import begin_session, bp, local_path, own_transaction, remote_address


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Any:
    if current_user.is_authenticated:
        return redirect(local_path(None), 303)
    form = RegisterForm(
        data={
            "language": current_language(),
            "timezone": current_app.config["TIMEZONE"],
            "role": Role.STUDENT.value,
        }
    )
    if form.validate_on_submit():
        try:
            registration.register_person(
                name=form.name.data,
                email=form.email.data,
                language=form.language.data,
                timezone=form.timezone.data,
                role=Role(form.role.data),
                consents=(PERSONAL_DATA,),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("accounts.mail_sent", purpose="confirm"), 303)
    return render_template("accounts/register.html", form=form), 422 if form.errors else 200


@bp.route("/forgot-password", methods=["GET", "POST"])
@public
def forgot_password() -> Any:
    form = ForgotPasswordForm()
    if form.validate_on_submit():
        registration.forget_password(form.email.data)
        return redirect(url_for("accounts.mail_sent", purpose="reset"), 303)
    return render_template("accounts/forgot_password.html", form=form), 422 if form.errors else 200


@bp.get("/mail-sent")
@public
def mail_sent() -> Any:
    """The same page whether a mail was sent or not: it must not tell who has an account."""
    purpose = RESET if request.args.get("purpose") == "reset" else CONFIRM
    return render_template("accounts/mail_sent.html", purpose=purpose)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
@own_transaction
def confirm(token: str) -> Any:
    return _behind_link(CONFIRM, token, NewPasswordForm, url_for("accounts.profile"))


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
@own_transaction
def accept_invitation(token: str) -> Any:
    return _behind_link(INVITE, token, InvitationForm, local_path(None))


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@public
@own_transaction
def reset_password(token: str) -> Any:
    return _behind_link(RESET, token, NewPasswordForm, url_for("accounts.sign_in"))


def _behind_link(purpose: Purpose, token: str, form_class: Any, target: str) -> Any:
    """A page with a button: programs that open links in mails must not use them up."""
    user = holder(purpose, token)
    if user is None:
        return render_template("accounts/link_over.html", purpose=purpose), 410
    if form_class is InvitationForm and user.is_applicant:
        form_class = ApplicantInvitationForm
    form = form_class(data={"name": user.name})
    if form.validate_on_submit():
        name = form.name.data if "name" in form else None
        try:
            user = authentication.open_link(
                purpose,
                token,
                form.password.data,
                name=name,
                consents=(PERSONAL_DATA,) if "consent" in form else (),
            )
        except authentication.LinkUsed:
            return render_template("accounts/link_over.html", purpose=purpose), 410
        if purpose is not RESET:
            begin_session(user)
        flash(_told(purpose), "good")
        return redirect(target, 303)
    page = render_template("accounts/link.html", form=form, purpose=purpose, person=user)
    return page, 422 if form.errors else 200


def _told(purpose: Purpose) -> str:
    return {
        CONFIRM: _("Your address is confirmed. Say what you study, to see your places."),
        INVITE: _("Welcome. Your account is ready."),
        RESET: _("Your password is changed. Sign in with it."),
    }[purpose]


def limit(app: Flask) -> None:
    """Limit how many mails one can have sent: to one address, and from one place."""
    limiter = app.extensions["mobility.limiter"]
    for endpoint, from_one_place in (
        ("register", "200 per hour"),
        ("forgot_password", "60 per hour"),
    ):
        view = app.view_functions[f"accounts.{endpoint}"]
        view = limiter.limit("5 per hour", key_func=_address_typed, methods=["POST"])(view)
        view = limiter.limit(from_one_place, key_func=remote_address, methods=["POST"])(view)
        app.view_functions[f"accounts.{endpoint}"] = view


def _address_typed() -> str:
    return f"mail {request.form.get('email', '').strip().lower()[:254]}"
