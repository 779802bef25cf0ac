"""Files as people and others send them: each says whether it is to be accepted, and as what.

A damage takes a whole table and makes a file of it. Either the file means just what the table
means, or it has to be refused with a sentence that holds `told`.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import xlsxwriter

from mobility.tables.imports import LIMITS

from .archives import SHEET, TEXTS, changed, part, sheet, with_parts, workbook

ACCEPTED, EITHER = "accepted", "either"


@dataclass(frozen=True)
class Sample:
    """A table that an import takes whole. Its words are Russian, so that Windows-1251 holds them.

    `line`: a column of one line that every row fills; `day`: one of days in ISO form, if any.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: str
    day: str = ""

    def column(self, name: str) -> int:
        return self.header.index(name)

    def put(self, row: int, name: str, cell: str) -> "Sample":
        rows = [list(one) for one in self.rows]
        rows[row][self.column(name)] = cell
        return replace(self, rows=tuple(map(tuple, rows)))


@dataclass(frozen=True)
class File:
    """What is sent. `told`: what it is refused with, in part; ACCEPTED; or EITHER of both."""

    name: str
    data: bytes
    told: str = ACCEPTED
    what: str = ""


Damage = Callable[[Random, Sample], File | None]
DAMAGES: dict[str, Damage] = {}


def damage(work: Damage) -> Damage:
    DAMAGES[work.__name__.replace("_", " ")] = work
    return work


def files(sample: Sample, number: int, first: int = 0) -> Iterator[File]:
    """`number` files, every damage in its turn from the `first` on; always the same ones."""
    names = sorted(DAMAGES)
    for turn in range(first, first + number):
        random = Random(turn)
        name = names[turn % len(names)]
        made = DAMAGES[name](random, sample)
        if made is not None:
            yield replace(made, what=f"{name} ({turn})")


def text(sample: Sample, **dialect) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)
    writer.writerows([sample.header, *sample.rows])
    return out.getvalue()


def as_csv(sample: Sample, told: str = ACCEPTED, **dialect) -> File:
    return File("file.csv", text(sample, **dialect).encode(), told)


def as_xlsx(sample: Sample, told: str = ACCEPTED) -> File:
    return File("file.xlsx", workbook([sample.header, *sample.rows]), told)


def either_form(random: Random, sample: Sample, told: str) -> File:
    return random.choice((as_csv, as_xlsx))(sample, told)


def any_row(random: Random, sample: Sample) -> int:
    return random.randrange(len(sample.rows))


# --- Encodings


@damage
def utf_8(random: Random, sample: Sample) -> File:
    return as_csv(sample)


@damage
def utf_8_with_its_mark(random: Random, sample: Sample) -> File:
    return File("file.csv", text(sample).encode("utf-8-sig"))


@damage
def windows_1251(random: Random, sample: Sample) -> File:
    return File("file.csv", text(sample).encode("cp1251"))


@damage
def utf_16(random: Random, sample: Sample) -> File:
    coding = random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32"))
    return File("file.csv", text(sample).encode(coding), "is saved as UTF-16")


@damage
def koi8(random: Random, sample: Sample) -> File:
    coding = random.choice(("koi8-r", "iso8859-5", "cp866", "mac-cyrillic"))
    return File("file.csv", text(sample).encode(coding), "neither UTF-8 nor clearly Windows-1251")


@damage
def two_encodings_in_one_file(random: Random, sample: Sample) -> File:
    whole = text(sample)
    lines = whole.splitlines(keepends=True)
    data = "".join(lines[:2]).encode() + "".join(lines[2:]).encode("cp1251")
    return File("file.csv", data, "neither UTF-8 nor clearly Windows-1251")


@damage
def bytes_that_no_text_has(random: Random, sample: Sample) -> File:
    data = text(sample).encode()
    strange = random.choice(
        (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82")
    )
    place = data.index(b"\n") + 1
    return File("file.csv", data[:place] + strange + data[place:], "neither UTF-8 nor")


@damage
def nul_bytes(random: Random, sample: Sample) -> File:
    data = text(sample).encode()
    place = random.randrange(len(data))
    return File("file.csv", data[:place] + b"\0" + data[place:], "is not a text file")


@damage
def letters_of_two_characters(random: Random, sample: Sample) -> File:
    return File("file.csv", unicodedata.normalize("NFD", text(sample)).encode())


# --- How a text table is written


@damage
def other_separators(random: Random, sample: Sample) -> File:
    return as_csv(sample, delimiter=random.choice(";\t"))


@damage
def separator_line_of_a_spreadsheet(random: Random, sample: Sample) -> File:
    return File("file.csv", ("sep=;\r\n" + text(sample, delimiter=";")).encode())


@damage
def other_ends_of_lines(random: Random, sample: Sample) -> File:
    return as_csv(sample, lineterminator=random.choice("\n\r"))


@damage
def every_cell_in_quotes(random: Random, sample: Sample) -> File:
    return as_csv(sample, quoting=csv.QUOTE_ALL)


@damage
def blank_lines_between(random: Random, sample: Sample) -> File:
    blank = random.choice(("\r\n", " ,,\r\n", "\t\r\n\r\n"))
    return File("file.csv", text(sample).replace("\r\n", "\r\n" + blank).encode())


@damage
def columns_in_another_order(random: Random, sample: Sample) -> File:
    order = random.sample(range(len(sample.header)), len(sample.header))
    rows = tuple(tuple(row[at] for at in order) for row in sample.rows)
    return as_csv(replace(sample, header=tuple(sample.header[at] for at in order), rows=rows))


@damage
def names_of_columns_in_capitals(random: Random, sample: Sample) -> File:
    return as_csv(replace(sample, header=tuple(name.upper() for name in sample.header)))


@damage
def blanks_around_cells(random: Random, sample: Sample) -> File:
    blank = random.choice((" ", "\u00a0", "\u2003", "\ufeff"))
    rows = tuple(tuple(f"{blank}{cell}{blank}" for cell in row) for row in sample.rows)
    return as_csv(replace(sample, rows=rows))


@damage
def separators_mixed(random: Random, sample: Sample) -> File:
    lines = text(sample).splitlines()
    rows = [line.replace(",", ";") for line in lines[1:]]
    return File("file.csv", "\n".join([lines[0], *rows]).encode(), "line 2")


@damage
def header_with_another_separator(random: Random, sample: Sample) -> File:
    lines = text(sample).splitlines()
    header = lines[0].replace(",", random.choice("|:"))
    return File("file.csv", "\n".join([header, *lines[1:]]).encode(), "columns are missing")


@damage
def quotation_mark_never_closed(random: Random, sample: Sample) -> File:
    row = any_row(random, sample)
    lines = text(sample).splitlines()
    lines[row + 1] = '"' + lines[row + 1]
    return File("file.csv", "\n".join(lines).encode(), "a quotation mark is opened here")


@damage
def text_behind_a_closing_quotation_mark(random: Random, sample: Sample) -> File:
    lines = text(sample).splitlines()
    lines[1] = '"a"b' + lines[1]
    return File("file.csv", "\n".join(lines).encode(), "text follows a closing quotation mark")


@damage
def row_with_too_many_cells(random: Random, sample: Sample) -> File:
    row = any_row(random, sample)
    rows = [tuple(one) + (("x",) * (at == row)) for at, one in enumerate(sample.rows)]
    return as_csv(replace(sample, rows=tuple(rows)), f"line {row + 2}: the row has")


@damage
def row_that_breaks_off(random: Random, sample: Sample) -> File:
    row = any_row(random, sample)
    rows = [one[:1] if at == row else one for at, one in enumerate(sample.rows)]
    return as_csv(replace(sample, rows=tuple(rows)), f"line {row + 2}")


# --- What stands in the cells


@damage
def formula(random: Random, sample: Sample) -> File:
    injected = random.choice(
        ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://x","y")')
    )
    broken = sample.put(any_row(random, sample), sample.line, injected)
    return either_form(random, broken, "begins like a formula")


@damage
def formula_behind_a_blank(random: Random, sample: Sample) -> File:
    blank = random.choice(("\t", "\n", " ", "\ufeff"))
    broken = sample.put(any_row(random, sample), sample.line, f"{blank}=1+1")
    return either_form(random, broken, "begins like a formula")


@damage
def marks_that_turn_the_text(random: Random, sample: Sample) -> File:
    mark = random.choice("\u200e\u200f\u202a\u202b\u202e\u2066\u2067\u061c")
    cell = sample.rows[0][sample.column(sample.line)]
    broken = sample.put(0, sample.line, f"{cell[:2]}{mark}{cell[2:]}")
    return either_form(random, broken, f"(U+{ord(mark):04X})")


@damage
def characters_without_width(random: Random, sample: Sample) -> File:
    mark = random.choice("\u200b\u200d\u2060\u00ad\u2028\U000e0041")
    cell = sample.rows[0][sample.column(sample.line)]
    broken = sample.put(0, sample.line, f"{cell[:2]}{mark}{cell[2:]}")
    return either_form(random, broken, f"(U+{ord(mark):04X})")


@damage
def controls_of_a_terminal(random: Random, sample: Sample) -> File:
    broken = sample.put(0, sample.line, f"a\x1b[31m{random.choice('ab')}")
    return as_csv(broken, "(U+001B)")


@damage
def overlong_cell(random: Random, sample: Sample) -> File:
    length = random.choice((201, 9_999, 10_001, 150_000))
    broken = sample.put(any_row(random, sample), sample.line, "я" * length)
    return as_csv(broken, "the cell has more than")


@damage
def same_row_twice(random: Random, sample: Sample) -> File:
    row = any_row(random, sample)
    broken = replace(sample, rows=(*sample.rows, sample.rows[row]))
    return either_form(random, broken, f"stands in line {row + 2} already")


@damage
def fifty_thousand_rows(random: Random, sample: Sample) -> File:
    broken = replace(sample, rows=sample.rows[:1] * 50_000)
    return as_csv(broken, "is larger than 1 MB")


@damage
def fifty_thousand_short_rows(random: Random, sample: Sample) -> File:
    lines = [text(sample).splitlines()[0], *(f"{number}" for number in range(50_000))]
    return File("file.csv", "\n".join(lines).encode(), "holds more than 1000 rows")


@damage
def fifty_thousand_rows_of_a_workbook(random: Random, sample: Sample) -> File:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    rows = b"".join(row % (line, line) for line in range(1, 50_001))
    data = with_parts(as_xlsx(sample).data, {SHEET: sheet(rows)})
    return File("file.xlsx", data, "holds more than 1000 rows")


@damage
def unknown_column(random: Random, sample: Sample) -> File:
    rows = tuple((*row, "x") for row in sample.rows)
    broken = replace(sample, header=(*sample.header, "rector"), rows=rows)
    return either_form(random, broken, "unknown column")


@damage
def column_twice(random: Random, sample: Sample) -> File:
    at = random.randrange(len(sample.header))
    rows = tuple((*row, row[at]) for row in sample.rows)
    broken = replace(sample, header=(*sample.header, sample.header[at]), rows=rows)
    return either_form(random, broken, f"the column {sample.header[at]} stands twice")


@damage
def very_many_columns(random: Random, sample: Sample) -> File:
    line = text(sample).splitlines()[0]
    return File("file.csv", f"{line}{',x' * 400_000}\na\n".encode(), "has more than 100 columns")


@damage
def days_in_another_form(random: Random, sample: Sample) -> File | None:
    if not sample.day:
        return None
    forms = ("%d.%m.%Y", "%Y-%m-%d 00:00:00", "%d.%m.%Y г.")
    return as_csv(_days(sample, lambda day: day.strftime(random.choice(forms))))


@damage
def days_as_a_spreadsheet_holds_them(random: Random, sample: Sample) -> File | None:
    if not sample.day:
        return None
    return File("file.xlsx", _typed(sample, dates=True))


@damage
def days_that_could_be_others(random: Random, sample: Sample) -> File | None:
    if not sample.day:
        return None
    cell = random.choice(
        ("02/03/2027", "31.02.2027", "01.02.27", "46000", "tomorrow", "2027-13-01")
    )
    return either_form(random, sample.put(0, sample.day, cell), f"“{cell}” is not a day")


@damage
def day_where_none_belongs(random: Random, sample: Sample) -> File:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for line, row in enumerate((sample.header, *sample.rows)):
        page.write_row(line, 0, row)
    form = book.add_format({"num_format": "dd.mm.yyyy"})
    page.write_datetime(1, sample.column(sample.line), date(2027, 2, 1), form)
    book.close()
    return File("file.xlsx", out.getvalue(), "the spreadsheet holds a date here (2027-02-01)")


def _days(sample: Sample, say: Callable[[date], str]) -> Sample:
    for row, cells in enumerate(sample.rows):
        day = date.fromisoformat(cells[sample.column(sample.day)])
        sample = sample.put(row, sample.day, say(day))
    return sample


def _typed(sample: Sample, *, dates: bool = False) -> bytes:
    """A workbook as people make one: numbers are numbers, and days days where asked for."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page, form = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
    page.write_row(0, 0, sample.header)
    for line, row in enumerate(sample.rows, start=1):
        for at, cell in enumerate(row):
            if dates and sample.header[at] == sample.day:
                page.write_datetime(line, at, date.fromisoformat(cell), form)
            elif cell.replace(".", "", 1).isdigit() and not cell.startswith("0"):
                page.write_number(line, at, float(cell))
            else:
                page.write_string(line, at, cell)
    book.close()
    return out.getvalue()


# --- Files that are none, or something else


@damage
def nothing_at_all(random: Random, sample: Sample) -> File:
    return File(random.choice(("file.csv", "file.xlsx")), b"", "is empty")


@damage
def blank_file(random: Random, sample: Sample) -> File:
    data = random.choice((b"\xef\xbb\xbf", b"\r\n\r\n", b"  \n", b",,,\n,,\n"))
    return File("file.csv", data, "is empty")


@damage
def header_alone(random: Random, sample: Sample) -> File:
    return either_form(random, replace(sample, rows=()), "holds column names only")


@damage
def rows_alone(random: Random, sample: Sample) -> File:
    headless = replace(sample, header=sample.rows[0], rows=sample.rows[1:])
    return either_form(random, headless, "columns are missing")


@damage
def text_with_the_name_of_a_workbook(random: Random, sample: Sample) -> File:
    return File("file.xlsx", text(sample).encode(), "is not an XLSX workbook")


@damage
def workbook_with_the_name_of_a_text(random: Random, sample: Sample) -> File:
    return File("file.csv", as_xlsx(sample).data, "is a workbook with the name of a text file")


@damage
def other_endings(random: Random, sample: Sample) -> File:
    name = random.choice(("file.pdf", "file.xlsm", "file.xls", "file", "file.csv.exe", ".csv"))
    return File(name, as_xlsx(sample).data, "is neither .csv nor .xlsx")


@damage
def old_or_locked_workbook(random: Random, sample: Sample) -> File:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(4_000)
    return File("file.xlsx", data, "is an old or password-protected workbook")


@damage
def noise(random: Random, sample: Sample) -> File:
    return File("file.csv", b"\xff" + random.randbytes(3_000), ": ")


@damage
def web_page_with_the_name_of_a_workbook(random: Random, sample: Sample) -> File:
    return File("file.xlsx", b"<html><table><tr><td>a</td></tr></table>", "is not an XLSX workbook")


# --- Workbooks


@damage
def plain_workbook(random: Random, sample: Sample) -> File:
    return as_xlsx(sample)


@damage
def workbook_with_numbers_typed(random: Random, sample: Sample) -> File:
    return File("file.xlsx", _typed(sample))


@damage
def workbook_cut_short(random: Random, sample: Sample) -> File:
    data = as_xlsx(sample).data
    return File("file.xlsx", data[: random.randrange(8, len(data) - 22)], "is damaged")


@damage
def workbook_with_bytes_overwritten(random: Random, sample: Sample) -> File:
    data = bytearray(as_xlsx(sample).data)
    for _ in range(random.choice((1, 4, 60))):
        data[random.randrange(4, len(data))] = random.randrange(256)
    return File("file.xlsx", bytes(data), EITHER)


@damage
def workbook_without_a_part(random: Random, sample: Sample) -> File:
    name = random.choice((SHEET, TEXTS, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    return File("file.xlsx", with_parts(as_xlsx(sample).data, {name: None}), "")


@damage
def workbook_with_macros(random: Random, sample: Sample) -> File:
    parts = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + random.randbytes(500)}
    return File("file.xlsx", with_parts(as_xlsx(sample).data, parts))


@damage
def workbook_with_outer_links(random: Random, sample: Sample) -> File:
    link = b'<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="y"/></externalLink>'
    parts: dict[str, bytes | None] = {"xl/externalLinks/externalLink1.xml": link}
    return File("file.xlsx", with_parts(as_xlsx(sample).data, parts))


@damage
def workbook_with_a_formula_that_was_computed(random: Random, sample: Sample) -> File:
    data = as_xlsx(sample).data
    cell = b'<c r="A2" t="s"><v>'
    return File("file.xlsx", changed(data, SHEET, cell, b'<c r="A2" t="s"><f>A3</f><v>'))


@damage
def workbook_with_an_error_cell(random: Random, sample: Sample) -> File:
    number = sample.put(0, sample.line, "777000777")
    data = _typed(number)
    at = chr(ord("A") + sample.column(sample.line))
    cell = f'<c r="{at}2"><v>777000777</v></c>'.encode()
    broken = changed(data, SHEET, cell, f'<c r="{at}2" t="e"><v>#N/A</v></c>'.encode())
    return File("file.xlsx", broken, "the spreadsheet holds an error here")


@damage
def merged_cells(random: Random, sample: Sample) -> File:
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    data = changed(as_xlsx(sample).data, SHEET, b"</sheetData>", merged)
    return File("file.xlsx", data, "the cells B2:B3 are merged")


@damage
def workbook_with_hidden_sheets(random: Random, sample: Sample) -> File:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    hidden, page = book.add_worksheet("old"), book.add_worksheet("new")
    page.activate()
    page.set_first_sheet()
    hidden.hide()
    hidden.write_string(0, 0, "secret")
    for line, row in enumerate((sample.header, *sample.rows)):
        for at, cell in enumerate(row):
            page.write_string(line, at, cell)
    book.close()
    return File("file.xlsx", out.getvalue())


# --- Bombs


@damage
def part_that_unpacks_to_very_much(random: Random, sample: Sample) -> File:
    name = random.choice((SHEET, TEXTS, "xl/media/image1.png", "docProps/app.xml"))
    data = with_parts(as_xlsx(sample).data, {name: b" " * (LIMITS.unpacked + 1)})
    return File("file.xlsx", data, "is larger than 20 MB when unpacked")


@damage
def archives_within_archives(random: Random, sample: Sample) -> File:
    """Never opened, so they may hold what they like."""
    data = b"\0" * 5_000_000
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(9):
                archive.writestr(f"{copy}.zip", data)
        data = out.getvalue()
    return File("file.xlsx", with_parts(as_xlsx(sample).data, {"xl/embeddings/a.zip": data}))


@damage
def very_many_parts(random: Random, sample: Sample) -> File:
    many = {f"xl/p{number}.xml": b"" for number in range(random.choice((2_001, 6_000)))}
    data = with_parts(as_xlsx(sample).data, many)
    return File("file.xlsx", data, "holds more than 2000 parts")


@damage
def parts_packed_in_other_ways(random: Random, sample: Sample) -> File:
    packed = random.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    bomb = {TEXTS: b" " * 15_000_000}
    return File("file.xlsx", with_parts(as_xlsx(sample).data, bomb, packed=packed), "is damaged")


@damage
def far_cell(random: Random, sample: Sample) -> File:
    place = random.choice((b"XFD1048576", b"A1048576", b"XFD900"))
    cell = b'<row r="900"><c r="' + place + b'"><v>1</v></c></row></sheetData>'
    data = changed(as_xlsx(sample).data, SHEET, b"</sheetData>", cell)
    return File("file.xlsx", data, "the sheet is too large to read")


@damage
def long_text_that_many_cells_refer_to(random: Random, sample: Sample) -> File:
    data = as_xlsx(sample).data
    texts = part(data, TEXTS).replace(b"</si>", b"x" * 900_000 + b"</t></si>", 1)
    texts = texts.replace(b"</t>" + b"x" * 900_000, b"x" * 900_000, 1)
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (line, line) for line in range(1, 900)
    )
    bomb = with_parts(data, {TEXTS: texts, SHEET: sheet(rows)})
    return File("file.xlsx", bomb, "is larger than 20 MB when unpacked")


@damage
def entities_that_unfold(random: Random, sample: Sample) -> File:
    entities = "".join(
        f'<!ENTITY e{depth} "{f"&e{depth - 1};" * 10 if depth else "lol"}">' for depth in range(10)
    )
    name = random.choice((SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml"))
    declared = f"?><!DOCTYPE x [{entities}]>".encode()
    data = changed(as_xlsx(sample).data, name, b"?>", declared)
    return File("file.xlsx", data, "a document type is declared")


@damage
def entity_that_reads_a_file(random: Random, sample: Sample) -> File:
    kind = random.choice(("SYSTEM 'file:///etc/passwd'", "PUBLIC 'x' 'http://localhost/'"))
    data = as_xlsx(sample).data
    texts = part(data, TEXTS).replace(b"?>", f"?><!DOCTYPE x [<!ENTITY e {kind}>]>".encode(), 1)
    texts = texts.replace(b"<t>", b"<t>&e;", 1)
    return File("file.xlsx", with_parts(data, {TEXTS: texts}), "a document type is declared")


@damage
def characters_that_xml_has_not(random: Random, sample: Sample) -> File:
    strange = random.choice(
        (b"&#0;", b"&#xD800;", b"&#xFFFF;", b"\x01", b"\xed\xa0\x80", b"&none;")
    )
    data = as_xlsx(sample).data
    texts = part(data, TEXTS).replace(b"<t>", b"<t>" + strange, 1)
    return File("file.xlsx", with_parts(data, {TEXTS: texts}), "is damaged")


@damage
def controls_that_a_spreadsheet_writes_as_words(random: Random, sample: Sample) -> File:
    word, code = random.choice(((b"_x0000_", "U+0000"), (b"_x000B_", "U+000B")))
    data = as_xlsx(sample).data
    cell = sample.rows[0][sample.column(sample.line)].encode()
    return File("file.xlsx", changed(data, TEXTS, cell, cell[:4] + word + cell[4:]), f"({code})")


# --- As large as is read


@damage
def long_text_that_no_cell_refers_to(random: Random, sample: Sample) -> File:
    data = as_xlsx(sample).data
    unused = b"<si><t>" + b"x" * (LIMITS.unpacked - 200_000) + b"</t></si></sst>"
    return File("file.xlsx", changed(data, TEXTS, b"</sst>", unused))


@damage
def as_many_cells_as_are_read(random: Random, sample: Sample) -> File:
    cells = b"<c><v>%d</v></c>" % random.randrange(10**9) * (LIMITS.cells // 1_000)
    rows = b"".join(b'<row r="%d">%s</row>' % (line, cells) for line in range(1, 1_001))
    data = with_parts(as_xlsx(sample).data, {SHEET: sheet(rows)})
    return File("file.xlsx", data, "has more than 100 columns")
