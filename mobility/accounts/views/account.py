"""One's own account: name, language, time zone, password."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Invalid
from .. import authentication, services
from ..forms import AccountForm, ChangePasswordForm
from .blueprint import begin_session, bp, own_transaction


@bp.route("/account", methods=["GET", "POST"])
@guard("account:manage")
def account() -> Any:
    form = AccountForm(obj=current_user)
    if form.validate_on_submit():
        services.change_account(
            current_user,
            name=form.name.data,
            language=form.language.data,
            timezone=form.timezone.data,
            actor=current_user,
        )
        session["language"] = form.language.data
        flash(_("Your account is saved."), "good")
        return redirect(url_for("accounts.account"), 303)
    return render_template("accounts/account.html", form=form), 422 if form.errors else 200


@bp.route("/account/password", methods=["GET", "POST"])
@guard("account:manage")
@own_transaction
def change_password() -> Any:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            user = authentication.change_password(
                current_user.id, form.current.data, form.password.data
            )
        except Invalid as error:
            form.refuse(error)
        else:
            begin_session(user)
            flash(_("Your password is changed. You are signed out everywhere else."), "good")
            return redirect(url_for("accounts.account"), 303)
    return render_template("accounts/change_password.html", form=form), 422 if form.errors else 200
