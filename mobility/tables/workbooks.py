"""XLSX in and out."""

import datetime
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from .grid import MOST_BYTES, MOST_CELLS, Cell, Dated, Failed, Table, take_rows

_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
_AT = re.compile(rb"""\br=["']([A-Za-z]+)([0-9]+)["']""")
_ERROR_TYPE = re.compile(rb"""\bt=["']e["']""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"""([\w:]+)=["']([^"']*)["']""")
_CHUNK = 1 << 20
_LONGEST_TAG = 4096


def read_workbook(table: Table, data: bytes) -> None:
    """Read the first visible sheet of the workbook `data` into `table`.

    The parts are looked through first: calamine lays out the whole rectangle up to the
    last cell in memory, and gives an error cell (#N/A) as an empty one.
    """
    from python_calamine import (  # only who reads a workbook pays for it
        CalamineError,
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                table.spoil(
                    _("is larger than %(most)d MB when unpacked.", most=MOST_BYTES // 1_000_000)
                )
                return
            with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
                sheets = [
                    sheet.name
                    for sheet in workbook.sheets_metadata
                    if sheet.typ == SheetTypeEnum.WorkSheet
                    and sheet.visible == SheetVisibleEnum.Visible
                ]
                if not sheets:
                    table.spoil(_("has no visible sheet."))
                    return
                table.sheets_left = tuple(sheets[1:])
                failed = _survey(table, archive, sheets[0])
                if failed is None:
                    return
                rows = workbook.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
    except (
        CalamineError,
        zipfile.BadZipFile,
        LookupError,
        EOFError,
        ValueError,
        OSError,
        RuntimeError,
        StopIteration,
        zlib.error,
    ) as error:
        table.spoil(_("is damaged (%(error)s); open it in Excel and save it anew.", error=error))
        return
    take_rows(table, _as_text(rows, failed))


def _as_text(
    rows: Sequence[Sequence[object]], failed: dict[tuple[int, int], None]
) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(rows, 1):
        texts = [cell_text(value) for value in row]
        for column in range(len(texts)):
            if (line, column) in failed:
                texts[column] = Failed("#")
        yield line, texts


def cell_text(value: object) -> str:
    """What a person sees who typed it: 101 for the number 101.0, 87.35 for 87.35000000000001."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format(value, ".15g") if abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return Dated(value)
    return str(value)


def _survey(
    table: Table, archive: zipfile.ZipFile, sheet: str
) -> dict[tuple[int, int], None] | None:
    """The error cells (line from 1, column from 0) of the sheet; None if it is too large."""
    failed: dict[tuple[int, int], None] = {}
    lines = columns = 0
    with archive.open(_part_of(archive, sheet)) as part:
        rest = b""
        while chunk := part.read(_CHUNK):
            text = rest + chunk
            end = 0
            for tag in _CELL.finditer(text):
                end = tag.end()
                at = _AT.search(tag[0])
                if at is None:
                    continue
                line, column = int(at[2]), _number(at[1])
                lines, columns = max(lines, line), max(columns, column + 1)
                if lines * columns > MOST_CELLS:
                    table.spoil(
                        _(
                            "with the cell %(cell)s the sheet is too large to read; delete what"
                            " does not belong to the table.",
                            cell=(at[1] + at[2]).decode(),
                        )
                    )
                    return None
                if _ERROR_TYPE.search(tag[0]):
                    failed[line, column] = None
            rest = text[max(end, len(text) - _LONGEST_TAG) :]
    return failed


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    book = archive.read("xl/workbook.xml").decode("utf-8")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8")
    targets = {}
    for tag in _RELATION.findall(relations):
        attributes = dict(_ATTRIBUTE.findall(tag))
        targets[attributes["Id"]] = attributes["Target"]
    for tag in _SHEET.findall(book):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if html.unescape(attributes["name"]) == sheet:
            key = next(key for key in attributes if key == "id" or key.endswith(":id"))
            target = targets[attributes[key]]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return next(name for name in archive.namelist() if name.lower() == path.lower())
    raise KeyError(sheet)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def workbook_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet, its header frozen and bold; text is text, numbers are numbers."""
    import xlsxwriter  # only who writes a workbook pays for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
        widest = max([len(name), *(len(str(row[column])) for row in rows if row[column])])
        sheet.set_column(column, column, min(widest + 2, 50))
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell)
    book.close()
    return out.getvalue()
