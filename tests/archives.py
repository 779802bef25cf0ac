"""Workbooks whose parts say something else than a spreadsheet would write."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from mobility.tables.workbooks import workbook_bytes

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    return workbook_bytes(rows[0], rows[1:])


def with_parts(
    data: bytes, parts: Mapping[str, bytes | None], *, packed: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The same workbook with these parts instead of, or beside, its own; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", packed) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, content in {**kept, **parts}.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one place of one part written anew; the place has to be there."""
    content = part(data, name)
    assert old in content
    return with_parts(data, {name: content.replace(old, new, 1)})


def sheet(rows: bytes) -> bytes:
    """A sheet's part with these rows."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + space + b'"><sheetData>'
        b"" + rows + b"</sheetData></worksheet>"
    )


def lying(data: bytes, name: str, size: int) -> bytes:
    """The workbook whose archive says that a part is only `size` bytes long, and means it."""
    import zlib

    content = part(data, name)
    true, said = len(content), size
    crc, said_crc = zlib.crc32(content), zlib.crc32(content[:size])
    for number, other in ((true, said), (crc, said_crc)):
        data = data.replace(number.to_bytes(4, "little"), other.to_bytes(4, "little"))
    return data
