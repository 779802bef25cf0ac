"""The first page, and the choice of a language."""

from typing import Any

from flask import redirect, render_template, request, session
from flask_login import current_user

from ...access import public
from ...errors import Invalid
from ...i18n import LANGUAGES
from .. import services
from .blueprint import bp, local_path


@bp.get("/")
@public
def home() -> Any:
    if current_user.is_authenticated:
        return render_template("accounts/home.html")
    return render_template("accounts/landing.html")


@bp.post("/language")
@public
def set_language() -> Any:
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise Invalid("")
    session["language"] = language
    if current_user.is_authenticated:
        services.choose_language(current_user, language)
    return redirect(local_path(request.form.get("next")), 303)
