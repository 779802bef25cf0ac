"""What the pages of accounts share: the blueprint and how a session begins and ends."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request, session, url_for
from flask_login import login_user, logout_user

from ..models import User

bp = Blueprint("accounts", __name__)


def own_transaction(view: Callable) -> Callable:
    """The use case opens its transactions itself, to hash passwords outside of them."""
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


def begin_session(user: User) -> None:
    """Sign `user` in with a session that shares nothing with the one before but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(user)


def end_session() -> None:
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def local_path(target: str | None) -> str:
    """`target` where it is a path of this service, else the first page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("accounts.home")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in target):
        return url_for("accounts.home")
    return target


def remote_address() -> str:
    return request.remote_addr or ""


def on_this_machine() -> bool:
    """Whether the visitor sits at the machine itself, and no unknown proxy stands between."""
    forwarded = any(
        header in request.headers for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP")
    )
    if forwarded and not current_app.config["TRUSTED_PROXIES"]:
        return False
    try:
        return ip_address(remote_address()).is_loopback
    except ValueError:
        return False
