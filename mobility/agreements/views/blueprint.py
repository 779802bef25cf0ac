"""What the pages of agreements share: the blueprint, and how a form is answered."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, url_for
from flask_login import current_user

from ...errors import Conflict
from .. import words
from ..models import Agreement

bp = Blueprint("agreements", __name__)


def init_app(app: Any) -> None:
    words.init_app(app)


def reader() -> Any:
    """Who reads: the person signed in, or None."""
    return current_user if current_user.is_authenticated else None


def attempt(
    form: Any,
    act: Callable[[], Any],
    first: Callable[[], None] = lambda: None,
    over: Any = None,
) -> tuple[bool, int]:
    """Validate and act; what the service refuses stands in the form. (done, status).

    `first` says before anything else whether the deed is possible at all now. `over` is what a
    Versioned form changes: after a conflict the form goes by its present state.
    """
    if not form.is_submitted():
        return False, 200
    try:
        first()
    except Conflict as error:
        form.refuse(error)
        return False, error.status
    status = form.attempt(act)
    if status == Conflict.status and over is not None:
        form.overtaken_by(over)
    return status == 200, status


def to_agreement(agreement: Agreement) -> Any:
    return redirect(url_for("agreements.agreement", agreement_id=agreement.id), 303)
