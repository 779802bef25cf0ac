"""A table as it was read from a file, with what is wrong in it and where."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from .encodings import Encoding

MOST_BYTES = 200_000_000
MOST_ROWS = 200_000
MOST_CELLS = 10_000_000
LONGEST_CELL = 10_000


Cell = str | int | float | None


@dataclass(frozen=True)
class Limits:
    """How much of one file is read: its bytes, those of a workbook unpacked, rows and cells."""

    bytes: int
    unpacked: int
    rows: int
    cells: int


def widest() -> Limits:
    """The limits of files on one's own machine."""
    return Limits(MOST_BYTES, MOST_BYTES, MOST_ROWS, MOST_CELLS)


class Dated(str):
    """A cell that a spreadsheet holds as a date or time, as its ISO text."""


class Failed(str):
    """A cell that a spreadsheet holds as an error, as its text: "#N/A"."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file; `column` counts from 0, `line` from 1, 0 where it is the file."""

    file: str
    line: int
    column: int
    text: str
    header: str = ""
    in_workbook: bool = False

    def __str__(self) -> str:
        """ "requests.csv, line 5, column D “choice_1”: …" in the reader's language."""
        where = {"file": self.file, "line": self.line, "text": self.text}
        if not self.line:
            return _("%(file)s: %(text)s", **where)
        if self.column < 0:
            if self.in_workbook:
                return _("%(file)s, row %(line)d: %(text)s", **where)
            return _("%(file)s, line %(line)d: %(text)s", **where)
        where |= {"letters": letters(self.column), "header": shown(self.header)}
        if self.in_workbook:
            return _("%(file)s, row %(line)d, column %(letters)s “%(header)s”: %(text)s", **where)
        return _("%(file)s, line %(line)d, column %(letters)s “%(header)s”: %(text)s", **where)


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    delimiter: str = ","
    newline: str = "\r\n"
    encoding: Encoding = field(default_factory=lambda: Encoding(marked=True))


@dataclass(frozen=True)
class Row:
    """The cells of one row as trimmed text, and the line of the file on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass
class Table:
    """What was read of one file. `complete` is false where rows could not be read.

    `dialect` is None for a workbook, `sheets_left` names the sheets that were not read, `merged`
    the ranges of cells that are shown as one: all but the first of such a range are empty.
    """

    file: str
    header: Row = Row(1, ())
    rows: list[Row] = field(default_factory=list)
    dialect: Dialect | None = None
    in_workbook: bool = False
    complete: bool = True
    problems: list[Problem] = field(default_factory=list)
    sheets_left: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    limits: Limits = field(default_factory=widest)

    def refuse(self, text: str, line: int = 0, column: int = -1) -> None:
        """Note a problem; with `line` and `column` where it is in one place."""
        cells = self.header.cells
        header = cells[column] if 0 <= column < len(cells) else ""
        self.problems.append(Problem(self.file, line, column, text, header, self.in_workbook))

    def spoil(self, text: str, line: int = 0, column: int = -1) -> None:
        """Note a problem because of which rows are missing."""
        self.complete = False
        self.refuse(text, line, column)


class Unwritable(Exception):
    """A table could not be written; nothing has changed. One sentence for each reason."""

    def __init__(self, *texts: str) -> None:
        super().__init__("\n".join(texts))
        self.texts = texts


def take_rows(table: Table, records: Iterator[tuple[int, Sequence[str]]]) -> None:
    """Fill the header and the rows from (line, cells), leaving out blank ones."""
    for line, raw in records:
        cells = tuple(cell if isinstance(cell, Dated | Failed) else clean(cell) for cell in raw)
        if not any(cells):
            continue
        if not table.header.cells:
            table.header = Row(line, cells)
            continue
        if len(table.rows) == table.limits.rows:
            table.spoil(_("holds more than %(most)d rows.", most=table.limits.rows))
            return
        row = Row(line, cells)
        _check_shape(table, row)
        table.rows.append(row)
    if not table.header.cells:
        table.spoil(_("is empty; the first line has to hold the column names."))


def _check_shape(table: Table, row: Row) -> None:
    width = len(table.header.cells)
    if any(row.cells[width:]):
        last = max(index for index, cell in enumerate(row.cells) if cell)
        table.refuse(
            _(
                "the row has %(cells)d cells, the header %(width)d; put quotation marks around a"
                " cell that holds the separator.",
                cells=last + 1,
                width=width,
            ),
            row.line,
        )
    for column, cell in enumerate(row.cells):
        if len(cell) > LONGEST_CELL:
            table.refuse(
                _(
                    "the cell has more than %(most)d characters; is a quotation mark missing?",
                    most=LONGEST_CELL,
                ),
                row.line,
                column,
            )


def clean(text: str) -> str:
    """Trimmed, and composed where a letter was written as two characters (й as и and a breve)."""
    return unicodedata.normalize("NFC", text.replace("\ufeff", "")).strip()


def shown(text: str) -> str:
    """A value as part of a message: one line, nothing that steers a terminal, not too long."""
    plain = "".join(char if char.isprintable() else "·" for char in text)
    return plain if len(plain) <= 60 else f"{plain[:59]}…"


def letters(column: int) -> str:
    """How a spreadsheet names a column that counts from 0: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
