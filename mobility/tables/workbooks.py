"""XLSX in and out."""

import datetime
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.parsers.expat import ExpatError

from flask_babel import gettext as _

from .. import clock
from .grid import Cell, Dated, Failed, Table, take_rows
from .parts import Odd, TooLarge, plain_parts, survey_sheet


def read_workbook(table: Table, data: bytes) -> None:
    """Read the first visible sheet of the workbook `data` into `table`.

    The parts are looked through first (see parts.Survey): calamine lays out the whole rectangle up
    to the last cell in memory, writes a text out for each cell that refers to it, and gives an
    error cell (#N/A) as an empty one. It then reads those parts and nothing else.
    """
    from python_calamine import (  # only who reads a workbook pays for it
        CalamineError,
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        plain = plain_parts(data, table.limits)
        with CalamineWorkbook.from_filelike(plain) as workbook:
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
            survey = survey_sheet(plain, sheets[0], table.limits)
            table.merged = tuple(survey.merged)
            rows = workbook.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
    except TooLarge as error:
        table.spoil(error.text)
        return
    except (
        CalamineError,
        zipfile.BadZipFile,
        ExpatError,
        LookupError,
        EOFError,
        ValueError,
        OSError,
        RuntimeError,
        StopIteration,
        zlib.error,
    ) as error:
        # what libraries say is English
        why = str(error) if isinstance(error, Odd) else _("its parts cannot be read")
        table.spoil(_("is damaged (%(error)s); open it in Excel and save it anew.", error=why))
        return
    take_rows(table, _as_text(rows, survey.failed))


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


def workbook_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet, its header frozen and bold; text is text, numbers are numbers."""
    import xlsxwriter  # only who writes a workbook pays for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": clock.now()})
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


def write_workbook(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """The same into an open file, a row in memory at a time; how many rows there were."""
    import xlsxwriter  # only who writes a workbook pays for it

    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    book.set_properties({"created": clock.now()})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    sheet.set_column(0, len(header) - 1, 20)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
    line = 0
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell)
    book.close()
    return line
