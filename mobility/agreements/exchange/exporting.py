"""Agreements to a file: tables and JSON that an import takes back."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from ... import i18n
from ...tables.columns import FORMULA
from ...tables.grid import LONGEST_CELL, Cell, Dialect
from ...tables.texts import text_bytes
from ...tables.workbooks import workbook_bytes
from ..models import Agreement, CooperationCondition
from . import JSON_TYPE
from .rows import COLUMNS, GROUP, TERMS, WORDS


def document_of(agreements: Sequence[Agreement]) -> dict[str, Any]:
    """The document that the schema describes."""
    return {
        "format": "sapar-agreements",
        "version": 1,
        "agreements": [
            {
                **agreement.canonical(),
                "partners": [partner.schac for partner in agreement.partners],
                "state": agreement.status.value,
                "content_hash": agreement.content_hash,
            }
            for agreement in agreements
        ],
    }


def as_json(agreements: Sequence[Agreement]) -> bytes:
    return json.dumps(document_of(agreements), ensure_ascii=False, indent=1).encode()


def rows_of(agreements: Sequence[Agreement]) -> list[list[Cell]]:
    """One row a condition; an agreement without one has a row of its words."""
    rows = []
    for agreement in agreements:
        words = _words(agreement)
        for terms in [_terms(one) for one in agreement.in_canonical_order()] or [{}]:
            cells = {**words, **terms}
            rows.append([cells.get(column) for column in COLUMNS])
            words = {name: words[name] for name in (GROUP, "partner_a", "partner_b")}
    return rows


def _words(agreement: Agreement) -> dict[str, Cell]:
    a, b = agreement.partners
    values = {name: getattr(agreement, name) for name in WORDS if name.startswith("title_")}
    signed = agreement.signed_on
    return {
        GROUP: f"{agreement.id}",
        "partner_a": a.schac,
        "partner_b": b.schac,
        **values,
        "signed_on": None if signed is None else signed.isoformat(),
        "text": _cut(agreement.text),
        "state": agreement.status.value,
    }


def _cut(text: str) -> str:
    """A cell holds so much; the rest is not left out in silence."""
    note = _("[the whole text stands in the JSON file]")
    if len(text) <= LONGEST_CELL:
        return text
    return f"{text[: LONGEST_CELL - len(note) - 2]} {note}"


def _terms(condition: CooperationCondition) -> dict[str, Cell]:
    terms = {name: condition.canonical()[name] for name in TERMS}
    terms["eqf_levels"] = " ".join(map(str, terms["eqf_levels"]))
    terms["isced_fields"] = " ".join(terms["isced_fields"])
    terms["blended"] = "yes" if terms["blended"] else "no"
    return terms


def as_csv(agreements: Sequence[Agreement]) -> bytes:
    """In columns where Excel opens it: with the delimiter of the reader's language."""
    dialect = Dialect(delimiter="," if i18n.current_language() == "en" else ";")
    return text_bytes(COLUMNS, rows_of(agreements), dialect)


def as_xlsx(agreements: Sequence[Agreement]) -> bytes:
    """What begins like a formula has an apostrophe before it here too: the import asks for one."""
    rows = [[_harmless(cell) for cell in row] for row in rows_of(agreements)]
    return workbook_bytes(COLUMNS, rows)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


FORMATS: dict[str, tuple[str, Callable[[Sequence[Agreement]], bytes]]] = {
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_xlsx,
    ),
    "csv": ("text/csv", as_csv),
    "json": (JSON_TYPE, as_json),
}
