"""Eligibility rules in words."""

from types import SimpleNamespace
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from .. import isced
from ..accounts.models import EQF_LEVELS
from ..i18n import country_name, language_name, localized
from .rules import RuleKind


def rule_text(kind: RuleKind, terms: dict[str, Any]) -> str:
    """What a rule asks, without a full stop."""
    return _TEXTS[kind](terms)


def plain_text(plain: dict[str, Any]) -> str:
    """A rule as a RuleChange keeps it: what it asks, and what that is worth."""
    text = rule_text(RuleKind(plain["kind"]), plain["terms"])
    return f"{text} ({worth(plain['points'])})"


def worth(points: float | None) -> str:
    """Whether a rule bars, or how many points it gives."""
    if points is None:
        return _("required")
    count = int(points) if points == int(points) else 2  # a part of a point is said as a few
    return ngettext("%(points)s point", "%(points)s points", count, points=format_decimal(points))


def _level(terms: dict[str, Any]) -> str:
    names = ", ".join(str(EQF_LEVELS[level]) for level in terms["levels"])
    return _("Level of study: %(levels)s", levels=names)


def _field(terms: dict[str, Any]) -> str:
    names = ", ".join(str(isced.FIELDS.get(code, code)) for code in terms["fields"])
    return _("Field of study: %(fields)s", fields=names)


def _language(terms: dict[str, Any]) -> str:
    return _(
        "%(language)s at %(level)s or better",
        language=language_name(terms["language"]).capitalize(),
        level=terms["cefr"],
    )


def _grade(terms: dict[str, Any]) -> str:
    return _(
        "Grade average: at least %(least)s %% of the scale of the own university",
        least=format_decimal(terms["least"]),
    )


def _credits(terms: dict[str, Any]) -> str:
    return _("Credits earned: at least %(least)s ECTS", least=format_decimal(terms["least"]))


def _year(terms: dict[str, Any]) -> str:
    least, most = terms.get("least"), terms.get("most")
    if most is None:
        return _("Year of study: %(least)s or later", least=least)
    if least is None:
        return _("Year of study: %(most)s or earlier", most=most)
    if least == most:
        return _("Year of study: %(least)s", least=least)
    return _("Year of study: from %(least)s to %(most)s", least=least, most=most)


def _earlier(terms: dict[str, Any]) -> str:
    if not terms["most"]:
        return _("No earlier mobility")
    return ngettext(
        "At most %(num)s earlier mobility", "At most %(num)s earlier mobilities", terms["most"]
    )


def _sending(terms: dict[str, Any]) -> str:
    names = [country_name(code) for code in terms["countries"]]
    names += [localized(SimpleNamespace(**one), "name") for one in terms["institutions"]]
    return _("Own university: %(names)s", names=", ".join(names))


_TEXTS = {
    RuleKind.LEVEL: _level,
    RuleKind.FIELD: _field,
    RuleKind.LANGUAGE: _language,
    RuleKind.GRADE: _grade,
    RuleKind.CREDITS: _credits,
    RuleKind.YEAR: _year,
    RuleKind.EARLIER: _earlier,
    RuleKind.SENDING: _sending,
}
