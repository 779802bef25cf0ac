"""The content of an agreement in words: field by field, from its canonical form.

What was approved is kept in its canonical form, which names institutions and units by their codes.
The same words stand on the page of a version, beside another version's, and in the memorandum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .. import i18n
from ..accounts.models import EQF_LEVELS
from ..partners.models import Institution, OrganisationalUnit
from .models import Direction
from .words import academic_year, isced_name

Content = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One field of a content: its name, what it is called, and what it says."""

    key: str
    label: Any
    text: str


class Names:
    """What institutions and units are called; a code that nobody has any more stands for itself."""

    def __init__(
        self, institutions: Iterable[Institution], units: Iterable[OrganisationalUnit]
    ) -> None:
        self._institutions = {one.schac: one for one in institutions}
        self._units = {(one.institution.schac, one.code): one for one in units}

    def institution(self, schac: str) -> str:
        found = self._institutions.get(schac)
        return schac if found is None else found.name

    def side(self, condition: Content, side: str) -> str:
        """An institution, with its unit where the condition names one."""
        schac, code = condition[side], condition[f"{side}_unit"]
        if code is None:
            return self.institution(schac)
        unit = self._units.get((schac, code))
        return f"{self.institution(schac)}, {code if unit is None else unit.name}"


def title_of(content: Content) -> str:
    """The title in the reader's language, else the first that stands."""
    titles = content["titles"]
    return next(
        (titles[code] for code in (i18n.current_language(), *i18n.LANGUAGES) if titles[code]), ""
    )


TITLES = {
    "en": _l("Title in English"),
    "ru": _l("Title in Russian"),
    "kk": _l("Title in Kazakh"),
}


def words_of(content: Content) -> list[Line]:
    """The titles and the day on the paper; the text stands for itself."""
    signed = content["signed_on"]
    return [
        *(Line(f"title_{code}", label, content["titles"][code]) for code, label in TITLES.items()),
        Line(
            "signed_on", _l("Signed on"), i18n.day(date.fromisoformat(signed) if signed else None)
        ),
    ]


def paragraphs(text: str) -> list[str]:
    """The text in pieces that can be told apart: its lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def heading_of(condition: Content, names: Names) -> str:
    """ "internship: Abai KazNPU → SUSU"."""
    return (
        f"{direction_of(condition)}:"
        f" {names.institution(condition['sending'])} → {names.institution(condition['receiving'])}"
    )


def direction_of(condition: Content) -> str:
    """The direction by name; its code alone where the service no longer knows it."""
    known = {one.value: one.label for one in Direction}
    return str(known.get(condition["direction"], condition["direction"]))


def terms_of(condition: Content, names: Names) -> list[Line]:
    """Everything that a condition says, in the order in which people read it."""
    months = condition["months_per_year"]
    return [
        Line("direction", _l("What people go for"), direction_of(condition)),
        Line("sending", _l("Sends"), names.side(condition, "sending")),
        Line("receiving", _l("Receives"), names.side(condition, "receiving")),
        Line("first_year", _l("First academic year"), academic_year(condition["first_year"])),
        Line("last_year", _l("Last academic year"), academic_year(condition["last_year"])),
        Line(
            "mobilities_per_year",
            _l("Mobilities a year"),
            i18n.number(condition["mobilities_per_year"]),
        ),
        Line(
            "months_per_year", _l("Months a year"), "—" if months is None else i18n.number(months)
        ),
        Line("eqf_levels", _l("Levels"), _levels(condition["eqf_levels"])),
        Line("isced_fields", _l("Fields"), _fields(condition["isced_fields"])),
        Line("language", _l("Language"), _language(condition)),
        Line(
            "blended",
            _l("Blended"),
            _("part of it may be virtual") if condition["blended"] else _("no"),
        ),
        Line("other_terms", _l("Other terms"), condition["other_terms"]),
    ]


def _levels(levels: Sequence[int]) -> str:
    return ", ".join(str(EQF_LEVELS.get(one, one)) for one in levels) or _("every level")


def _fields(codes: Sequence[str]) -> str:
    return ", ".join(f"{isced_name(code)} ({code})" for code in codes) or _("every field")


def _language(condition: Content) -> str:
    if not condition["language"]:
        return "—"
    return f"{i18n.language_name(condition['language'])} {condition['cefr'] or ''}".strip()
