"""Pages of accounts, a module for each occasion."""

from flask import Flask

from ..queries import session_user
from . import account, grades, home, imports, own_data, people, profile, registration, sign_in
from .blueprint import bp

__all__ = [
    "account",
    "bp",
    "grades",
    "home",
    "imports",
    "init_app",
    "own_data",
    "people",
    "profile",
    "registration",
    "sign_in",
]


def init_app(app: Flask) -> None:
    login = app.extensions["mobility.login"]
    login.session_protection = None  # people change networks; the session key ends sessions
    login.user_loader(session_user)
    sign_in.limit(app)
    registration.limit(app)
