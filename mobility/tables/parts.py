"""The parts of a workbook, looked through before anything is laid out in memory.

A workbook is a ZIP archive of XML parts, and can say much more than it weighs: parts that unpack to
a thousand times their size, entities that unfold, one cell in the last row and column, one long
text that every cell refers to. All of it is counted here, in one pass and little memory.
"""

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ParserCreate

from flask_babel import gettext as _

from .grid import Limits, letters

MOST_PARTS = 2_000
_CHUNK = 1 << 16
_XML = (".xml", ".rels")
_BOOK, _BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


class TooLarge(Exception):
    """A workbook says more than is read; the text is for the person who sent it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Odd(ValueError):
    """A workbook holds what no program writes; the text is for the person who sent it."""


def plain_parts(data: bytes, limits: Limits) -> io.BytesIO:
    """The XML parts of a workbook alone, not compressed: no macros, pictures or archives within.

    Raises TooLarge, zipfile.BadZipFile for what is no workbook, ExpatError for a part that is not
    well-formed, Odd for one that declares a document type. What comes back is at most
    `limits.unpacked` bytes and a name for each part.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise TooLarge(_("holds more than %(most)d parts.", most=MOST_PARTS))
        if sum(part.file_size for part in parts) > limits.unpacked:
            raise TooLarge(
                _(
                    "is larger than %(most)d MB when unpacked.",
                    most=limits.unpacked // 1_000_000,
                )
            )
        if len({part.filename.lower() for part in parts}) < len(parts):
            raise Odd(_("a part stands twice"))
        with zipfile.ZipFile(out, "w") as plain:
            for part in parts:
                if part.filename.lower().endswith(_XML):
                    content = _unpacked(archive, part)
                    _parse([content])
                    plain.writestr(part.filename, content)
    out.seek(0)
    return out


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """No more bytes than the archive says, which were counted; only the ways of packing that a
    workbook may use, since others unpack in one piece."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Odd(_("a part is packed in a way that workbooks are not"))
    with archive.open(part) as stream:
        return stream.read()


@dataclass
class Survey:
    """What was seen of a sheet: error cells (line from 1, column from 0) and merged ranges."""

    failed: dict[tuple[int, int], None] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)


def survey_sheet(plain: io.BytesIO, sheet: str, limits: Limits) -> Survey:
    """Look through the sheet of this name; raises TooLarge, ExpatError or LookupError.

    O(bytes), with a number for each shared text.
    """
    with zipfile.ZipFile(plain) as archive:
        look = _Look(limits, _lengths_of_shared_texts(archive))
        _read(archive, _part_of(archive, sheet), look.start, look.end, look.text)
    return look.survey


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _no_document_type(*_arguments: object) -> None:
    raise Odd(_("a document type is declared"))


def _read(archive: zipfile.ZipFile, name: str, *handlers: Any) -> None:
    with archive.open(name) as part:
        _parse(iter(lambda: part.read(_CHUNK), b""), *handlers)


def _parse(
    chunks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _lengths_of_shared_texts(archive: zipfile.ZipFile) -> list[int]:
    """How long each text is that cells refer to by number, whatever the part is called."""
    lists = []
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/") and (lengths := _lengths(archive, name)):
            lists.append(lengths)
    if len(lists) > 1:
        raise Odd(_("the texts of the cells stand twice"))
    return lists[0] if lists else []


def _lengths(archive: zipfile.ZipFile, name: str) -> list[int]:
    lengths: list[int] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if _local(tag) == "si":
            lengths.append(0)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)

    _read(archive, name, start, None, text)
    return lengths


class _Look:
    """Goes through a sheet as calamine does: a cell without a place stands behind the last one."""

    def __init__(self, limits: Limits, lengths: list[int]) -> None:
        self.limits, self.lengths = limits, lengths
        self.survey = Survey()
        self.line = self.column = 0
        self.lines = self.columns = self.characters = 0
        self._shared = self._value = False
        self._index = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "c":
            self._cell(attributes)
        elif local == "v":
            self._value, self._index = self._shared, ""
        elif local == "row":
            self.line = int(attributes["r"]) if "r" in attributes else self.line + 1
            self.column = 0
        elif local == "mergeCell":
            self.survey.merged.append(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        if self._value and _local(tag) == "v":
            self._value = False
            number = int(self._index)
            self._count(self.lengths[number] if 0 <= number < len(self.lengths) else 0)

    def text(self, characters: str) -> None:
        if self._value:
            self._index += characters

    def _cell(self, attributes: dict[str, str]) -> None:
        line, column = max(self.line, 1), self.column
        if "r" in attributes:
            line, column = _place(attributes["r"])
        self.column = column + 1
        self.lines = max(self.lines, self.line, line)
        self.columns = max(self.columns, column + 1)
        if self.lines * self.columns > self.limits.cells:
            raise TooLarge(
                _(
                    "with the cell %(cell)s the sheet is too large to read; delete what"
                    " does not belong to the table.",
                    cell=attributes.get("r", f"{letters(column)}{line}"),
                )
            )
        kind = attributes.get("t")
        self._shared = kind == "s"
        if kind == "e":
            self.survey.failed[line, column] = None

    def _count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > self.limits.unpacked:
            raise TooLarge(
                _(
                    "is larger than %(most)d MB when unpacked.",
                    most=self.limits.unpacked // 1_000_000,
                )
            )


def _place(reference: str) -> tuple[int, int]:
    """ "B3" → (3, 1): the line from 1, the column from 0."""
    name = reference.rstrip("0123456789")
    number = 0
    for letter in name.upper():
        if not "A" <= letter <= "Z":
            raise Odd(_("no cell is called “%(name)s”", name=reference[:20]))
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= 1 << 20:
        raise Odd(_("no cell is called “%(name)s”", name=reference[:20]))
    return int(reference[len(name) :]), number - 1


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    targets = {
        attributes["Id"]: attributes["Target"]
        for tag, attributes in _elements(archive, _BOOK_RELATIONS)
        if tag == "Relationship"
    }
    for tag, attributes in _elements(archive, _BOOK):
        if tag == "sheet" and attributes["name"] == sheet:
            key = next(key for key in attributes if key == "id" or key.endswith(":id"))
            target = targets[attributes[key]]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            wanted = posixpath.normpath(path).lower()
            return next(name for name in archive.namelist() if name.lower() == wanted)
    raise KeyError(sheet)


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    _read(archive, name, lambda tag, attributes: found.append((_local(tag), attributes)))
    return iter(found)
