"""One's own data: a copy of all of it, and the end of the account."""

from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ... import clock
from ...access import guard
from ...errors import Invalid
from .. import own_data as services
from ..forms import EraseForm
from .blueprint import bp, end_session, own_transaction


@bp.get("/account/data")
@guard("account:manage")
def own_data() -> Any:
    return _page(EraseForm(formdata=None))


@bp.post("/account/data/copy")
@guard("account:manage")
def copy_of_data() -> Any:
    response = send_file(
        services.pack(current_user, current_user),
        "application/zip",
        as_attachment=True,
        download_name=f"sapar-{clock.now():%Y-%m-%d}.zip",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/account/data/erase")
@guard("account:manage")
@own_transaction
def erase() -> Any:
    form = EraseForm()
    if form.validate_on_submit():
        try:
            services.erase_own(current_user.id, form.password.data)
        except Invalid as error:
            form.refuse(error)
        else:
            end_session()
            flash(_("Your account and your data are erased."), "good")
            return redirect(url_for("accounts.home"), 303)
    return _page(form), 422


def _page(form: EraseForm) -> str:
    return render_template(
        "accounts/own_data.html", form=form, obstacles=services.obstacles(current_user)
    )
