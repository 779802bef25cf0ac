"""CSV in and out."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial

from flask_babel import gettext as _

from . import encodings
from .encodings import Undecodable
from .grid import LONGEST_CELL, Cell, Dialect, Table, Unwritable, shown, take_rows

DELIMITERS = (",", ";", "\t")
_RISKY = tuple("=+-@\t\r\n＝＋－＠")
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)


def read_text(table: Table, data: bytes) -> None:
    """Read the bytes of a CSV file into `table`, with the dialect it was written in."""
    try:
        text, encoding = encodings.decode(data)
    except Undecodable as error:
        if error.line is not None and error.character is not None:
            text = _(
                "character %(character)d: %(text)s", character=error.character, text=error.text
            )
            table.spoil(text, error.line)
        else:
            table.spoil(error.text)
        return
    first_line, delimiter = 1, ""
    if separator := _SEPARATOR_LINE.match(text):
        first_line, delimiter = 2, separator[1]
        text = text[separator.end() :]
    delimiter = delimiter or _sniffed(text)
    table.dialect = Dialect(delimiter, _newline(text), encoding)
    take_rows(table, _records(table, text, delimiter, first_line))


def _records(
    table: Table, text: str, delimiter: str, first_line: int
) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; a malformed one is noted and left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                table.spoil(_("a quotation mark is opened here and never closed."), line)
            elif "field limit" in str(error) or "field larger" in str(error):
                table.spoil(
                    _(
                        "the cell has more than %(most)d characters; is a quotation mark missing?",
                        most=LONGEST_CELL,
                    ),
                    line,
                )
            else:
                table.spoil(
                    _("text follows a closing quotation mark; double the mark inside a cell."),
                    line,
                )
            continue
        yield line, record


def _sniffed(text: str) -> str:
    """The delimiter that makes most cells of the first row that is not blank."""
    text = text.lstrip("\r\n")
    found = {}
    for delimiter in DELIMITERS:
        try:
            found[delimiter] = len(
                next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            )
        except (StopIteration, csv.Error):
            found[delimiter] = 0
    return max(DELIMITERS, key=found.__getitem__)


def _newline(text: str) -> str:
    """What ends a row: a pair wherever there is one, since cells hold single ones in such files."""
    return next((newline for newline in ("\r\n", "\n", "\r") if newline in text), "\r\n")


def text_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]], dialect: Dialect) -> bytes:
    """The CSV file in the given dialect; raises Unwritable for what its encoding has not."""
    lines = [[harmless(cell, dialect.delimiter) for cell in row] for row in (header, *rows)]
    _check_encodable(lines, dialect.encoding.name)
    data = "".join(map(partial(_record, dialect), lines)).encode(dialect.encoding.name)
    return codecs.BOM_UTF8 + data if dialect.encoding.marked else data


def _record(dialect: Dialect, line: list[str]) -> str:
    """One row; the writer is told of both line ends, or it would leave one unquoted in a cell."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=dialect.delimiter, lineterminator="\r\n").writerow(line)
    return out.getvalue().removesuffix("\r\n") + dialect.newline


def _check_encodable(lines: list[list[str]], encoding: str) -> None:
    wrong: dict[str, None] = {}
    for line in lines:
        for cell in line:
            try:
                cell.encode(encoding)
            except UnicodeEncodeError:
                wrong[cell] = None
    if wrong:
        raise Unwritable(
            *(
                _(
                    "“%(text)s” cannot be written in %(encoding)s, the encoding of the requests.",
                    text=shown(cell),
                    encoding="Windows-1251" if encoding == encodings.CYRILLIC else encoding,
                )
                for cell in wrong
            ),
            _(
                "Save the requests as UTF-8, or write the result as .xlsx. %(how)s",
                how=encodings.how_to_save(),
            ),
        )


def harmless(cell: Cell, delimiter: str) -> str:
    """The cell's text, with an apostrophe before what a spreadsheet would take for a formula.

    A number has a decimal comma where cells are separated by semicolons: such files come
    from spreadsheets that would take 12.05 for the twelfth of May.
    """
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_RISKY) else cell
    if isinstance(cell, float) and delimiter == ";":
        return str(cell).replace(".", ",")
    return "" if cell is None else str(cell)
