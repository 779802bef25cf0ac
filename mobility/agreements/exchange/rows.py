"""Agreements in a table: one row a condition, those of one agreement under one name."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ... import i18n
from ...tables.columns import Column, Columns, Kind
from ...tables.grid import Row, Table, shown
from .drafts import Place, RawAgreement, RawCondition

GROUP = "agreement"
WORDS = ("partner_a", "partner_b", "title_en", "title_ru", "title_kk", "signed_on", "text")
TERMS = (
    "direction", "sending", "sending_unit", "receiving", "receiving_unit", "first_year",
    "last_year", "mobilities_per_year", "months_per_year", "eqf_levels", "isced_fields",
    "language", "cefr", "blended", "other_terms",
)  # fmt: skip
COLUMNS = (GROUP, *WORDS, "state", *TERMS)
REQUIRED = (
    GROUP, "partner_a", "partner_b", "direction", "sending", "receiving", "first_year",
    "last_year", "mobilities_per_year",
)  # fmt: skip
TITLES = ("title_en", "title_ru", "title_kk")
_LONGEST = {"text": 50_000, "other_terms": 10_000}
_LISTS = {"eqf_levels", "isced_fields"}
KNOWN = Columns(
    tuple(
        Column(name, (), Kind.TEXT, _LONGEST[name])
        if name in _LONGEST
        else Column(
            name,
            (),
            Kind.DAY if name == "signed_on" else Kind.LIST if name in _LISTS else Kind.LINE,
        )
        for name in COLUMNS
    ),
    REQUIRED,
    TITLES,
)

_YES = {"yes", "true", "1", "да", "иә", "истина", "ақиқат"}
_NO = {"", "no", "false", "0", "нет", "жоқ", "ложь", "жалған"}
_MASKED = re.compile(r"'[=+\-@\t\r\n＝＋－＠]")


def read_rows(table: Table) -> list[RawAgreement]:
    """The agreements of a table; what cannot be read stands in `table.problems`."""
    for cells in table.merged:
        text = _("the cells %(cells)s are merged; split them and fill each one.", cells=cells)
        table.refuse(text)
    at = KNOWN.places(table) if table.header.cells else {}
    if not table.complete:
        return []
    if not table.rows and not table.problems:
        table.spoil(_("holds column names only, no rows."), table.header.line)
    return _Reader(table, at).agreements()


@dataclass
class _Group:
    """The rows of one agreement: its words as its first row says them, its conditions."""

    place: Place
    words: dict[str, str]
    conditions: list[RawCondition]


class _Reader:
    def __init__(self, table: Table, at: dict[str, int]) -> None:
        self.table, self.at = table, at

    def agreements(self) -> list[RawAgreement]:
        groups: dict[str, _Group] = {}
        for row in self.table.rows:
            place = self._place(row)
            known = KNOWN.cells(self.table, self.at, row)
            cells = {name: self._plain(known.say(name)) for name in COLUMNS}
            name = cells[GROUP]
            if not name:
                text = _("name the agreement of this row: the same name in all its rows.")
                place.refuse(GROUP, text)
                continue
            group = groups.get(name)
            if group is None:
                group = groups[name] = _Group(place, cells, [])
            else:
                _check_words(place, cells, group)
            if any(cells[term] for term in TERMS):
                own = self._place(row)  # a condition is checked though the words are wrong
                group.conditions.append(RawCondition(_terms(own, cells), own))
        return [_agreement(group) for group in groups.values()]

    def _plain(self, cell: str) -> str:
        """Without the apostrophe by which an export makes a formula harmless."""
        return cell[1:] if _MASKED.match(cell) else cell

    def _place(self, row: Row) -> Place:
        return Place(
            _("line %(line)d", line=row.line),
            lambda name, text: self.table.refuse(text, row.line, self.at.get(name, -1)),
        )


def _check_words(place: Place, cells: dict[str, str], group: _Group) -> None:
    """A later row of an agreement leaves its words out, or repeats them."""
    for name in WORDS:
        if cells[name] and cells[name] != group.words[name]:
            text = _("%(place)s says something else of the same agreement.", place=group.place.name)
            place.refuse(name, text)


def _agreement(group: _Group) -> RawAgreement:
    cells = group.words
    return RawAgreement(
        partners=(cells["partner_a"], cells["partner_b"]),
        titles={code: cells[f"title_{code}"] for code in i18n.LANGUAGES},
        signed_on=_day(group.place, cells["signed_on"]),
        text=cells["text"],
        conditions=group.conditions,
        place=group.place,
    )


def _terms(place: Place, cells: dict[str, str]) -> dict[str, Any]:
    """The terms of a condition by their types; what cannot be read is noted."""
    return {
        **{name: cells[name] for name in ("direction", "sending", "receiving", "other_terms")},
        **{name: cells[name] or None for name in ("sending_unit", "receiving_unit", "cefr")},
        "language": cells["language"].lower() or None,
        "first_year": _year(place, "first_year", cells["first_year"]),
        "last_year": _year(place, "last_year", cells["last_year"]),
        "mobilities_per_year": _number(place, "mobilities_per_year", cells, needed=True),
        "months_per_year": _number(place, "months_per_year", cells, needed=False),
        "eqf_levels": _levels(place, cells["eqf_levels"]),
        "isced_fields": re.split(r"[\s,;]+", cells["isced_fields"]),
        "blended": _answer(place, cells["blended"]),
    }


def _day(place: Place, cell: str) -> date | None:
    """A date as ISO or as people of both countries write it; a workbook adds the time."""
    if not cell:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T][\d:.]+)?", cell)
    turned = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", cell)
    parts = found.groups() if found else turned.groups()[::-1] if turned else None
    try:
        if parts:
            return date(*map(int, parts))
    except ValueError:
        pass
    text = _("“%(text)s” is not a day such as 2026-11-08.", text=shown(cell))
    place.refuse("signed_on", text)
    return None


def _year(place: Place, name: str, cell: str) -> int:
    """The year in which an academic year begins: 2026, or 2026/2027."""
    found = re.fullmatch(r"(\d{4})(?:/(\d{4}))?", cell, re.ASCII)
    if found and (found[2] is None or int(found[2]) == int(found[1]) + 1):
        return int(found[1])
    text = _("“%(text)s” is no academic year such as 2026 or 2026/2027.", text=shown(cell))
    place.refuse(name, text)
    return 0


def _number(place: Place, name: str, cells: dict[str, str], *, needed: bool) -> int | None:
    cell = cells[name]
    if not cell and not needed:
        return None
    if re.fullmatch(r"[0-9]{1,6}", cell):
        return int(cell)
    place.refuse(name, _("“%(text)s” is not a whole number.", text=shown(cell)))
    return None


def _levels(place: Place, cell: str) -> list[int]:
    parts = [part for part in re.split(r"[\s,;]+", cell) if part]
    if all(re.fullmatch("[0-9]", part) for part in parts):
        return [int(part) for part in parts]
    text = _("“%(text)s” is not a list of EQF levels such as 6 7.", text=shown(cell))
    place.refuse("eqf_levels", text)
    return []


def _answer(place: Place, cell: str) -> bool:
    word = cell.casefold()
    if word not in _YES | _NO:
        place.refuse("blended", _("“%(text)s” is neither yes nor no.", text=shown(cell)))
    return word in _YES
