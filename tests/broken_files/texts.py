"""Encodings, separators and quotation marks of text tables."""

import csv
import unicodedata
from dataclasses import replace
from random import Random

from .frame import File, Sample, any_row, as_csv, damage, text


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
