"""Encodings, separators and column names of the offline job's files."""

import codecs
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.i18n import standalone
from mobility.rounds.offline import checks, columns
from mobility.tables import encodings, texts
from mobility.tables.grid import Dialect, Table, clean, letters
from mobility.tables.texts import harmless
from mobility.tables.workbooks import cell_text
from tests.examples import examples

from .offline_files import PLACES, match, save

RUSSIAN = "заявитель;балл;выбор_1\nИванова Мария;87,5;A1\n"


@pytest.fixture
def places(tmp_path):
    return save(tmp_path, "places.csv", PLACES)


@pytest.mark.parametrize(
    ("delimiter", "newline", "encoding"),
    [
        (",", "\n", "utf-8"),
        (";", "\r\n", "utf-8-sig"),
        ("\t", "\r\n", "utf-8"),
        (";", "\r\n", "cp1251"),
        (",", "\r", "utf-8"),
    ],
)
def test_result_is_written_in_the_dialect_of_the_requests(
    tmp_path, places, delimiter, newline, encoding
):
    lines = [["заявитель", "балл", "выбор 1"], ["Иванова Мария", "90", "A1"], ["Петров", "80", ""]]
    text = newline.join(delimiter.join(line) for line in lines) + newline
    requests = save(tmp_path, "requests.csv", text.encode(encoding))
    out = tmp_path / "p.csv"
    run = match(places, requests, "--out", out, "--seed", 1)
    assert run.code == 0
    expected = [
        ["applicant", "place", "institution", "title", "rank", "reason"],
        ["Иванова Мария", "A1", "Uni", "Lab", "1", ""],
        ["Петров", "", "", "", "", "listed no place"],
    ]
    assert out.read_bytes() == "".join(delimiter.join(line) + newline for line in expected).encode(
        encoding
    )
    assert ("  read as Windows-1251" in run.out) == (encoding == "cp1251")


def test_quoted_cells_may_hold_separators_newlines_and_quotes(tmp_path):
    places = save(
        tmp_path,
        "places.csv",
        'code;institution;"title, with\nplace";title;seats\n'
        'A1;"Uni; ""North""\nCampus";x;"a, b, c";2\n',
    )
    requests = save(tmp_path, "requests.csv", "applicant,merit,choice_1\np,5,A1\n")
    out = tmp_path / "p.csv"
    assert match(places, requests, "--out", out, "--seed", 1).code == 0
    assert out.read_text().splitlines()[1:] == [
        'p,A1,"Uni; ""North""',
        'Campus","a, b, c",1,',
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@given(
    table=st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6),
            min_size=2,
            max_size=2,
        ),
        max_size=4,
    ),
    delimiter=st.sampled_from(texts.DELIMITERS),
)
def test_written_text_reads_back_as_it_was_but_for_formulas(newline, table, delimiter):
    rows = [[f"x{cell.strip()}x" for cell in row] for row in table]
    dialect = Dialect(delimiter, newline, encodings.Encoding(marked=True))
    with standalone("en"):
        back = Table("back.csv")
        texts.read_text(back, texts.text_bytes(["head", "two"], rows, dialect))
    assert back.problems == []
    assert back.dialect is not None
    assert (back.dialect.delimiter, back.dialect.encoding) == (delimiter, dialect.encoding)
    assert [list(row.cells) for row in back.rows] == [[clean(cell) for cell in row] for row in rows]


@given(data=st.binary(max_size=300) | st.text(alphabet='ab1,;\t"\n\r=әИ', max_size=120))
@settings(max_examples=examples(200))
def test_any_bytes_are_read_or_refused(data):
    raw = data if isinstance(data, bytes) else data.encode()
    with standalone("en"):
        table = Table("any.csv")
        texts.read_text(table, raw)
        assert table.rows or table.header.cells or table.problems
        checks.requests_of(table, ["a"])
        assert all(str(problem).startswith("any.csv") for problem in table.problems)


def test_row_end_is_not_taken_from_inside_a_cell(tmp_path, places):
    text = 'applicant,merit,choice_1,"two\nlines"\r\np,5,A1,x\r\n'
    requests = save(tmp_path, "requests.csv", text)
    out = tmp_path / "p.csv"
    match(places, requests, "--out", out, "--seed", 1)
    assert out.read_bytes().count(b"\r\n") == out.read_bytes().count(b"\n") == 2


def test_line_of_an_error_counts_lines_inside_cells(tmp_path):
    places = save(
        tmp_path, "places.csv", 'code,institution,title,seats\nA1,"U\n\nni",t,1\n\nB2,U,t,x\n'
    )
    requests = save(tmp_path, "requests.csv", "applicant,merit,choice_1\np,5,A1\n")
    run = match(places, requests, "--out", tmp_path / "p.csv")
    assert run.errors[0].startswith("places.csv, line 6, column D")


def test_separator_line_of_excel_is_obeyed(tmp_path, places):
    requests = save(tmp_path, "requests.csv", "sep=;\r\napplicant;merit;choice_1\r\np;x;A1\r\n")
    run = match(places, requests, "--out", tmp_path / "p.csv")
    assert run.errors[0] == (
        "requests.csv, line 3, column B “merit”: “x” is not a number from 0 to 100."
    )


@pytest.mark.parametrize("cell", ["=1+1", "+7 701", "-x", "@sum", "＝1"])
def test_formula_is_made_harmless(tmp_path, places, cell):
    requests = save(tmp_path, "requests.csv", f"applicant;merit;choice_1\n{cell};5;A1\n")
    out = tmp_path / "p.csv"
    match(places, requests, "--out", out, "--seed", 1)
    assert out.read_text().splitlines()[1].split(";")[0] == f"'{cell}"


def test_harmless_leaves_numbers_and_marks_controls():
    assert harmless(-1, ",") == "-1"
    assert harmless(87.5, ";") == "87,5"
    assert harmless(87.5, ",") == "87.5"
    assert harmless(None, ",") == ""
    assert harmless("\tx", ",") == "'\tx"
    assert harmless("\rx", ",") == "'\rx"


def test_name_that_the_encoding_has_not_stops_the_writing(tmp_path):
    places = save(tmp_path, "places.csv", "code,institution,title,seats\nA1,Әл-Фараби,Ü,2\n")
    requests = save(tmp_path, "requests.csv", RUSSIAN.encode("cp1251"))
    out = tmp_path / "p.csv"
    out.write_text("old")
    run = match(places, requests, "--out", out, "--seed", 1)
    assert run.code == 2
    assert run.errors[:2] == [
        "“Әл-Фараби” cannot be written in Windows-1251, the encoding of the requests.",
        "“Ü” cannot be written in Windows-1251, the encoding of the requests.",
    ]
    assert out.read_text() == "old"
    assert match(places, requests, "--out", tmp_path / "p.xlsx", "--seed", 1).code == 0


@pytest.mark.parametrize(
    ("text", "encoding", "taken"),
    [
        (RUSSIAN, "cp1251", True),
        ("applicant,merit\n«Иванов» — Пётр №1,5\n", "cp1251", True),
        (RUSSIAN, "koi8-r", False),
        (RUSSIAN, "iso8859-5", False),
        (RUSSIAN, "cp866", False),
        (RUSSIAN, "mac-cyrillic", False),
        ("Ивà\n", "cp1251", False),
        ("applicant,merit\nMüller Jürgen Käßler Größe,5\n", "cp1252", False),
        ("applicant,merit\nΓεωργία Παπαδοπούλου Αθήνα,5\n", "cp1253", False),
        ("applicant,merit\nЯк,5\n", "cp1251", False),
    ],
)
def test_windows_1251_is_taken_only_where_unmistakable(text, encoding, taken):
    data = text.encode(encoding, errors="replace")
    assert (encodings.unmistakable_cyrillic(data) is not None) == taken


def test_decode_tells_the_encoding():
    with standalone("en"):
        assert encodings.decode("Ә".encode()) == ("Ә", encodings.Encoding("utf-8"))
        marked = codecs.BOM_UTF8 + "Ә".encode()
        assert encodings.decode(marked) == ("Ә", encodings.Encoding("utf-8", marked=True))
        data = RUSSIAN.encode("cp1251")
        assert encodings.decode(data) == (RUSSIAN, encodings.Encoding("cp1251"))


def test_letters_composed_in_two_ways_are_the_same(tmp_path):
    code = "Йод-1"
    places = save(tmp_path, "places.csv", f"code,institution,title,seats\n{code},U,t,1\n")
    apart = unicodedata.normalize("NFD", code)
    assert apart != code
    requests = save(tmp_path, "requests.csv", f"applicant,merit,choice_1\np,5, {apart} \n")
    assert match(places, requests, "--out", tmp_path / "p.csv").code == 0


@pytest.mark.parametrize(
    "header",
    [
        "choice_3",
        "Choice 3",
        "CHOICE-3",
        "choice3",
        "3rd choice",
        "выбор 3",
        "3-й выбор",
        "3-таңдау",
        "ТАҢДАУ 3",
    ],
)
def test_choice_columns_are_known_by_many_names(header):
    assert columns.choice_rank(header) == 3


@pytest.mark.parametrize("header", ["choice", "choice_0", "choice_1b", "choices 3", "выбор", "3"])
def test_other_columns_are_no_choices(header):
    assert columns.choice_rank(header) is None


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("field", columns.NAMES)
def test_written_column_name_is_understood(field, language):
    assert columns.known_field(columns.name(field, language).upper(), (field,)) == field


@pytest.mark.parametrize("fields", [columns.PLACES, columns.REQUESTS, columns.PLACEMENTS])
def test_no_name_means_two_columns_of_a_file(fields):
    together = (*fields, *columns.KNOWN_EXTRAS)
    meanings = {}
    for field in together:
        for names in columns.NAMES[field].values():
            for name in names:
                meanings.setdefault(columns.folded(name), set()).add(field)
    assert [fields for fields in meanings.values() if len(fields) > 1] == []


def test_numbers_of_a_workbook_read_as_they_were_typed():
    assert cell_text(101.0) == "101"
    assert cell_text(87.35000000000001) == "87.35"
    assert cell_text(True) == "TRUE"
    assert cell_text("007") == "007"


def test_letters_name_columns_as_spreadsheets_do():
    assert [letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
