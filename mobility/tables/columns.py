"""Columns of an import: by which names they are known, and what may stand in their cells."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from flask_babel import gettext as _

from .grid import Dated, Failed, Row, Table, shown

MOST_COLUMNS = 100
FORMULA = tuple("=+-@＝＋－＠")
# What turns the direction of the text that follows, and so shows other words than those that stand.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Kind(Enum):
    """What a column holds, and so what its cells may not."""

    LINE = "line"
    LIST = "list"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """A column: its own name, what else it may be called in the three languages, how much fits."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.LINE
    longest: int = 200


@dataclass(frozen=True)
class Cells(Mapping[str, str]):
    """The cells of a row by the names of their columns; `told` are those known to be wrong.

    A cell that is wrong reads as empty: what it should say is not asked for again.
    """

    line: int
    texts: dict[str, str]
    told: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def say(self, name: str) -> str:
        """The cell, empty where the file has no such column."""
        return self.texts.get(name, "")


@dataclass(frozen=True)
class Columns:
    """The columns that an import knows: `required` are all needed, of `one_of` any is enough."""

    known: tuple[Column, ...]
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.known)

    def places(self, table: Table) -> dict[str, int]:
        """Where each known column stands; unknown, doubled and missing ones are noted."""
        line = table.header.line
        if len(table.header.cells) > MOST_COLUMNS:
            table.spoil(_("has more than %(most)d columns.", most=MOST_COLUMNS), line)
            return {}
        meant = {
            folded(name): column.name
            for column in self.known
            for name in (column.name, *column.aliases)
        }
        at: dict[str, int] = {}
        for index, header in enumerate(table.header.cells):
            name = meant.get(folded(header))
            if name is None and (header or any(row.cells[index : index + 1] for row in table.rows)):
                known = ", ".join(self.names)
                table.spoil(_("unknown column; known are %(known)s.", known=known), line, index)
            elif name in at:
                table.spoil(_("the column %(name)s stands twice.", name=name), line, index)
            elif name is not None:
                at[name] = index
        missing = [name for name in self.required if name not in at]
        if self.one_of and not any(name in at for name in self.one_of):
            missing.append(" / ".join(self.one_of))
        if missing:
            table.spoil(_("columns are missing: %(missing)s.", missing=", ".join(missing)), line)
        return at

    def cells(self, table: Table, at: dict[str, int], row: Row) -> Cells:
        """The row's cells; what cannot stand in any file is noted and reads as empty."""
        cells = Cells(row.line, {})
        for column in self.known:
            if column.name not in at:
                continue
            index = at[column.name]
            text = row.cells[index] if index < len(row.cells) else ""
            if objection := objection_to(text, column):
                table.refuse(objection, row.line, index)
                cells.told.add(column.name)
                text = ""
            cells.texts[column.name] = str(text)
        return cells


def folded(text: str) -> str:
    """A column's name as it is compared: case, blanks, dashes and ё ignored."""
    return re.sub(r"[\W_]+", "", text.casefold().replace("ё", "е"))


def objection_to(text: str, column: Column) -> str | None:
    """Why this cell cannot stand in this column, whatever the row is about; None where it can."""
    if isinstance(text, Failed):
        return _("the spreadsheet holds an error here; mend the formula or type the value.")
    if isinstance(text, Dated) and column.kind is not Kind.DAY:
        return _(
            "the spreadsheet holds a date here (%(text)s); format the cell as text and type it"
            " again.",
            text=text[:20],
        )
    if strange := _strange(text, column.kind):
        return _(
            "the cell holds a character that is not seen (%(code)s); delete it.",
            code=f"U+{ord(strange):04X}",
        )
    if column.kind in {Kind.LINE, Kind.LIST} and text.startswith(FORMULA):
        return _(
            "“%(text)s” begins like a formula; write it without the “%(sign)s” in front.",
            text=shown(text),
            sign=text[0],
        )
    if len(text) > column.longest:
        return _("the cell has more than %(most)d characters.", most=column.longest)
    return None


def _strange(text: str, kind: Kind) -> str | None:
    """The first character that cannot be meant: in one line any that is not seen, in a text of
    several only those that control the device or turn the direction."""
    if text.isascii() and text.isprintable():
        return None
    several = kind in {Kind.TEXT, Kind.LIST}
    for char in text:
        category = unicodedata.category(char)
        if several and char in "\n\r\t":
            continue
        if category in {"Cc", "Cs", "Zl", "Zp"} or char in _TURNS:
            return char
        if category == "Cf" and kind is not Kind.TEXT:
            return char
    return None
