"""Workbooks: damaged, with more in them than a table, and bombs."""

import io
import zipfile
from random import Random

import xlsxwriter

from mobility.tables.imports import LIMITS

from ..archives import SHEET, TEXTS, changed, part, sheet, with_parts
from .frame import EITHER, File, Sample, as_xlsx, damage, typed


@damage
def plain_workbook(random: Random, sample: Sample) -> File:
    return as_xlsx(sample)


@damage
def workbook_with_numberstyped(random: Random, sample: Sample) -> File:
    return File("file.xlsx", typed(sample))


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
    data = typed(number)
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
