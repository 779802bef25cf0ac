"""Import of institutions: every error at once, a preview, all or nothing."""

import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from mobility.db import db, transaction
from mobility.partners import queries
from mobility.partners.imports import plan_import
from mobility.partners.models import Institution
from mobility.tables import imports

from .. import factories
from ..clients import words

HEADER = "schac,country,timezone,name_ru,name_kk,city_en,latitude,longitude,domains"
GOOD = f"""{HEADER}
kaznpu.kz,KZ,Asia/Almaty,КазНПУ имени Абая,Абай атындағы ҚазҰПУ,,"43,24",76.89,kaznpu.kz abai.kz
susu.ru,ru,Asia/Yekaterinburg,ЮУрГУ,,Chelyabinsk,,,
"""


@pytest.fixture
def admin(write, visitor):
    with write():
        person = factories.admin()
    return visitor(person)


def send(admin, text, *, name="partners.csv", encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return admin.post("/partners/import", {"file": (io.BytesIO(data), name)})


def confirm(admin, page):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    fields = {name: hidden[name] for name in ("name", "content", "digest")}
    return admin.post("/partners/import/apply", fields)


def count():
    with transaction(write=False):
        return db.session.scalar(select(func.count(Institution.id)))


def test_preview_writes_nothing_and_confirming_writes_all(admin):
    answer = send(admin, GOOD)
    assert answer.status_code == 200
    assert "new 2 changed 0 unchanged 0" in words(answer.text)
    assert count() == 0
    done = confirm(admin, answer.text)
    assert (done.status_code, done.location) == (303, "/partners")
    assert "2 institutions are entered, 0 changed." in admin.read("/partners")
    with transaction(write=False):
        abai = queries.find_institution("kaznpu.kz")
        assert (abai.name_kk, abai.latitude) == ("Абай атындағы ҚазҰПУ", 43.24)
        assert [domain.domain for domain in abai.domains] == ["abai.kz", "kaznpu.kz"]
        susu = queries.find_institution("susu.ru")
        assert (susu.country, susu.latitude) == ("RU", None)
        assert [domain.domain for domain in susu.domains] == ["susu.ru"]


def test_every_error_is_told_at_once_with_line_and_column(admin, write):
    with write():
        factories.institution("held.kz")
    answer = send(
        admin,
        f"{HEADER}\n"
        "no domain,KZ,Asia/Almaty,Имя,,,,,\n"
        "a.kz,Kazakhstan,Almaty,Имя,,,north,1,\n"
        "b.kz,KZ,Asia/Almaty,,,,91,1,held.kz\n"
        "b.kz,KZ,Asia/Almaty,Имя,,,,,\n",
    )
    assert answer.status_code == 422
    assert count() == 1
    told = [words(item) for item in re.findall(r"<li>(partners\.csv.*?)</li>", answer.text)]
    assert [item.split(" “")[0].split(": ")[0] for item in told] == [
        "partners.csv, line 2, column A",
        "partners.csv, line 3, column B",
        "partners.csv, line 3, column C",
        "partners.csv, line 3, column G",
        "partners.csv, line 3, column G",
        "partners.csv, line 4",
        "partners.csv, line 4, column G",
        "partners.csv, line 4, column I",
        "partners.csv, line 5, column A",
    ]
    assert "held.kz belongs to held.kz already." in told[7]
    assert "“b.kz” stands in line 4 already." in told[8]
    assert "apply" not in answer.text


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("schac,country,name_ru", "columns are missing: timezone."),
        ("schac,country,timezone", "columns are missing: name_en / name_ru / name_kk."),
        ("schac,country,timezone,name_ru,rector", "column E “rector”: unknown column"),
        ("schac,code,country,timezone,name_ru", "the column schac stands twice."),
    ],
)
def test_wrong_columns_are_told(admin, header, told):
    answer = send(admin, f"{header}\na.kz,b,c,d,e\n")
    assert answer.status_code == 422
    assert told in words(answer.text)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GOOD, "utf-8-sig"),
        (
            "Код;Страна;Часовой пояс;Название на русском\na.ru;RU;Europe/Moscow;Университет",
            "cp1251",
        ),
        (
            "Коды\tЕл\tУақыт белдеуі\tҚазақша атауы\na.kz\tKZ\tAsia/Almaty\tҰлттық университет",
            "utf-8",
        ),
    ],
)
def test_files_of_spreadsheets_are_understood(admin, text, encoding):
    answer = send(admin, text, encoding=encoding)
    assert answer.status_code == 200
    assert confirm(admin, answer.text).status_code == 303


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "partners.csv", "is empty"),
        (GOOD.encode(), "partners.pdf", "is neither .csv nor .xlsx"),
        (GOOD.encode("utf-16"), "partners.csv", "UTF-16"),
        (HEADER.encode(), "partners.csv", "holds column names only, no rows."),
    ],
)
def test_unreadable_files_are_told(admin, data, name, told):
    answer = send(admin, data, name=name)
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert count() == 0


def test_large_files_are_refused_before_they_are_read(admin, monkeypatch):
    # Small, since the client's own spooling is not the subject.
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, bytes=100))
    answer = send(admin, GOOD)
    assert answer.status_code == 422
    assert "partners.csv: is larger than" in words(answer.text)
    assert count() == 0


def test_known_code_changes_the_columns_of_the_file_alone(admin, write):
    with write():
        factories.institution("kaznpu.kz", name_en="Abai", name_ru="Абай", city_en="Almaty")
    text = "schac,country,timezone,name_ru\nKazNPU.kz,KZ,Asia/Almaty,КазНПУ имени Абая\n"
    answer = send(admin, text)
    assert "name_ru: Абай → КазНПУ имени Абая" in words(answer.text)
    confirm(admin, answer.text)
    with transaction(write=False):
        abai = queries.find_institution("kaznpu.kz")
        assert (abai.name_en, abai.name_ru, abai.city_en) == ("Abai", "КазНПУ имени Абая", "Almaty")
    assert "Everything in this file stands in the service already." in words(send(admin, text).text)


def test_change_after_the_preview_asks_to_look_again(admin, write):
    page = send(admin, GOOD).text
    with write():
        factories.institution("susu.ru", name_ru="Другое")
    answer = confirm(admin, page)
    assert answer.status_code == 409
    assert "has changed since the preview." in words(answer.text)
    assert "name_ru: Другое → ЮУрГУ" in words(answer.text)
    assert count() == 1
    assert confirm(admin, answer.text).status_code == 303
    assert count() == 2


def test_no_file_is_told_at_the_field(admin):
    answer = admin.post("/partners/import", {})
    assert answer.status_code == 422
    assert "Choose a CSV or XLSX file." in words(answer.text)


def test_mangled_confirmation_is_refused(admin):
    answer = admin.post("/partners/import/apply", {"name": "a.csv", "content": "no base64"})
    assert answer.status_code == 422
    assert count() == 0


def test_plan_asks_as_often_for_three_rows_as_for_three_hundred(app, write, count_queries):
    counts = []
    for rows in (3, 300):
        with write():
            for number in range(rows // 2):
                factories.institution(f"known{rows}-{number}.kz")
        lines = [f"known{rows}-{n}.kz,KZ,Asia/Almaty,Имя" for n in range(rows // 2)]
        lines += [f"new{rows}-{n}.kz,KZ,Asia/Almaty,Имя" for n in range(rows // 2)]
        data = "\n".join(["schac,country,timezone,name_ru", *lines]).encode()
        db.session.remove()
        with count_queries() as statements:
            plan = plan_import("partners.csv", data)
        assert (plan.table.problems, len(plan.new), len(plan.changed)) == ([], *[rows // 2] * 2)
        counts.append(len(statements))
    assert counts[0] == counts[1]
