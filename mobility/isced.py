"""ISCED-F 2013, the fields of education and training: codes, labels in three languages, matching.

A detailed field has four digits, its narrow field three, its broad field two; a condition or an
offer may name any of them and means everything below.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from flask_babel import LazyString, get_locale

FILE = Path(__file__).parent / "data" / "isced_f_2013.csv"
LEVELS = {2: "broad", 3: "narrow", 4: "detailed"}


def _read() -> dict[str, dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


_ROWS = _read()


def label(code: str, language: str | None = None) -> str:
    """The field's name in `language`, else in the reader's; raises KeyError for an unknown code."""
    if language is None:
        locale = get_locale()
        language = locale.language if locale else "en"
    row = _ROWS[code]
    return row.get(f"label_{language}") or row["label_en"]


# Every code, broad to detailed, with its label in the language of whoever reads it.
FIELDS = {code: LazyString(label, code) for code in _ROWS}
DETAILED = tuple(code for code in FIELDS if len(code) == 4)


def choices(level: str = "detailed") -> list[tuple[str, str]]:
    """(code, "code label") in code order, for a select; level is broad, narrow or detailed."""
    return [(code, f"{code} {label(code)}") for code in FIELDS if LEVELS[len(code)] == level]


def matches(code: str, prefixes: Iterable[str]) -> bool:
    """Does the field lie in one of the fields named? Naming none leaves every field open."""
    prefixes = tuple(prefixes)
    return not prefixes or code.startswith(prefixes)
