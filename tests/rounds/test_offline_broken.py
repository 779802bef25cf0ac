"""Broken files: every error at once, exit code 2, nothing written, an old result untouched."""

import datetime
import io
import os
import zipfile
from dataclasses import dataclass

import pytest
from flask_babel import gettext as _

from mobility.i18n import standalone
from mobility.tables import grid

from .offline_files import PLACES, REQUESTS, match, save, save_workbook
from .offline_files import grid as cells

HOW = "In Excel choose File, Save As, “CSV UTF-8 (Comma delimited)”, or save it as .xlsx."
KAZAKH = "өтініш беруші;балл;1-таңдау\nӘсел;90;A1\n"


@dataclass
class Case:
    """What stands in the files, and each line that has to come out but the last."""

    errors: list[str]
    places: object = PLACES
    requests: object = REQUESTS
    places_name: str = "places.csv"
    requests_name: str = "requests.csv"


def date_cell(book, sheet, line, column):
    sheet.write_datetime(
        line, column, datetime.date(2026, 5, 12), book.add_format({"num_format": "dd.mm.yyyy"})
    )


def error_cell(book, sheet, line, column):
    sheet.write_formula(line, column, "=NA()", None, "#N/A")


def far_cell(book, sheet, line, column):
    sheet.write(line, column, "p1")
    sheet.write(1_048_575, 16_383, "forgotten")


def misplaced(reference: str) -> bytes:
    """A workbook whose one row claims that its merit stands in another cell."""
    whole, out = io.BytesIO(), io.BytesIO()
    save_workbook(whole, [*cells("applicant,merit,choice_1"), ["p1", 90, "A1"]])
    with zipfile.ZipFile(whole) as book, zipfile.ZipFile(out, "w") as edited:
        for name in book.namelist():
            edited.writestr(name, book.read(name).replace(b'"B2"', f'"{reference}"'.encode()))
    return out.getvalue()


def bomb() -> bytes:
    """A workbook of some kilobytes that would unpack to more than is read."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _chunk in range(grid.MOST_BYTES // 10_000_000 + 1):
            part.write(b" " * 10_000_000)
    return out.getvalue()


CASES = {
    "unknown place": Case(
        requests="applicant,merit,choice_1,choice_2\np1,90,A1,C3\np2,80,a-1,В2\n",
        errors=[
            "requests.csv, line 2, column D “choice_2”: there is no place “C3”.",
            "requests.csv, line 3, column C “choice_1”: there is no place “a-1”; is “A1” meant?",
            "requests.csv, line 3, column D “choice_2”: there is no place “В2”; is “B2” meant?",
        ],
    ),
    "same place twice": Case(
        requests="applicant,merit,Choice 1,2nd choice\np1,90,A1,A1\n",
        errors=[
            "requests.csv, line 2, column D “2nd choice”: “A1” is chosen already in “Choice 1”.",
        ],
    ),
    "seats": Case(
        places="code,institution,title,seats\nA1,U,t,-1\nB2,U,t,2.5\nC3,U,t,\nD4,U,t,two\n"
        "E5,U,t,99999999999999999999\n",
        requests="applicant,merit,choice_1\np1,90,A1\n",
        errors=[
            "places.csv, line 2, column D “seats”: “-1” is not a whole number of seats, 0 or more.",
            "places.csv, line 3, column D “seats”:"
            " “2.5” is not a whole number of seats, 0 or more.",
            "places.csv, line 4, column D “seats”:"
            " the number of seats is missing; write 0 for none.",
            "places.csv, line 5, column D “seats”:"
            " “two” is not a whole number of seats, 0 or more.",
            "places.csv, line 6, column D “seats”: more than 1000000 seats cannot be meant.",
        ],
    ),
    "duplicates": Case(
        places=PLACES + "A1,Uni,Lab,3\n",
        requests=REQUESTS + "\np1,70,A1,\n",
        errors=[
            "places.csv, line 4, column A “code”: “A1” stands in line 2 already.",
            "requests.csv, line 5, column A “applicant”: “p1” stands in line 2 already.",
        ],
    ),
    "gap in the ranks": Case(
        requests="applicant,merit,choice_1,choice_2,choice_3\np1,90,A1,,B2\np2,80,,,A1\n",
        errors=[
            "requests.csv, line 2, column D “choice_2”:"
            " the choice is empty but “choice_3” is not; move the later ones up.",
            "requests.csv, line 3, column C “choice_1”:"
            " the choice is empty but “choice_3” is not; move the later ones up.",
            "requests.csv, line 3, column D “choice_2”:"
            " the choice is empty but “choice_3” is not; move the later ones up.",
        ],
    ),
    "merit": Case(
        requests="applicant,merit,choice_1\np1,101,A1\np2,-1,A1\np3,,A1\np4,nan,A1\n"
        'p5,87.125,A1\np6,"87,5",A1\np7,1e1,A1\n',
        errors=[
            "requests.csv, line 2, column B “merit”: “101” is not a number from 0 to 100.",
            "requests.csv, line 3, column B “merit”: “-1” is not a number from 0 to 100.",
            "requests.csv, line 4, column B “merit”:"
            " the merit is missing; write a number from 0 to 100.",
            "requests.csv, line 5, column B “merit”: “nan” is not a number from 0 to 100.",
            "requests.csv, line 6, column B “merit”: “87.125” has more than two decimals;"
            " round it, since rounding can make ties.",
            "requests.csv, line 7, column B “merit”: “87,5” has a decimal comma in a file"
            " separated by commas; write a point.",
            "requests.csv, line 8, column B “merit”: “1e1” is not a number from 0 to 100.",
        ],
    ),
    "codes that look the same": Case(
        places=PLACES + "А1,Uni,Lab,1\n",
        requests="applicant,merit,choice_1\np1,90,A1\np2,80,А1\n",
        errors=[
            "places.csv, line 4, column A “code”: “А1” looks like the code in line 2,"
            " but one has Cyrillic letters where the other has Latin ones.",
        ],
    ),
    "empty keys": Case(
        places=PLACES + ",Uni,Lab,1\n",
        requests=REQUESTS + ",50,A1,\n",
        errors=[
            "places.csv, line 4, column A “code”: the cell is empty.",
            "requests.csv, line 4, column A “applicant”: the cell is empty.",
        ],
    ),
    "missing columns": Case(
        places="place code,what,seats\nA1,Lab,2\n",
        requests="name,points\np1,90\n",
        errors=[
            "places.csv, line 1: there is no column “institution / вуз / жоғары оқу орны”;"
            " found were “place code”, “what”, “seats”.",
            "places.csv, line 1: there is no column “title / название / атауы”;"
            " found were “place code”, “what”, “seats”.",
            "requests.csv, line 1: there is no column “applicant / заявитель / өтініш беруші”;"
            " found were “name”, “points”.",
            "requests.csv, line 1: there is no column “choice_1 / выбор_1 / 1-таңдау”;"
            " found were “name”, “points”.",
            "requests.csv, line 1: there is no column “merit / балл”; found were “name”, “points”.",
        ],
    ),
    "duplicate columns": Case(
        places="code,Код,institution,title,seats\nA1,A1,Uni,Lab,2\n",
        requests="applicant,merit,choice_1,выбор 1,choice_3\np1,90,A1,A1,\n",
        errors=[
            "places.csv, line 1, column B “Код”:"
            " the column means the same as “code”; keep one of them.",
            "requests.csv, line 1: there is a column for choice 3 but none for choice 2.",
            "requests.csv, line 1, column D “выбор 1”:"
            " the column means the same as “choice_1”; keep one of them.",
        ],
    ),
    "too many cells": Case(
        places="code,institution,title,seats\nA1,Uni,Lab, north wing,2\n",
        requests="applicant,merit,choice_1\np1,90,A1,B2\n",
        errors=[
            "places.csv, line 2: the row has 5 cells, the header 4;"
            " put quotation marks around a cell that holds the separator.",
            "places.csv, line 2, column D “seats”:"
            " “north wing” is not a whole number of seats, 0 or more.",
            "requests.csv, line 2: the row has 4 cells, the header 3;"
            " put quotation marks around a cell that holds the separator.",
        ],
    ),
    "quotation marks": Case(
        places='code,institution,title,seats\nA1,"Uni"x,Lab,2\nB2,"U\nni",Lab,x\n',
        requests='applicant,merit,choice_1\np1,900,B2\np2,90,"A1\np3,80,A1\n',
        errors=[
            "places.csv, line 2:"
            " text follows a closing quotation mark; double the mark inside a cell.",
            "places.csv, line 3, column D “seats”: “x” is not a whole number of seats, 0 or more.",
            "requests.csv, line 2, column B “merit”: “900” is not a number from 0 to 100.",
            "requests.csv, line 3: a quotation mark is opened here and never closed.",
        ],
    ),
    "UTF-16": Case(
        places=PLACES.encode("utf-16"),
        requests=REQUESTS.encode("utf-16-le"),
        errors=[
            f"places.csv: is saved as UTF-16 (“Unicode text”). {HOW}",
            f"requests.csv: is saved as UTF-16 (“Unicode text”). {HOW}",
        ],
    ),
    "neither UTF-8 nor Windows-1251": Case(
        places="code,institution,title,seats\nA1,Universität München,Lab,x\n".encode("cp1252"),
        requests="заявитель,балл,выбор_1\nИванова Мария,90,A1\n".encode("koi8-r"),
        errors=[
            "places.csv, line 2: character 13:"
            f" the byte 0xE4 is neither UTF-8 nor clearly Windows-1251. {HOW}",
            "requests.csv, line 1: character 1:"
            f" the byte 0xDA is neither UTF-8 nor clearly Windows-1251. {HOW}",
        ],
    ),
    "Kazakh in its own 8-bit encoding": Case(
        requests=KAZAKH.encode("kz1048"),
        errors=[
            "requests.csv, line 1: character 1:"
            f" the byte 0xB4 is neither UTF-8 nor clearly Windows-1251. {HOW}",
        ],
    ),
    "empty": Case(
        places="",
        requests="\r\n;;\r\n",
        errors=[
            "places.csv: is empty; the first line has to hold the column names.",
            "requests.csv: is empty; the first line has to hold the column names.",
        ],
    ),
    "no places": Case(
        places="code,institution,title,seats\n",
        requests="applicant,merit,choice_1\np1,x,A1\n",
        errors=[
            "places.csv, line 1: holds no places, only column names.",
            "requests.csv, line 2, column B “merit”: “x” is not a number from 0 to 100.",
        ],
    ),
    "wrong kinds of file": Case(
        places=b"PK\x03\x04 and so on",
        requests=b"\xd0\xcf\x11\xe0 and so on",
        requests_name="requests.xlsx",
        errors=[
            "places.csv: is a workbook with the name of a text file; let it end in .xlsx.",
            "requests.xlsx: is an old or password-protected workbook;"
            " save it as .xlsx, no password.",
        ],
    ),
    "wrong endings": Case(
        places_name="places.ods",
        requests_name="requests.xlsx",
        errors=[
            "places.ods: is neither .csv nor .xlsx; save it as one of these.",
            "requests.xlsx: is not an XLSX workbook, though its name says so.",
        ],
    ),
    "not there": Case(
        places=None,
        requests=b"\x00\x01\x02binary\x00",
        errors=[
            "places.csv: there is no such file.",
            f"requests.csv: is not a text file. {HOW}",
        ],
    ),
    "workbooks": Case(
        places=[*cells("code,institution,title,seats"), ["A1", "U", "t", 2.5], [101, "U", "t", 3]],
        requests=[
            *cells("applicant,merit,choice_1,choice_2"),
            ["p1", 100.5, "A1", None],
            [],
            ["p2", 87.35, 102, "A1"],
            ["p1", "x", None, 101],
        ],
        places_name="places.xlsx",
        requests_name="requests.XLSX",
        errors=[
            "places.xlsx, row 2, column D “seats”:"
            " “2.5” is not a whole number of seats, 0 or more.",
            "requests.XLSX, row 2, column B “merit”: “100.5” is not a number from 0 to 100.",
            "requests.XLSX, row 4, column C “choice_1”: there is no place “102”.",
            "requests.XLSX, row 5, column A “applicant”: “p1” stands in row 2 already.",
            "requests.XLSX, row 5, column B “merit”: “x” is not a number from 0 to 100.",
            "requests.XLSX, row 5, column C “choice_1”:"
            " the choice is empty but “choice_2” is not; move the later ones up.",
        ],
    ),
    "dates and errors in cells": Case(
        requests=[
            *cells("applicant,merit,choice_1,choice_2"),
            ["p1", date_cell, error_cell, "A1"],
            [date_cell, error_cell, "B2"],
        ],
        requests_name="requests.xlsx",
        errors=[
            "requests.xlsx, row 2, column B “merit”: the spreadsheet made a date of it"
            " (2026-05-12); format the column as text and type it anew.",
            "requests.xlsx, row 2, column C “choice_1”: the cell holds an error of its formula.",
            "requests.xlsx, row 3, column A “applicant”: the spreadsheet made a date of it"
            " (2026-05-12); format the column as text and type it anew.",
            "requests.xlsx, row 3, column B “merit”: the cell holds an error of its formula.",
        ],
    ),
    "far cell": Case(
        requests=[*cells("applicant,merit,choice_1"), [far_cell, 90, "A1"]],
        requests_name="requests.xlsx",
        errors=[
            "requests.xlsx: with the cell XFD1048576 the sheet is too large to read;"
            " delete what does not belong to the table.",
        ],
    ),
    "cell where no sheet reaches": Case(
        requests=misplaced("B99999999"),
        requests_name="requests.xlsx",
        errors=[
            "requests.xlsx: with the cell B99999999 the sheet is too large to read;"
            " delete what does not belong to the table.",
        ],
    ),
    "cell in small letters": Case(
        requests=misplaced("xfd1048576"),
        requests_name="requests.xlsx",
        errors=[
            "requests.xlsx: with the cell xfd1048576 the sheet is too large to read;"
            " delete what does not belong to the table.",
        ],
    ),
    "bomb": Case(
        requests=bomb(),
        requests_name="requests.xlsx",
        errors=["requests.xlsx: is larger than 200 MB when unpacked."],
    ),
    "control characters": Case(
        requests="applicant,merit,choice_1\np1,\x1b[31m90,A\x071\n",
        errors=[
            "requests.csv, line 2, column B “merit”: “·[31m90” is not a number from 0 to 100.",
            "requests.csv, line 2, column C “choice_1”: there is no place “A·1”.",
        ],
    ),
}


@pytest.fixture
def old_result(tmp_path):
    path = tmp_path / "placements.csv"
    path.write_bytes(b"the result of yesterday")
    return path


def refuse(tmp_path, old_result, case, *options):
    """Run on the case; what holds for every broken file is asserted here."""
    paths = [tmp_path / case.places_name, tmp_path / case.requests_name]
    for path, content in zip(paths, (case.places, case.requests), strict=True):
        if content is not None:
            save(tmp_path, path.name, content)
    before = sorted(tmp_path.iterdir())
    run = match(*paths, "--out", old_result, *options)
    assert run.code == 2
    assert run.out == []
    assert old_result.read_bytes() == b"the result of yesterday"
    assert sorted(tmp_path.iterdir()) == before
    return run.errors


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_broken_file_names_every_error_and_writes_nothing(tmp_path, old_result, case):
    errors = refuse(tmp_path, old_result, case)
    last = f"Nothing was written; errors found: {len(case.errors)}."
    assert errors == [*case.errors, last]


@pytest.mark.parametrize(
    ("language", "places", "requests"),
    [
        (
            "ru",
            "Код;ВУЗ;Название;Мест\nA1;ЮУрГУ;Лаб;-1\n",
            "Заявитель;Балл;Выбор 1;Выбор 2\nИванова;101;;A1\n",
        ),
        (
            "kk",
            "Орын коды;ЖОО;Атауы;Орын саны\nA1;ҚазҰПУ;Зертхана;-1\n",
            "Өтініш беруші;Балл;1-таңдау;2-таңдау\nӘсел;101;;A1\n",
        ),
    ],
)
def test_errors_are_told_in_the_language_asked_for(
    tmp_path, old_result, language, places, requests
):
    headers = {
        "ru": ("Мест", "Балл", "Выбор 1", "Выбор 2"),
        "kk": ("Орын саны", "Балл", "1-таңдау", "2-таңдау"),
    }[language]
    errors = refuse(tmp_path, old_result, Case([], places, requests), "--lang", language)

    def at(file, letters, header, text):
        where = {"file": file, "line": 2, "letters": letters, "header": header, "text": text}
        return _("%(file)s, line %(line)d, column %(letters)s “%(header)s”: %(text)s", **where)

    with standalone(language):
        expected = [
            at(
                "places.csv",
                "D",
                headers[0],
                _("“%(value)s” is not a whole number of seats, 0 or more.", value="-1"),
            ),
            at(
                "requests.csv",
                "B",
                headers[1],
                _("“%(value)s” is not a number from 0 to 100.", value="101"),
            ),
            at(
                "requests.csv",
                "C",
                headers[2],
                _(
                    "the choice is empty but “%(next)s” is not; move the later ones up.",
                    next=headers[3],
                ),
            ),
            _("Nothing was written; errors found: %(count)d.", count=3),
        ]
    assert errors == expected


@pytest.mark.parametrize("damage", ["cut", "overwritten", "part missing"])
def test_damaged_workbook_is_refused(tmp_path, old_result, damage):
    rows = cells(REQUESTS)
    data = save(tmp_path, "whole.xlsx", rows).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
        parts = {name: archive.read(name) for name in archive.namelist()}
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "overwritten":
        start = sheet.header_offset + 30 + len(sheet.filename)
        data = data[:start] + b"\xff" * 40 + data[start + 40 :]
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in parts.keys() - {sheet.filename}:
                archive.writestr(name, parts[name])
        data = out.getvalue()
    (tmp_path / "whole.xlsx").unlink()
    case = Case([], requests=data, requests_name="requests.xlsx")
    error, last = refuse(tmp_path, old_result, case)
    assert error.startswith("requests.xlsx: is damaged (")
    assert error.endswith("); open it in Excel and save it anew.")
    assert last == "Nothing was written; errors found: 1."


def test_more_rows_than_are_read_are_refused(tmp_path, old_result, monkeypatch):
    monkeypatch.setattr(grid, "MOST_ROWS", 2)
    case = Case([], requests=REQUESTS + "p3,70,A1,\n\n")
    assert refuse(tmp_path, old_result, case) == [
        "requests.csv: holds more than 2 rows.",
        "Nothing was written; errors found: 1.",
    ]


def test_larger_file_than_is_read_is_refused(tmp_path, old_result):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", REQUESTS)
    with requests.open("r+b") as file:
        file.truncate(grid.MOST_BYTES + 1)
    run = match(places, requests, "--out", old_result)
    assert run.errors == [
        "requests.csv: is larger than 200 MB.",
        "Nothing was written; errors found: 1.",
    ]
    assert old_result.read_bytes() == b"the result of yesterday"


def test_target_is_refused_together_with_what_is_wrong_in_the_files(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", REQUESTS.replace("90", "900"))
    error = "requests.csv, line 2, column B “merit”: “900” is not a number from 0 to 100."
    for out, why in {
        tmp_path / "p.docx": "p.docx: the result is written as .csv or .xlsx.",
        tmp_path / "no" / "p.csv": f"p.csv: there is no folder {tmp_path / 'no'}.",
        places: "places.csv: is read here; write the result elsewhere.",
    }.items():
        run = match(places, requests, "--out", out)
        assert run.code == 2
        assert run.errors == [why, error, "Nothing was written; errors found: 2."]
    assert places.read_text() == PLACES


def test_target_with_too_long_a_name_is_refused(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", REQUESTS)
    name = "п" * 126 + ".csv"  # 256 bytes; a file system takes 255
    run = match(places, requests, "--out", tmp_path / name)
    assert run.code == 2
    assert run.errors == [
        f"{name} could not be written (File name too long); close it in other programs.",
        "Nothing was written; errors found: 1.",
    ]
    assert sorted(tmp_path.iterdir()) == [places, requests]
    assert match(places, requests, "--out", tmp_path / name[1:]).code == 0


def test_target_that_links_to_itself_is_replaced(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", REQUESTS)
    out = tmp_path / "placements.csv"
    out.symlink_to(out)
    assert match(places, requests, "--out", out).code == 0
    assert len(out.read_text().splitlines()) == 3


def test_unreadable_file_is_told_with_the_other_errors(tmp_path, old_result, monkeypatch):
    """`/proc/self/mem` cannot be read from its start, not even by root."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    (tmp_path / "requests.csv").symlink_to("/proc/self/mem")
    assert refuse(tmp_path, old_result, Case([], PLACES.replace(",2", ",-2"), None)) == [
        "places.csv, line 2, column D “seats”: “-2” is not a whole number of seats, 0 or more.",
        "requests.csv: could not be read (Input/output error).",
        "Nothing was written; errors found: 2.",
    ]


def test_unknown_policy_is_refused_with_the_known_ones(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", REQUESTS)
    run = match(places, requests, "--out", tmp_path / "p.csv", "--policy", "best")
    assert run.code == 2
    assert run.errors[-1].startswith("Error: Invalid value for '--policy': 'best' is not one of")
    assert not (tmp_path / "p.csv").exists()
