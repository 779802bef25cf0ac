"""Who may do what with partners: everybody reads, admins write."""

from typing import Any

from ..access import Rule


def everybody(_user: Any, _subject: Any) -> bool:
    return True


def is_admin(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_admin


RULES: dict[str, Rule] = {
    "partner:browse": everybody,
    "partner:view": everybody,
    "partner:create": is_admin,
    "partner:edit": is_admin,
    "unit:view": everybody,
    "unit:edit": is_admin,
    "contact:view": everybody,
    "contact:edit": is_admin,
}
