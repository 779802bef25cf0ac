"""Signing in and out."""

from typing import Any

from flask import Flask, redirect, render_template, request
from flask_login import current_user

from ...access import public
from ...errors import Invalid
from .. import authentication
from ..forms import SignInForm
from .blueprint import (
    begin_session,
    bp,
    end_session,
    local_path,
    on_this_machine,
    own_transaction,
    remote_address,
)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@own_transaction
def sign_in() -> Any:
    target = local_path(request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target, 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = authentication.sign_in(
                form.email.data,
                form.password.data,
                remote=remote_address(),
                on_this_machine=on_this_machine(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            begin_session(user)
            return redirect(target, 303)
    return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    end_session()
    return redirect(local_path(None), 303)


def limit(app: Flask) -> None:
    """Limit failed sign-ins by the address typed and by where they come from.

    Only failures count: a whole hall signs in from one address when results are published.
    """
    limiter = app.extensions["mobility.limiter"]
    failed = {"methods": ["POST"], "deduct_when": lambda response: response.status_code == 422}
    view = app.view_functions["accounts.sign_in"]
    view = limiter.limit("10 per 15 minutes", key_func=_address_typed, **failed)(view)
    view = limiter.limit("30 per 15 minutes", key_func=remote_address, **failed)(view)
    app.view_functions["accounts.sign_in"] = view


def _address_typed() -> str:
    return f"sign-in {request.form.get('email', '').strip().lower()[:254]}"
