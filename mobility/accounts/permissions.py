"""Who may do what with accounts."""

from typing import Any

from ..access import Rule


def signed_in(user: Any, _subject: Any) -> bool:
    return user is not None


def is_applicant(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_applicant


def is_admin(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_admin


def coordinates_an_institution(user: Any, _subject: Any) -> bool:
    return user is not None and bool(user.whole_institutions)


def brings_people(user: Any, subject: Any) -> bool:
    return is_admin(user, subject) or coordinates_an_institution(user, subject)


RULES: dict[str, Rule] = {
    "account:manage": signed_in,  # one's own
    "profile:manage": is_applicant,  # one's own
    "people:manage": is_admin,
    "people:import": brings_people,
    "people:import-own": coordinates_an_institution,
    "grade-scale:view": signed_in,
    "grade-scale:edit": is_admin,
    "person:view": is_admin,
    "person:manage": is_admin,
}
