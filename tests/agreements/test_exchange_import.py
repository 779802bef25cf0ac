"""Importing agreements: every error at once, a preview, drafts, all or nothing."""

import io
import json
import re
from datetime import date

import pytest
import xlsxwriter
from sqlalchemy import func, select

from mobility.accounts.models import User
from mobility.agreements.exchange import importing
from mobility.agreements.models import Agreement, AgreementStatus, Direction
from mobility.db import db, transaction
from mobility.tables.workbooks import workbook_bytes

from .. import factories
from ..clients import words

HEADER = (
    "agreement,partner_a,partner_b,title_en,signed_on,direction,sending,sending_unit,receiving,"
    "first_year,last_year,mobilities_per_year,eqf_levels,isced_fields,language,cefr,blended"
)
GOOD = (
    f"{HEADER}\n"
    "M1,kaznpu.kz,susu.ru,First,08.11.2017,internship,kaznpu.kz,imfi,susu.ru,2026/2027,2030,20,"
    "6 7,061,ru,B1,yes\n"
    "M1,,,,,courses,susu.ru,,kaznpu.kz,2026,2030,15,,,,,\n"
    "M2,SUSU.ru,kaznpu.kz,Second,,internship,kaznpu.kz,,susu.ru,2027,2027,1,,,,,\n"
)


@pytest.fixture
def browser(app, write, visitor):
    with write():
        home = factories.institution("kaznpu.kz")
        factories.unit(home, code="imfi")
        factories.institution("susu.ru")
        factories.institution("enu.kz")
        admin = factories.admin()
        factories.coordinator(home, email="own@kaznpu.kz")
    return visitor(admin)


def send(browser, content, name="agreements.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post("/agreements/import", {"file": (io.BytesIO(data), name)})


def confirm(browser, page):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    fields = {name: hidden[name] for name in ("name", "content", "digest")}
    return browser.post("/agreements/import/apply", fields)


def told(answer):
    """The problems that a page lists, without the name of the file."""
    items = re.findall(r"<li>(agreements\..*?)</li>", answer.text, re.S)
    return [words(item).partition(" ")[2] for item in items]


def count():
    with transaction(write=False):
        return db.session.scalar(select(func.count(Agreement.id)))


def test_preview_writes_nothing_and_confirming_drafts_all(browser, write):
    answer = send(browser, GOOD)
    assert answer.status_code == 200
    assert "drafted 2 known already 0" in words(answer.text)
    assert count() == 0
    done = confirm(browser, answer.text)
    assert (done.status_code, done.location) == (303, "/agreements?status=draft")
    assert "2 agreements are drafted." in browser.read("/agreements")
    with write():
        first, second = db.session.scalars(select(Agreement).order_by(Agreement.id))
        assert {first.status, second.status} == {AgreementStatus.DRAFT}
        assert [partner.schac for partner in second.partners] == ["susu.ru", "kaznpu.kz"]
        assert first.signed_on.isoformat() == "2017-11-08"
        there, back = first.conditions
        assert (there.first_year, there.sending_unit.code, there.cefr.value) == (2026, "imfi", "B1")
        assert (there.eqf_levels, there.isced_fields, there.blended) == ([6, 7], ["061"], True)
        assert (back.direction, back.sending.schac) == (Direction.COURSES, "susu.ru")


def test_a_file_sent_twice_drafts_nothing_the_second_time(browser):
    confirm(browser, send(browser, GOOD).text)
    again = send(browser, GOOD)
    assert "Everything in this file stands in the service already." in words(again.text)
    assert count() == 2


def test_every_error_is_told_at_once_with_its_line(browser):
    rows = (
        "A,nobody.kz,susu.ru,T,2017-13-01,tourism,kaznpu.kz,,susu.ru,2026,2030,5,,,,,",
        "B,kaznpu.kz,susu.ru,T,,tourism,enu.kz,,susu.ru,26,2026/2028,many,x,,,,maybe",
        "B,kaznpu.kz,enu.kz,T,,internship,kaznpu.kz,none,susu.ru,2030,2026,5,,0699,english,Z9,",
        ",kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,2026,2030,5,,,,,",
        "C,kaznpu.kz,susu.ru,,,internship,kaznpu.kz,,susu.ru,2030,2026,5,,,,,",
        "D,kaznpu.kz,kaznpu.kz,T,,internship,kaznpu.kz,,susu.ru,2026,2030,5,,,,,",
        "E,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,2026,2030,5,9,,,,",
        "F,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,2026,2030,5,,0699,,,",
        "G,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,2026,2030,5,,,ru,,",
        "H,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,kaznpu.kz,2026,2030,5,,,,,",
        "I,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,2026,2030,99999,,,,,",
        "J,kaznpu.kz,susu.ru,T,,internship,kaznpu.kz,,susu.ru,26,2030,,,,,,",
    )
    answer = send(browser, "\n".join((HEADER, *rows)))
    assert answer.status_code == 422
    assert count() == 0
    assert "import/apply" not in answer.text
    found = [
        re.sub(r"^line (\d+)(?:, column \w+ “(\w+)”)?: ", r"\1 \2: ", one) for one in told(answer)
    ]
    expected = [
        ("2 partner_a", "“nobody.kz” is not the code of a partner."),
        ("2 signed_on", "“2017-13-01” is not a day"),
        ("2 direction", "“tourism” is not a direction; known are"),
        ("3 direction", "“tourism” is not a direction; known are"),
        ("3 sending", "“enu.kz” is neither of the two partners"),
        ("3 first_year", "“26” is no academic year"),
        ("3 last_year", "“2026/2028” is no academic year"),
        ("3 mobilities_per_year", "“many” is not a whole number."),
        ("3 eqf_levels", "“x” is not a list of EQF levels"),
        ("3 blended", "“maybe” is neither yes nor no."),
        ("4 partner_b", "line 3 says something else of the same agreement."),
        ("4 sending_unit", "“none” is no faculty or department of"),
        ("4 language", "“english” is no code of a language"),
        ("4 cefr", "“Z9” is no level from A1 to C2."),
        ("5 agreement", "name the agreement of this row"),
        ("6 title_en", "Give a title in at least one language."),
        ("6 last_year", "The last academic year is not before the first."),
        ("7 partner_b", "An agreement has two different partners."),
        ("8 eqf_levels", "EQF levels go from 5 to 8."),
        ("9 isced_fields", "“0699” is not a field of ISCED-F 2013."),
        ("10 cefr", "Give a language and its level, or neither."),
        ("11 receiving", "The receiving partner is the other one."),
        ("12 mobilities_per_year", "Give a number from 0 to 10,000."),
        ("13 first_year", "“26” is no academic year"),
        ("13 mobilities_per_year", "“” is not a whole number."),
    ]
    for line, (place, text) in zip(found, expected, strict=True):
        assert line.startswith(f"{place}: ")
        assert text in line


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            ("M,kaznpu.kz,susu.ru,T,,courses,susu.ru,,kaznpu.kz,2026,2030,5,6 7,,,,",
             "M,,,,,courses,susu.ru,,kaznpu.kz,2026,2030,5,7 6,,,,"),
            "line 3: the same condition stands in line 2.",
        ),
        (
            ("M,kaznpu.kz,susu.ru,T,,courses,susu.ru,,kaznpu.kz,2026,2030,5,,,,,",
             "N,susu.ru,kaznpu.kz,T,,courses,susu.ru,,kaznpu.kz,2026,2030,5,,,,,"),
            "line 3, column A “agreement”: the same agreement stands in line 2.",
        ),
    ],
)  # fmt: skip
def test_what_stands_twice_is_told(browser, rows, problem):
    answer = send(browser, "\n".join((HEADER, *rows)))
    assert told(answer) == [problem]


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"", "agreements.csv", "is empty"),
        (HEADER.encode(), "agreements.csv", "holds column names only, no rows."),
        (b"agreement,rector\na,b\n", "agreements.csv", "columns are missing: partner_a"),
        (b"agreement,rector\na,b\n", "agreements.csv", "“rector”: unknown column"),
        (GOOD.encode(), "agreements.pdf", "is neither .csv nor .xlsx"),
        (b"{", "agreements.json", "is no JSON in UTF-8"),
        (b'{"a": 1, "a": 2}', "agreements.json", "a name stands twice in one object"),
        (b'{"a": NaN}', "agreements.json", "is no JSON in UTF-8"),
        (b'"\\ud800"', "agreements.json", "is no JSON in UTF-8"),
        (b"[" * 100_000, "agreements.json", "is no JSON in UTF-8"),
        (b"9" * 5000, "agreements.json", "is no JSON in UTF-8"),
        (b"[]", "agreements.json", "has to be of type object."),
    ],
)
def test_unreadable_files_are_told(browser, content, name, problem):
    answer = send(browser, content, name)
    assert answer.status_code == 422
    assert problem in words(answer.text)
    assert count() == 0


def test_large_files_are_refused(browser, monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 100)
    answer = send(browser, GOOD)
    assert (answer.status_code, "is larger than" in answer.text) == (422, True)


def test_a_workbook_is_understood(browser, write):
    header = HEADER.split(",")
    values = GOOD.splitlines()[2].split(",")
    values[1:4] = ["kaznpu.kz", "susu.ru", "Из книги"]
    cells = [int(one) if one.isdigit() else one or None for one in values]
    answer = send(browser, workbook_bytes(header, [cells]), "agreements.xlsx")
    assert answer.status_code == 200, told(answer)
    assert confirm(browser, answer.text).status_code == 303
    with write():
        [made] = db.session.scalars(select(Agreement))
        assert (made.title_ru, made.title_en) == ("", "Из книги")
        assert made.conditions[0].mobilities_per_year == 15


def test_days_and_years_of_a_workbook_are_understood(browser, write):
    """A spreadsheet holds a day as a date, and a year as a number."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ["A", "kaznpu.kz", "susu.ru", "T"])
    sheet.write_datetime(1, 4, date(2017, 11, 8), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.write_row(1, 5, ["courses", "susu.ru", "", "kaznpu.kz", 2026, 2030.0, 5])
    sheet.write_formula(1, 14, '=IF(1,"ru","")', None, "ru")
    sheet.write(1, 15, "B1")
    book.close()
    answer = send(browser, out.getvalue(), "agreements.xlsx")
    assert answer.status_code == 200, told(answer)
    confirm(browser, answer.text)
    with write():
        [made] = db.session.scalars(select(Agreement))
        [condition] = made.conditions
        assert made.signed_on == date(2017, 11, 8)
        assert (condition.last_year, condition.language) == (2030, "ru")


def test_characters_that_are_no_text_are_told(browser):
    row = "M,kaznpu.kz,susu.ru,T\x07x,,courses,susu.ru,,kaznpu.kz,2026,2030,5,,,,,"
    answer = send(browser, f"{HEADER}\n{row}")
    assert answer.status_code == 422
    assert "the cell holds a character that is not seen" in words(answer.text)


def document(**changes):
    condition = {
        "direction": "courses", "sending": "susu.ru", "receiving": "kaznpu.kz",
        "first_year": 2026, "last_year": 2030, "mobilities_per_year": 5,
    }  # fmt: skip
    condition |= changes.pop("condition", {})
    agreement = {
        "partners": ["kaznpu.kz", "susu.ru"], "titles": {"kk": "Келісім"},
        "conditions": [condition],
    }  # fmt: skip
    agreement |= changes.pop("agreement", {})
    whole = {"format": "sapar-agreements", "version": 1, "agreements": [agreement], **changes}
    return json.dumps(whole).encode()


def test_a_document_is_drafted(browser, write):
    whole = document(condition={"last_year": 2030.0}, version=1.0)
    answer = send(browser, whole, "agreements.json")
    assert answer.status_code == 200
    assert confirm(browser, answer.text).status_code == 303
    with write():
        [made] = db.session.scalars(select(Agreement))
        assert (made.title_kk, made.status) == ("Келісім", AgreementStatus.DRAFT)
        assert made.conditions[0].last_year == 2030


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": 2}, "version: has to be 1."),
        ({"format": "x"}, 'format: has to be "sapar-agreements".'),
        ({"extra": 1}, "“extra” is not known here."),
        ({"agreements": []}, "holds no agreements."),
        ({"agreements": {}}, "agreements: has to be of type array."),
        ({"agreement": {"titles": {"de": "x"}}}, "agreements[0].titles: “de” is not known here."),
        ({"agreement": {"titles": {}}},
         "agreements[0].titles: Give a title in at least one language."),
        ({"agreement": {"partners": ["susu.ru"]}},
         "agreements[0].partners: has to hold at least 2 items."),
        ({"agreement": {"partners": ["susu.ru", "susu.ru"]}},
         "agreements[0].partners: holds the same item twice."),
        ({"agreement": {"partners": ["susu.ru", "none.kz"]}},
         "agreements[0].partners[1]: “none.kz” is not the code of a partner."),
        ({"agreement": {"signed_on": "2026-02-30"}},
         "agreements[0].signed_on: “2026-02-30” is not a day."),
        ({"agreement": {"signed_on": "2026-02-03\n"}},
         "agreements[0].signed_on: “2026-02-03·” has not the form that is asked for."),
        ({"agreement": {"text": "a\u0000b"}},
         "agreements[0].text: “a·b” has not the form that is asked for."),
        ({"condition": {"direction": "tourism"}},
         "agreements[0].conditions[0].direction: “tourism” is not a direction; known are "
         + ", ".join(one.value for one in Direction) + "."),
        ({"condition": {"sending": "enu.kz"}},
         "agreements[0].conditions[0].sending: “enu.kz” is neither of the two partners"
         " (kaznpu.kz, susu.ru)."),
        ({"condition": {"first_year": "2026"}},
         "agreements[0].conditions[0].first_year: has to be of type integer."),
        ({"condition": {"first_year": 1999}},
         "agreements[0].conditions[0].first_year: has to lie between 2000 and 2100."),
        ({"condition": {"last_year": 2025}},
         "agreements[0].conditions[0].last_year: The last academic year is not before the first."),
        ({"condition": {"mobilities_per_year": True}},
         "agreements[0].conditions[0].mobilities_per_year: has to be of type integer."),
        ({"condition": {"cefr": "B9"}},
         'agreements[0].conditions[0].cefr: has to be one of "A1", "A2", "B1", "B2", "C1", "C2",'
         " null."),
        ({"condition": {"language": "zz", "cefr": "B1"}},
         "agreements[0].conditions[0].language: “zz” is no code of a language (ISO 639-1)."),
        ({"condition": {"sending_unit": "x"}},
         "agreements[0].conditions[0].sending_unit: “x” is no faculty or department of"),
        ({"condition": {"isced_fields": ["0699"]}},
         "agreements[0].conditions[0].isced_fields: “0699” is not a field of ISCED-F 2013."),
    ],
)  # fmt: skip
def test_documents_are_refused_with_path_and_message(browser, changes, problem):
    answer = send(browser, document(**changes), "agreements.json")
    assert answer.status_code == 422
    [found] = told(answer)
    assert found.startswith(problem)
    assert count() == 0


def test_a_change_after_the_preview_asks_to_look_again(browser):
    page = send(browser, GOOD).text
    confirm(browser, send(browser, GOOD).text)
    answer = confirm(browser, page)
    assert answer.status_code == 409
    assert "The agreements have changed since the preview." in words(answer.text)
    assert count() == 2


def test_a_coordinator_imports_agreements_of_their_own_university_alone(browser, visitor, write):
    with write():
        own = db.session.scalars(select(User).where(User.email == "own@kaznpu.kz")).one()
    theirs = visitor(own)
    assert send(theirs, GOOD).status_code == 200
    foreign = f"{HEADER}\nM,enu.kz,susu.ru,T,,courses,susu.ru,,enu.kz,2026,2030,5,,,,,"
    answer = send(theirs, foreign)
    assert told(answer) == [
        "line 2, column B “partner_a”: One of the two partners is your own institution."
    ]


def test_mangled_confirmation_and_no_file_are_refused(browser):
    answer = browser.post("/agreements/import/apply", {"name": "a.csv", "content": "no base64"})
    assert answer.status_code == 422
    assert "Choose a CSV, XLSX or JSON file." in words(browser.post("/agreements/import", {}).text)


def test_preview_asks_as_often_for_three_agreements_as_for_one(browser, count_queries):
    lines = GOOD.splitlines()
    send(browser, "\n".join(lines[:2]))
    with count_queries() as one:
        send(browser, "\n".join(lines[:2]))
    with count_queries() as three:
        send(browser, "\n".join([*lines, lines[-1].replace("M2", "M3").replace("Second", "Third")]))
    assert len(three) == len(one)
