"""What every import refuses, whatever it imports, and how its plan is told from another."""

import pytest

from mobility.errors import Conflict
from mobility.i18n import standalone
from mobility.tables.columns import Column, Columns, Kind, folded
from mobility.tables.imports import Entry, Importer

from ..archives import SHEET, changed, workbook


class Courses(Importer):
    columns = Columns(
        (
            Column("code", ("шифр",), longest=5),
            Column("teachers", kind=Kind.LIST),
            Column("text", kind=Kind.TEXT),
            Column("seats", kind=Kind.NUMBER),
            Column("day", kind=Kind.DAY),
        ),
        required=("code",),
    )
    known: dict = {}  # noqa: RUF012 (each test puts its own)

    def prepare(self, rows):
        self.prepared = len(rows)

    def entry(self, cells):
        self.once(cells, "code", cells["code"])
        if not cells["code"]:
            self.refuse(cells, "code", "is missing")
        present = self.known.get(cells["code"])
        return Entry(cells.line, cells["code"], cells["code"], present, dict(cells), None)


def plan(text, *, name="courses.csv", known=()):
    with standalone("en"):
        importer = Courses()
        importer.known = dict(known)
        data = text if isinstance(text, bytes) else text.encode()
        planned = importer.plan(name, data)
        planned.told = [str(problem) for problem in planned.table.problems]
    return planned


def test_rows_become_entries_by_the_names_of_columns():
    planned = plan("Seats;ШИФР\n-3;A1\n;B2\n")
    assert planned.told == []
    assert [entry.after for entry in planned.entries] == [
        {"code": "A1", "seats": "-3"},
        {"code": "B2", "seats": ""},
    ]
    assert [entry.line for entry in planned.entries] == [2, 3]


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("code", "=A1+B2", "“=A1+B2” begins like a formula; write it without the “=” in front."),
        ("code", "+7", "“+7” begins like a formula; write it without the “+” in front."),
        ("teachers", "-x", "“-x” begins like a formula; write it without the “-” in front."),
        ("code", "@sum", "“@sum” begins like a formula; write it without the “@” in front."),
        ("code", "＝1", "“＝1” begins like a formula; write it without the “＝” in front."),
        ("code", "A\u202e1", "the cell holds a character that is not seen (U+202E); delete it."),
        ("code", "A\u200b1", "the cell holds a character that is not seen (U+200B); delete it."),
        ("code", "A\n1", "the cell holds a character that is not seen (U+000A); delete it."),
        ("text", "A\u202e1", "the cell holds a character that is not seen (U+202E); delete it."),
        ("text", "A\x1b[31m", "the cell holds a character that is not seen (U+001B); delete it."),
        ("code", "A12345", "the cell has more than 5 characters."),
        ("text", "a" * 201, "the cell has more than 200 characters."),
    ],
)
def test_cells_that_cannot_be_meant_are_refused_once(column, cell, told):
    quoted = '"' + cell + '"'
    text = f"{column}\n{quoted}\n" if column == "code" else f"code,{column}\nA1,{quoted}\n"
    [problem] = plan(text).told
    assert problem.endswith(told)
    assert problem.startswith("courses.csv, line 2, column ")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("text", "- one\n- two"),
        ("text", "=1"),
        ("text", "soft\u00adhyphen"),
        ("seats", "-1"),
        ("teachers", "A\nB"),
        ("code", "Ә—»1"),
        ("day", "2027-01-01"),
    ],
)
def test_cells_that_can_be_meant_are_kept_as_they_stand(column, cell):
    header = column if column == "code" else f"code,{column}"
    row = f'"{cell}"' if column == "code" else f'A1,"{cell}"'
    planned = plan(f"{header}\n{row}\n")
    assert planned.told == []
    assert planned.entries[0].after[column] == cell


def test_every_error_stands_in_the_order_of_the_file():
    planned = plan('code,seats,teachers\nA1,1,=1\n,2,@x\nA1,3,"a\u200bb"\n')
    assert [text.split(": ")[0] for text in planned.told] == [
        "courses.csv, line 2, column C “teachers”",
        "courses.csv, line 3, column A “code”",
        "courses.csv, line 3, column C “teachers”",
        "courses.csv, line 4, column A “code”",
        "courses.csv, line 4, column C “teachers”",
    ]
    assert planned.entries == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seats\n1\n", "line 1: columns are missing: code."),
        ("code,rector\nA,B\n", "line 1, column B “rector”: unknown column; known are code,"),
        ("code,шифр\nA,B\n", "column B “шифр”: the column code stands twice."),
        ("code\n", "line 1: holds column names only, no rows."),
        (",".join(["code", *["x"] * 100]) + "\nA\n", "line 1: has more than 100 columns."),
        ("code\n" + "A\n" * 1_001, "courses.csv: holds more than 1000 rows."),
        ("code\n" + "\n" * 1_000_000, "courses.csv: is larger than 1 MB."),
    ],
)
def test_file_as_a_whole_is_refused_in_one_sentence(text, told):
    planned = plan(text)
    assert len(planned.told) == 1
    assert told in planned.told[0]
    assert planned.entries == []


def test_merged_cells_and_errors_of_a_workbook_are_refused():
    rows = [("code", "day"), ("A1", "x"), ("B2", "y")]
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    data = changed(workbook(rows), SHEET, b"</sheetData>", merged)
    told = plan(data, name="courses.xlsx").told
    assert told == ["courses.xlsx: the cells B2:B3 are merged; split them and fill each one."]
    number = workbook([("code",), (1,)])
    failed = changed(number, SHEET, b'<c r="A2"><v>1</v>', b'<c r="A2" t="e"><v>#N/A</v>')
    [told] = plan(failed, name="courses.xlsx").told
    assert "the spreadsheet holds an error here" in told


def test_digest_follows_what_stands_and_what_would_stand():
    text = "code,seats\nA1,3\n"
    first = plan(text)
    assert first.digest == plan("seats;code\n3;A1\n").digest
    others = [
        plan("code,seats\nA1,4\n"),
        plan(text, known={"A1": {"code": "A1", "seats": "3"}}),
        plan(text, known={"A1": {"code": "A1", "seats": "2"}}),
    ]
    assert len({one.digest for one in (first, *others)}) == 4
    assert [(len(one.new), len(one.changed), one.same) for one in (first, *others)] == [
        (1, 0, 0),
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]
    first.confirm(first.digest)
    with standalone("en"), pytest.raises(Conflict, match="has changed since the preview"):
        others[0].confirm(first.digest)
    with standalone("en"), pytest.raises(Conflict):
        plan("code\n=1\n").confirm(plan("code\n=1\n").digest)


def test_names_of_columns_are_folded():
    assert folded("Язык — Ёлки_1") == folded("языкелки1")
