"""Arguments as frozen arrays of one dtype, refused by name where they are none."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.errors import InvalidInstance
from matching.result import BoolArray, IntArray

FloatArray = npt.NDArray[np.float64]

COUNT_LIMIT: Final = 2**53
"""Counts stay below: a float, and so every reader of JSON, still holds them exactly."""


def integers(argument: str, values: npt.ArrayLike, length: int | None = None) -> IntArray:
    """(length,) int64, frozen. O(length), copied only where the caller could still change it."""
    array = _array(argument, values)
    if array.dtype.kind not in "iu":
        raise InvalidInstance(argument, f"has dtype {array.dtype} instead of integers")
    if array.dtype == np.uint64:
        at = _first(array > np.iinfo(np.int64).max)
        if at is not None:
            raise InvalidInstance(argument, "does not fit into 64 bits", at)
    check_length(argument, array, length)
    return _own(array.astype(np.int64, copy=False), array, values)


def counts(
    argument: str, values: npt.ArrayLike, length: int, least: int = 0, limit: int = COUNT_LIMIT
) -> IntArray:
    """(length,) int64 of whole numbers from `least` and below `limit`, frozen."""
    array = integers(argument, values, length)
    if len(array) and int(array.min()) < least:
        at = int(np.argmax(array < least))
        raise InvalidInstance(argument, f"{array[at]} is below {least}", at)
    if len(array) and int(array.max()) >= limit:
        at = int(np.argmax(array >= limit))
        raise InvalidInstance(argument, f"{array[at]} is too large to be exact", at)
    return array


def positions(argument: str, values: npt.ArrayLike, count: int) -> IntArray:
    """Integers from 0 and below `count`: -1 is nobody, not the last one. O(length)."""
    array = integers(argument, values)
    at = _first((array < 0) | (array >= count))
    if at is not None:
        raise InvalidInstance(argument, f"{array[at]} is not one of 0..{count - 1}", at)
    return array


def numbers(
    argument: str, values: npt.ArrayLike, length: int | None = None
) -> IntArray | FloatArray:
    """(length,) int64 where integers are given, float64 where floats are, frozen and finite."""
    array = _array(argument, values)
    if array.dtype.kind in "iu":
        return integers(argument, values, length)
    if array.dtype.kind != "f":
        raise InvalidInstance(argument, f"has dtype {array.dtype} instead of numbers")
    check_length(argument, array, length)
    floats = _own(array.astype(np.float64, copy=False), array, values)
    at = _first(~np.isfinite(floats))
    if at is not None:
        raise InvalidInstance(argument, f"{floats[at]} is not a finite number", at)
    return floats


def booleans(argument: str, values: npt.ArrayLike, length: int) -> BoolArray:
    """(length,) bool, frozen."""
    array = _array(argument, values)
    if array.dtype.kind != "b" and array.size:
        raise InvalidInstance(argument, f"has dtype {array.dtype} instead of booleans")
    check_length(argument, array, length)
    return _own(array.astype(np.bool_, copy=False), array, values)


def whole(argument: str, value: object, least: int, limit: int = COUNT_LIMIT) -> int:
    """A Python integer from `least` and below `limit`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidInstance(argument, f"{value!r} is not an integer")
    if value < least:
        raise InvalidInstance(argument, f"{value} is below {least}")
    if value >= limit:
        raise InvalidInstance(argument, f"{value} is too large to be exact")
    return int(value)


def check_length(argument: str, array: npt.NDArray[Any], length: int | None) -> None:
    """Refuse another length, where one is wanted."""
    if length is not None and len(array) != length:
        raise InvalidInstance(argument, f"has length {len(array)} instead of {length}")


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same array, which nobody can write to through this name any more."""
    array.setflags(write=False)
    return array


def _array(argument: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError, TypeError) as error:
        raise InvalidInstance(argument, f"is not an array of numbers ({error})") from error
    if array.ndim != 1:
        raise InvalidInstance(argument, f"has {array.ndim} dimensions instead of 1")
    return array.astype(np.int64) if not array.size else array


def _own(
    array: npt.NDArray[Any], before: npt.NDArray[Any], values: npt.ArrayLike
) -> npt.NDArray[Any]:
    fresh = array is not before or isinstance(values, list | tuple)
    if not fresh and not (_is_immutable(array) and array.flags.c_contiguous):
        array = array.copy()
    return frozen(array)


def _is_immutable(array: npt.NDArray[Any]) -> bool:
    """A frozen view of an array that its owner can still change is not."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None


def _first(wrong: BoolArray) -> int | None:
    return int(np.argmax(wrong)) if wrong.any() else None
