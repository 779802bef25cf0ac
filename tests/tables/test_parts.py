"""Workbooks that say more than they weigh are refused before they are laid out in memory."""

import re
import zipfile

import pytest

from mobility.i18n import standalone
from mobility.tables import table_of
from mobility.tables.grid import Table
from mobility.tables.imports import LIMITS

from ..archives import SHEET, TEXTS, changed, lying, part, sheet, with_parts, workbook

ROWS = [("code", "name"), ("A1", "Almaty"), ("B2", "Astana")]
GOOD = workbook(ROWS)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'


def read(data: bytes) -> Table:
    with standalone("en"):
        return table_of("file.xlsx", data, LIMITS)


def told(data: bytes) -> str:
    table = read(data)
    assert not table.complete
    assert table.rows == []
    [problem] = table.problems
    return problem.text


def test_plain_workbook_is_read():
    table = read(GOOD)
    assert (table.problems, table.merged) == ([], ())
    assert [row.cells for row in (table.header, *table.rows)] == ROWS


@pytest.mark.parametrize("name", [TEXTS, "xl/media/picture.png", "nested.zip"])
def test_parts_that_unpack_to_too_much_are_refused(name):
    data = with_parts(GOOD, {name: b"\0" * (LIMITS.unpacked + 1)})
    assert len(data) < LIMITS.bytes
    assert told(data) == "is larger than 20 MB when unpacked."


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_parts_packed_in_other_ways_are_refused(packed):
    assert "packed in a way that workbooks are not" in told(with_parts(GOOD, {}, packed=packed))


def test_part_longer_than_the_archive_says_is_never_unpacked_whole():
    bomb = with_parts(GOOD, {TEXTS: part(GOOD, TEXTS) + b" " * 30_000_000})
    assert told(bomb) == "is larger than 20 MB when unpacked."
    data = lying(bomb, TEXTS, len(part(GOOD, TEXTS)))
    assert [row.cells for row in read(data).rows] == ROWS[1:]


def test_archive_of_very_many_parts_is_refused():
    many = {f"xl/media/{number}.xml": b"<x/>" for number in range(2_001)}
    assert told(with_parts(GOOD, many)) == "holds more than 2000 parts."


def test_part_that_stands_twice_is_refused():
    assert "a part stands twice" in told(with_parts(GOOD, {SHEET.upper(): part(GOOD, SHEET)}))


@pytest.mark.parametrize("name", [SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml"])
def test_document_types_are_refused(name):
    data = changed(GOOD, name, b"?>", b"?>" + DOCTYPE)
    assert "a document type is declared" in told(data)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c><v>1</v></c></row><row r="1048576">' + b"<c><v>1</v></c>" * 99 + b"</row>",
        b'<row r="1048576"><c r="A1"><v>1</v></c>' + b"<c><v>1</v></c>" * 99 + b"</row>",
        b'<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c ' + b" " * 99_999 + b'r="XFD1048576"><v>1</v></c></row>',
    ],
    ids=["far cell", "cells without a place", "two places", "sign in a value", "long tag"],
)
def test_far_cells_are_refused(rows):
    assert "the sheet is too large to read" in told(with_parts(GOOD, {SHEET: sheet(rows)}))


def test_long_text_that_many_cells_refer_to_is_counted_each_time():
    texts = part(GOOD, TEXTS).replace(b"Almaty", b"a" * 1_000_000)
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>3</v></c></row>' % (n, n) for n in range(1, 30)
    )
    data = with_parts(GOOD, {TEXTS: texts, SHEET: sheet(cells)})
    assert told(data) == "is larger than 20 MB when unpacked."


def test_second_list_of_texts_is_refused():
    data = with_parts(GOOD, {"xl/other.xml": part(GOOD, TEXTS)})
    assert "the texts of the cells stand twice" in told(data)


@pytest.mark.parametrize("reference", [b"A0x", b"5", b"", b"\xd1\x91", b"AAAAAAAA1"])
def test_cell_without_a_known_place_is_refused(reference):
    rows = b'<row r="1"><c r="' + reference + b'"><v>1</v></c></row>'
    assert told(with_parts(GOOD, {SHEET: sheet(rows)})).startswith("is damaged (")


def test_merged_cells_are_named():
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    assert read(changed(GOOD, SHEET, b"</sheetData>", merged)).merged == ("A2:A3",)


def test_macros_and_outer_links_are_left_unread():
    data = with_parts(
        GOOD, {"xl/vbaProject.bin": b"\xd0\xcf", "xl/externalLinks/externalLink1.xml": b"<x/>"}
    )
    assert [row.cells for row in read(data).rows] == ROWS[1:]


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize(
    "data",
    [
        GOOD[:500],
        with_parts(GOOD, {SHEET.upper(): part(GOOD, SHEET)}),
        changed(GOOD, SHEET, b"?>", b"?>" + DOCTYPE),
        with_parts(GOOD, {SHEET: b"<worksheet>"}),
    ],
    ids=["cut short", "part twice", "document type", "not well-formed"],
)
def test_a_damaged_workbook_is_told_of_in_one_language(language, data):
    with standalone(language):
        [problem] = table_of("file.xlsx", data, LIMITS).problems
    assert not re.search("[A-Za-z]", problem.text.replace("Excel", ""))
