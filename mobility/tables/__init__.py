"""Tables of a spreadsheet as files: CSV and XLSX in, the same out, in one step or not at all."""

import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flask_babel import gettext as _

from .grid import MOST_BYTES, Cell, Dialect, Limits, Table, Unwritable, widest
from .texts import read_text, text_bytes
from .workbooks import read_workbook, workbook_bytes

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDING = ".xlsx"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_table(path: Path) -> Table:
    """Read a CSV or XLSX file by its ending; what is wrong stands in `problems`."""
    if path.suffix.lower() not in (*TEXT_ENDINGS, WORKBOOK_ENDING):
        return table_of(path.name, b"")
    table = Table(path.name)
    try:
        if path.is_dir():
            table.spoil(_("is a folder, not a file."))
        elif path.stat().st_size > MOST_BYTES:
            table.spoil(_("is larger than %(most)d MB.", most=MOST_BYTES // 1_000_000))
        else:
            return table_of(path.name, path.read_bytes())
    except FileNotFoundError:
        table.spoil(_("there is no such file."))
    except OSError as error:
        table.spoil(_("could not be read (%(reason)s).", reason=error.strerror))
    return table


def table_of(name: str, data: bytes, limits: Limits | None = None) -> Table:
    """Read the bytes of a file called `name`; what is wrong stands in `problems`."""
    table = Table(name, limits=limits or widest())
    ending = Path(name).suffix.lower()
    if ending not in (*TEXT_ENDINGS, WORKBOOK_ENDING):
        table.spoil(_("is neither .csv nor .xlsx; save it as one of these."))
    elif not data:
        table.spoil(_("is empty; the first line has to hold the column names."))
    elif len(data) > table.limits.bytes:
        table.spoil(_("is larger than %(most)d MB.", most=table.limits.bytes // 1_000_000))
    else:
        _read_bytes(table, data, ending)
    return table


def _read_bytes(table: Table, data: bytes, ending: str) -> None:
    if data.startswith(_OLE):
        table.spoil(_("is an old or password-protected workbook; save it as .xlsx, no password."))
    elif ending == WORKBOOK_ENDING:
        if not data.startswith(_ZIP):
            table.spoil(_("is not an XLSX workbook, though its name says so."))
            return
        table.in_workbook = True
        read_workbook(table, data)
    elif data.startswith(_ZIP):
        table.spoil(_("is a workbook with the name of a text file; let it end in .xlsx."))
    else:
        read_text(table, data)


def write_table(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[Cell]], dialect: Dialect
) -> None:
    """Write a CSV or XLSX file by its ending; raises Unwritable and then has changed nothing.

    What begins like a formula is made harmless: in CSV an apostrophe stands before it, in
    XLSX it is typed as text.
    """
    if path.suffix.lower() == WORKBOOK_ENDING:
        data = workbook_bytes(header, rows)
    else:
        data = text_bytes(header, rows, dialect)
    _replace_file(path, data)


def refuse_target(path: Path, *inputs: Path) -> list[str]:
    """Why nothing could be written to `path`, before any work is done; empty if it can."""
    texts = []
    if path.suffix.lower() not in (*TEXT_ENDINGS, WORKBOOK_ENDING):
        texts.append(_("%(file)s: the result is written as .csv or .xlsx.", file=path.name))
    if os.path.isdir(path):  # unlike Path.is_dir, False for what cannot be reached
        texts.append(_("%(file)s: is a folder, not a file.", file=path.name))
    elif not os.path.isdir(path.absolute().parent):
        texts.append(
            _("%(file)s: there is no folder %(folder)s.", file=path.name, folder=path.parent)
        )
    elif any(_are_one_file(path, other) for other in inputs):
        texts.append(_("%(file)s: is read here; write the result elsewhere.", file=path.name))
    return texts


def _are_one_file(path: Path, other: Path) -> bool:
    """False also where one is not there or not reachable: reading or writing it will say so."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def _replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file in one step, so that a reader sees the old or the new."""
    target = Path(os.path.realpath(path))  # unlike Path.resolve, takes a link to itself
    spare = target.with_name(f".sapar-{secrets.token_hex(8)}")  # short: a name has its limit
    try:
        with spare.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            spare.chmod(stat.S_IMODE(target.stat().st_mode))
        spare.replace(target)
    except OSError as error:
        raise Unwritable(
            _(
                "%(file)s could not be written (%(reason)s); close it in other programs.",
                file=path.name,
                reason=error.strerror,
            )
        ) from error
    finally:
        with suppress(OSError):  # it was never made, or took the place of the file
            spare.unlink()
