"""What stands in the cells of a table, and files that are none."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import xlsxwriter

from ..archives import SHEET, sheet, with_parts
from .frame import File, Sample, any_row, as_csv, as_xlsx, damage, either_form, text, typed


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
    return either_form(random, broken, f"stands in line {row + 2}")


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
    return File("file.xlsx", typed(sample, dates=True))


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
