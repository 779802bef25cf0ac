"""Who may do what with accounts."""

from typing import Any

from ..access import Rule


def signed_in(user: Any, _subject: Any) -> bool:
    return user is not None


def is_applicant(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_applicant


def is_admin(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_admin


RULES: dict[str, Rule] = {
    "account:manage": signed_in,  # one's own
    "profile:manage": is_applicant,  # one's own
    "people:manage": is_admin,
    "person:view": is_admin,
    "person:manage": is_admin,
}
