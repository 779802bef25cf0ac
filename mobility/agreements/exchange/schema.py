"""The schema of agreements as JSON, and a check against the part of JSON Schema that it uses."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from ...tables.grid import shown

FILE = Path(__file__).parent / "agreements.schema.json"
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == int(value),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _is_number(value: Any) -> bool:
    """A finite number; Python takes true for one too, and JSON does not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


Found = Iterator[tuple[str, str]]


@cache
def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def violations(value: Any) -> list[tuple[str, str]]:
    """(path, message) of everything in `value` that the schema does not allow; [] if it is valid.

    A path reads as in JavaScript: "agreements[0].conditions[2].sending", "" for the whole.
    """
    return list(_check(value, schema(), ""))


def _check(value: Any, rule: dict[str, Any], path: str) -> Found:
    if "$ref" in rule:
        name = rule["$ref"].removeprefix("#/$defs/")
        yield from _check(value, schema()["$defs"][name], path)
        return
    if "const" in rule and (value != rule["const"] or isinstance(value, bool)):
        yield path, _("has to be %(value)s.", value=json.dumps(rule["const"]))
        return
    if "enum" in rule and value not in rule["enum"]:
        known = ", ".join(json.dumps(one) for one in rule["enum"])
        yield path, _("has to be one of %(known)s.", known=known)
        return
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        yield path, _("has to be of type %(kinds)s.", kinds=" / ".join(kinds))
    elif isinstance(value, dict):
        yield from _check_object(value, rule, path)
    elif isinstance(value, list):
        yield from _check_array(value, rule, path)
    elif isinstance(value, str):
        yield from _check_string(value, rule, path)
    elif _is_number(value):
        yield from _check_number(value, rule, path)


def _check_object(value: dict[str, Any], rule: dict[str, Any], path: str) -> Found:
    known = rule.get("properties", {})
    for name in rule.get("required", ()):
        if name not in value:
            yield path, _("“%(name)s” is missing.", name=name)
    for name, part in value.items():
        inner = f"{path}.{name}" if path else name
        if name in known:
            yield from _check(part, known[name], inner)
        elif rule.get("additionalProperties") is False:
            yield path, _("“%(name)s” is not known here.", name=shown(name))


def _check_array(value: list[Any], rule: dict[str, Any], path: str) -> Found:
    least, most = rule.get("minItems", 0), rule.get("maxItems", len(value))
    if len(value) < least:
        yield path, _("has to hold at least %(least)d items.", least=least)
    if len(value) > most:
        yield path, _("may hold at most %(most)d items.", most=most)
    elif "items" in rule:
        for index, item in enumerate(value):
            yield from _check(item, rule["items"], f"{path}[{index}]")
    if rule.get("uniqueItems") and len({json.dumps(one, sort_keys=True) for one in value}) < len(
        value
    ):
        yield path, _("holds the same item twice.")


def _check_string(value: str, rule: dict[str, Any], path: str) -> Found:
    least, most = rule.get("minLength", 0), rule.get("maxLength", len(value))
    if len(value) < least:
        yield path, _("may not be empty.")
    if len(value) > most:
        yield path, _("may have at most %(most)d characters.", most=most)
    elif "pattern" in rule and not _fits(rule["pattern"], value):
        yield path, _("“%(text)s” has not the form that is asked for.", text=shown(value))


def _fits(pattern: str, value: str) -> bool:
    """As JSON Schema means it: Python's `$` would let a line end follow."""
    return re.search(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern,
                     value) is not None  # fmt: skip


def _check_number(value: float, rule: dict[str, Any], path: str) -> Found:
    least, most = rule.get("minimum", value), rule.get("maximum", value)
    if not least <= value <= most:
        yield path, _("has to lie between %(least)d and %(most)d.", least=least, most=most)
