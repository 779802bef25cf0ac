"""No page is reached unchecked: guards on endpoints, rules on nouns, and the check at start."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

from .errors import NotFound, Refused

Rule = Callable[[Any, Any], bool]


class UnguardedEndpoint(RuntimeError):
    """An endpoint stands open that nobody declared open."""


class UnknownPermission(RuntimeError):
    """A permission is asked for that no room has a rule for."""


def add_rules(app: Flask, rules: dict[str, Rule]) -> None:
    """Take a room's table of permissions. Each permission has one rule in one room."""
    known = app.extensions.setdefault("mobility.rules", {})
    if doubled := known.keys() & rules.keys():
        raise UnknownPermission(f"two rules for {', '.join(sorted(doubled))}")
    known.update(rules)


def can(user: Any, permission: str, subject: Any = None) -> bool:
    """Whether `user` (None: nobody signed in) has `permission` over `subject`."""
    if user is not None and not getattr(user, "is_authenticated", False):
        user = None
    try:
        rule = current_app.extensions["mobility.rules"][permission]
    except KeyError:
        raise UnknownPermission(permission) from None
    return bool(rule(user, subject))


def public(view: Callable) -> Callable:
    """Declare an endpoint open to everybody."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def guard(permission: str, loader: Callable[..., Any] | None = None) -> Callable:
    """Let a view be reached only with `permission` over the object its address names.

    `loader` gets those ids of the address that it names as parameters; its object takes their
    place as the view's first argument. Nobody signed in: to the sign-in page. The object
    invisible: 404. Visible, but this forbidden: 403.
    """
    taken = tuple(inspect.signature(loader).parameters) if loader else ()

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**ids: Any) -> Any:
            if loader is None:
                _admit(permission, None)
                return view(**ids)
            subject = loader(**{name: ids.pop(name) for name in taken})
            if subject is None:
                raise NotFound("")
            _admit(permission, subject)
            return view(subject, **ids)

        guarded.access = permission  # type: ignore[attr-defined]
        guarded.loads = loader is not None  # type: ignore[attr-defined]
        return guarded

    return decorate


def _admit(permission: str, subject: Any) -> None:
    if can(current_user, permission, subject):
        return
    if not current_user.is_authenticated:
        abort(_to_sign_in())
    view_rule = f"{permission.partition(':')[0]}:view"
    if subject is not None and (
        permission == view_rule or not can(current_user, view_rule, subject)
    ):
        raise NotFound("")
    raise Refused("")


def _to_sign_in() -> Any:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=here), 303)


def check_guards(app: Flask) -> None:
    """Refuse to start with an endpoint neither guarded nor public, or a guard without a rule."""
    rules = app.extensions.get("mobility.rules", {})
    for endpoint, view in app.view_functions.items():
        if endpoint == "static" or endpoint.endswith(".static"):
            continue
        access = getattr(view, "access", None)
        if access is None:
            raise UnguardedEndpoint(f"{endpoint} has neither @guard nor @public")
        if access == "public":
            continue
        needed = {access}
        if getattr(view, "loads", False):  # 403 or 404 is decided by the rule to view
            needed.add(f"{access.partition(':')[0]}:view")
        if missing := needed - rules.keys():
            raise UnknownPermission(f"{endpoint} needs {', '.join(sorted(missing))}: no rule")
