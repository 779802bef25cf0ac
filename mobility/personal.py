"""What the service keeps of one person, room by room: to hand out, and to erase.

Each room says it in its file `personal.py`; the register is filled as rooms load.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GONE = "—"


def gone(words: str) -> str:
    """What stands where somebody's words stood; nothing where there were none."""
    return words and GONE


def _nothing(_user: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class Part:
    """What one room keeps of people.

    `columns` are those by which its tables point at people, "table.column": each belongs to a
    part, so that nothing is forgotten. `gather` gives what JSON can hold of what the person may
    read, `files` names and paths of files that go with it, `withheld` words that go out nowhere,
    not in a letter either. `obstacles` are sentences on what has
    to end before anything is erased; `erase` empties what is said of the person, and keeps rows
    that others need, without them.
    """

    name: str
    columns: frozenset[str]
    gather: Callable[[Any], Any]
    files: Callable[[Any], Iterable[tuple[str, Path]]] = _nothing
    withheld: Callable[[Any], Iterable[str]] = _nothing
    obstacles: Callable[[Any], Iterable[str]] = _nothing
    erase: Callable[[Any], Any] = _nothing


_parts: dict[str, Part] = {}


def keeps(part: Part) -> None:
    """Register what a room keeps."""
    _parts[part.name] = part


def parts() -> list[Part]:
    """Every part, in the order in which the rooms were loaded."""
    return list(_parts.values())
