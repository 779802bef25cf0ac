"""Arguments of an instance as a file of arrays (npz) and as canonical JSON.

Neither knows what an instance is: names and kinds of the fields stand in FIELDS, and the
constructor checks the rest. The arrays come back with the same numbers, bit for bit.
"""

import json
from collections.abc import Mapping
from itertools import pairwise
from os import PathLike
from typing import Any, Final, Literal, NoReturn
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from matching.errors import InvalidInstance

FORMAT: Final = "matching instance 1"

Kind = Literal["count", "integer", "number", "float", "boolean", "pair"]
"""count: below 2**53; integer: any of 64 bits; number: integers or floats."""

FIELDS: Final[dict[str, Kind]] = {
    "indptr": "count",
    "offer": "count",
    "capacity": "count",
    "cost": "number",
    "rank": "count",
    "merit": "float",
    "lottery": "integer",
    "unplaced": "number",
    "min_seats": "count",
    "may_close": "boolean",
    "demand": "count",
    "credits": "count",
    "credit_limit": "count",
    "clashes": "pair",
}
SCALARS: Final = ("weight", "limit")
REQUIRED: Final = ("indptr", "offer", "capacity")
BOUNDS: Final = ("lower", "upper")


def to_json(arguments: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces; integers that may pass 2**53 are strings, floats by repr.

    So a reader whose numbers are doubles loses nothing, and equal arguments give equal
    texts, fit for a hash.
    """
    form: dict[str, Any] = {"format": FORMAT}
    for name, value in arguments.items():
        if name == "quotas":
            form[name] = [_quota_as_json(row) for row in value]
        elif name in SCALARS:
            form[name] = str(value)
        else:
            form[name] = _as_json(FIELDS[name], value)
    return json.dumps(form, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> dict[str, Any]:
    """The arguments that `to_json` wrote.

    Raises InvalidInstance naming the field for what it never writes: an unknown or missing
    one, one named twice, one of another kind.
    """
    try:
        form = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (json.JSONDecodeError, RecursionError, TypeError) as error:
        raise InvalidInstance("json", f"cannot be read ({error})") from error
    if not isinstance(form, dict):
        raise InvalidInstance("json", "is not an object of named fields")
    _check_names(form, {"format", "quotas", *SCALARS, *FIELDS})
    _check_format(form.pop("format"))
    arguments: dict[str, Any] = {}
    for name, value in form.items():
        if name == "quotas":
            arguments[name] = _quotas_from_json(value)
        elif name in SCALARS:
            arguments[name] = _whole(name, value)
        else:
            arguments[name] = _from_json(name, FIELDS[name], value)
    return arguments


def write_npz(path: str | PathLike[str], arguments: Mapping[str, Any]) -> None:
    """One array a field; quotas are joined like lists, with `quota_indptr` between them."""
    arrays = {name: np.asarray(value) for name, value in arguments.items() if name != "quotas"}
    quotas = arguments.get("quotas", ())
    if quotas:
        lengths = [len(row["choices"]) for row in quotas]
        arrays["quota_indptr"] = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        for name in ("choices", "coefficients"):
            arrays[f"quota_{name}"] = np.concatenate([row[name] for row in quotas])
        for name in BOUNDS:
            given = [row[name] for row in quotas]
            arrays[f"quota_{name}"] = np.array([bound or 0 for bound in given], dtype=np.int64)
            arrays[f"quota_has_{name}"] = np.array([bound is not None for bound in given])
    # an open file, because numpy would add an ending to a path
    with open(path, "wb") as file:
        np.savez(file, allow_pickle=False, format=np.array(FORMAT), **arrays)


def read_npz(path: str | PathLike[str]) -> dict[str, Any]:
    """The arguments that `write_npz` wrote; refuses like `from_json`."""
    try:
        # an open file, because numpy leaves one open that it cannot read
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, BadZipFile, EOFError, TypeError, AttributeError) as error:
        raise InvalidInstance("npz", f"cannot be read ({error})") from error
    parts = {"indptr", "choices", "coefficients", *BOUNDS, *(f"has_{name}" for name in BOUNDS)}
    quota_names = {f"quota_{part}" for part in parts}
    _check_names(arrays, {"format", *SCALARS, *FIELDS, *quota_names})
    _check_format(str(arrays.pop("format")))
    if quota_names & arrays.keys():
        quotas = _quotas_from_arrays({name: arrays.pop(name, None) for name in quota_names})
        arguments: dict[str, Any] = {**arrays, "quotas": quotas}
    else:
        arguments = dict(arrays)
    for name in set(SCALARS) & arguments.keys():
        if arguments[name].ndim or arguments[name].dtype.kind not in "iu":
            raise InvalidInstance(name, "is not an integer")
        arguments[name] = int(arguments[name])
    return arguments


def _as_json(kind: Kind, array: npt.NDArray[Any]) -> list[Any]:
    if kind == "integer" or (kind == "number" and array.dtype.kind == "i"):
        return [str(value) for value in array.tolist()]
    return list(array.tolist())


def _quota_as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {name: str(row[name]) for name in BOUNDS if row[name] is not None}
    form["choices"] = _as_json("count", row["choices"])
    form["coefficients"] = _as_json("integer", row["coefficients"])
    return form


def _from_json(name: str, kind: Kind, values: Any, where: str | None = None) -> Any:
    """`where` is the argument to complain of, when the field is inside another."""
    argument = where or name
    if not isinstance(values, list):
        raise InvalidInstance(argument, "is not a list")
    if kind == "pair":
        return [_from_json(name, "count", pair, argument) for pair in values]
    if kind == "number":
        kind = "integer" if all(isinstance(value, str) for value in values) else "float"
    if kind == "integer":
        return [_whole(argument, value, index) for index, value in enumerate(values)]
    wanted = {"count": int, "float": float, "boolean": bool}[kind]
    for index, value in enumerate(values):
        if type(value) is not wanted:
            told = json.dumps(value)
            raise InvalidInstance(argument, f"{told} is not written as a {kind}", index)
    return values


def _quotas_from_json(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        raise InvalidInstance("quotas", "is not a list")
    quotas = []
    for index, row in enumerate(rows):
        known = {"choices", "coefficients", *BOUNDS}
        if not isinstance(row, dict) or not {"choices", "coefficients"} <= row.keys() <= known:
            raise InvalidInstance(
                "quotas", "is not an object of choices, coefficients, lower and upper", index
            )
        quota: dict[str, Any] = {
            "choices": _from_json("choices", "count", row["choices"], "quotas"),
            "coefficients": _from_json("coefficients", "integer", row["coefficients"], "quotas"),
        }
        quota |= {name: _whole("quotas", row[name], index) for name in BOUNDS if name in row}
        quotas.append(quota)
    return quotas


def _quotas_from_arrays(arrays: dict[str, npt.NDArray[Any] | None]) -> list[dict[str, Any]]:
    found: dict[str, npt.NDArray[Any]] = {}
    for name, array in sorted(arrays.items()):
        if array is None:
            raise InvalidInstance(name, "is missing")
        kinds = "b" if name.startswith("quota_has_") else "iu"
        if array.ndim != 1 or array.dtype.kind not in kinds:
            raise InvalidInstance(
                name, f"is not a row of {'booleans' if kinds == 'b' else 'integers'}"
            )
        found[name.removeprefix("quota_")] = array
    indptr = found["indptr"].tolist()
    if not indptr or indptr[0] != 0 or sorted(indptr) != indptr:
        raise InvalidInstance("quota_indptr", "does not rise from 0")
    for name, array in sorted(found.items()):
        wanted = {"indptr": len(indptr), "choices": indptr[-1], "coefficients": indptr[-1]}
        if len(array) != wanted.get(name, len(indptr) - 1):
            raise InvalidInstance(f"quota_{name}", "has a length that fits no quota_indptr")
    return [
        {
            "choices": found["choices"][begin:end],
            "coefficients": found["coefficients"][begin:end],
            **{
                name: int(found[name][row]) if found[f"has_{name}"][row] else None
                for name in BOUNDS
            },
        }
        for row, (begin, end) in enumerate(pairwise(indptr))
    ]


def _whole(argument: str, value: Any, index: int | None = None) -> int:
    """An integer as we write it: "-7" and not "-07", " -7" or -7."""
    try:
        number = int(value) if isinstance(value, str) else None
    except ValueError:
        number = None
    if number is None or str(number) != value:
        told = json.dumps(value)
        raise InvalidInstance(argument, f"{told} is not an integer written as a string", index)
    return number


def _check_names(form: Mapping[str, Any], known: set[str]) -> None:
    for name in form:
        if name not in known:
            raise InvalidInstance(name, "is not a field of an instance")
    for name in ("format", *REQUIRED):
        if name not in form:
            raise InvalidInstance(name, "is missing")


def _check_format(told: Any) -> None:
    if told != FORMAT:
        raise InvalidInstance("format", f"is {told!r}, but only {FORMAT!r} can be read")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    form = dict(pairs)
    if len(form) != len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for name in names if names.count(name) > 1)
        raise InvalidInstance(again, "is given twice")
    return form


def _no_number(told: str) -> NoReturn:
    raise InvalidInstance("json", f"{told} is not a finite number")
