"""Agreements as JSON: what the schema does not allow is told with its path."""

import json
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ...tables.grid import Table
from .drafts import Place, RawAgreement, RawCondition
from .schema import violations

EMPTY = {
    "sending_unit": None,
    "receiving_unit": None,
    "months_per_year": None,
    "eqf_levels": (),
    "isced_fields": (),
    "language": None,
    "cefr": None,
    "blended": False,
    "other_terms": "",
}
# Where the fields of a table stand in the document.
_PLACES = {
    "partner_a": "partners[0]",
    "partner_b": "partners[1]",
    "title_en": "titles",
    "agreement": "",
}


def read_document(table: Table, data: bytes) -> list[RawAgreement]:
    """The agreements of a JSON document; what is wrong stands in `table.problems`."""
    try:
        document = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
        json.dumps(document, ensure_ascii=False).encode()  # half a letter is no text
    except (ValueError, RecursionError) as error:
        table.spoil(_("is no JSON in UTF-8 (%(error)s).", error=error))
        return []
    for path, text in violations(document):
        _note(table, path, text)
    if table.problems:
        return []
    if not document["agreements"]:
        table.spoil(_("holds no agreements."))
    return [
        _agreement(table, f"agreements[{index}]", one)
        for index, one in enumerate(document["agreements"])
    ]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("a name stands twice in one object"))
    return found


def _number(text: str) -> float:
    """2026.0 is a whole number to JSON Schema, so it becomes one."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _note(table: Table, path: str, text: str) -> None:
    table.refuse(f"{path}: {text}" if path else text)


def _place(table: Table, path: str) -> Place:
    def note(name: str, text: str) -> None:
        place = _PLACES.get(name, name)
        _note(table, f"{path}.{place}" if place else path, text)

    return Place(path, note)


def _agreement(table: Table, path: str, said: dict[str, Any]) -> RawAgreement:
    place = _place(table, path)
    return RawAgreement(
        partners=tuple(said["partners"]),
        titles={code: text.strip() for code, text in said["titles"].items()},
        signed_on=_day(place, said.get("signed_on")),
        text=said.get("text", "").strip(),
        conditions=[
            RawCondition({**EMPTY, **one}, _place(table, f"{path}.conditions[{index}]"))
            for index, one in enumerate(said["conditions"])
        ],
        place=place,
    )


def _day(place: Place, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        place.refuse("signed_on", _("“%(text)s” is not a day.", text=text))
        return None
