"""Agreements in a table: one row a condition, those of one agreement under one name."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ... import i18n
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
LONGEST = {**dict.fromkeys(TITLES, 200), "text": 50_000, "other_terms": 10_000}

_YES = {"yes", "true", "1", "да", "иә", "истина", "ақиқат"}
_NO = {"", "no", "false", "0", "нет", "жоқ", "ложь", "жалған"}
_MASKED = re.compile(r"'[=+\-@\t\r\n＝＋－＠]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_rows(table: Table) -> list[RawAgreement]:
    """The agreements of a table; what cannot be read stands in `table.problems`."""
    at = _columns(table) if table.header.cells else {}
    if not table.complete:
        return []
    if not table.rows:
        table.spoil(_("holds no agreements, only column names."), table.header.line)
    return _Reader(table, at).agreements()


def _columns(table: Table) -> dict[str, int]:
    """Where each known column stands; unknown, doubled and missing ones are noted."""
    at: dict[str, int] = {}
    for index, header in enumerate(table.header.cells):
        column = re.sub(r"[\s_-]+", "_", header.strip().casefold())
        if column not in COLUMNS:
            if header or any(row.cells[index : index + 1] for row in table.rows):
                text = _("unknown column; known are %(known)s.", known=", ".join(COLUMNS))
                table.spoil(text, table.header.line, index)
        elif column in at:
            text = _("the column %(name)s stands twice.", name=column)
            table.spoil(text, table.header.line, index)
        else:
            at[column] = index
    missing = [column for column in REQUIRED if column not in at]
    if not any(name in at for name in TITLES):
        missing.append(" / ".join(TITLES))
    if missing:
        text = _("columns are missing: %(missing)s.", missing=", ".join(missing))
        table.spoil(text, table.header.line)
    return at


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
            cells = {name: self._cell(row, place, name) for name in COLUMNS}
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

    def _cell(self, row: Row, place: Place, name: str) -> str:
        index = self.at.get(name, -1)
        cell = str(row.cells[index]) if 0 <= index < len(row.cells) else ""
        if not self.table.in_workbook and _MASKED.match(cell):
            cell = cell[1:]  # the apostrophe by which an export makes a formula harmless
        if _CONTROL.search(cell):
            place.refuse(name, _("holds characters that are no text."))
        if len(cell) > (most := LONGEST.get(name, 10_000)):
            place.refuse(name, _("may have at most %(most)d characters.", most=most))
        return cell

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
