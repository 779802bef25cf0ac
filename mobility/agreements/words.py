"""How agreements and their terms are said on pages: years, levels, fields, deeds."""

from datetime import date
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from .. import isced
from ..accounts.models import EQF_LEVELS
from ..i18n import day

DEEDS = {
    "agreement.create": _l("drafted the agreement"),
    "agreement.amend": _l("changed it"),
    "agreement.propose": _l("proposed it to both partners"),
    "agreement.approve": _l("approved it"),
    "agreement.conclude": _l("it is approved by both partners"),
    "agreement.terminate": _l("terminated it"),
    "agreement.give_notice": _l("gave notice to end it"),
    "agreement.withdraw_notice": _l("withdrew the notice to end it"),
    "agreement.open_version": _l("began a new version"),
    "agreement.take_over": _l("the agreement took it over"),
    "agreement.replace": _l("a new version took its place"),
    "agreement.drop": _l("dropped it"),
}


def academic_year(year: int) -> str:
    """The academic year that begins in `year`: "2026/2027"."""
    return f"{year}/{year + 1}"


def eqf_level(level: int) -> Any:
    return EQF_LEVELS[level]


def isced_field(code: str) -> str:
    """A field by code and name; the code alone where the classification has changed."""
    return f"{code} {isced.label(code)}" if code in isced.FIELDS else code


def isced_name(code: str) -> str:
    return isced.label(code) if code in isced.FIELDS else code


def iso_day(text: str) -> str:
    """A date that was recorded as ISO text: "5 March 2027"."""
    return day(date.fromisoformat(text))


def capitalize_first(text: str) -> str:
    """A sentence from words whose names keep their capitals."""
    return text[:1].upper() + text[1:]


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        academic_year=academic_year,
        capitalize_first=capitalize_first,
        iso_day=iso_day,
        eqf_level=eqf_level,
        isced_field=isced_field,
        isced_name=isced_name,
    )
