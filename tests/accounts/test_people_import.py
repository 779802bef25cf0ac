"""Import of people: every error at once, a preview, all or nothing, invitations after it."""

from base64 import b64encode

import pytest

from mobility import audit
from mobility.accounts import imports, people
from mobility.accounts.models import User, UserStatus
from mobility.accounts.queries import user_by_email
from mobility.db import db, transaction
from mobility.partners.models import Institution
from mobility.tables.workbooks import workbook_bytes

from .. import factories
from ..clients import words
from .importing import confirm, counts, send, told

HEADER = "email,name,unit,eqf_level,isced_field,study_year,languages,language"
GOOD = f"""{HEADER}
Aigerim@stud.kaznpu.kz,Айгерім Әлиева,imfi,6,0613,3,en B2; ru C1,kk
bekzat@kaznpu.kz,Бекзат Омаров,,,,,,Русский
"""


def test_new_students_are_shown_then_invited(boss, visitor, kaznpu, mailbox):
    before = counts()
    page = send(boss, kaznpu, GOOD)
    assert page.status_code == 200
    assert "new 2 changed 0 unchanged 0" in words(page.text)
    assert counts() == before
    done = confirm(boss, page.text)
    assert (done.status_code, done.location) == (303, "/people")
    assert "2 people are invited, 0 changed." in boss.read("/people")
    assert [mail.recipient for mail in mailbox()] == ["aigerim@stud.kaznpu.kz", "bekzat@kaznpu.kz"]
    assert mailbox()[0].language == "kk"
    with transaction(write=False):
        student = user_by_email("aigerim@stud.kaznpu.kz")
        assert (student.status, student.name) == (UserStatus.INVITED, "Айгерім Әлиева")
        assert (student.institution_id, student.timezone) == (kaznpu.id, "Asia/Almaty")
        assert student.is_student
        profile = student.profile
        assert (profile.eqf_level, profile.isced_field, profile.study_year) == (6, "0613", 3)
        assert profile.unit.code == "imfi"
        skills = [(skill.language, skill.cefr.value) for skill in profile.skills]
        assert skills == [("en", "B2"), ("ru", "C1")]
        other = user_by_email("bekzat@kaznpu.kz")
        assert (other.profile, other.language) == (None, "ru")
    assert "Everything in this file stands" in words(send(boss, kaznpu, GOOD).text)


def test_known_student_changes_field_by_field(boss, write, kaznpu, mailbox):
    with write():
        student = factories.student(
            kaznpu, email="dana@kaznpu.kz", name="Dana", skills={"en": "B1", "kk": "C1"}
        )
    text = f"{HEADER}\nDANA@kaznpu.kz,Dana Särsen,imfi,7,,4,en B2,\n"
    page = send(boss, kaznpu, text)
    shown = words(page.text)
    for change in (
        "name: Dana → Dana Särsen",
        "unit: — → imfi",
        "eqf_level: 6 → 7",
        "study_year: 3 → 4",
        "languages: en B1; kk C1 → en B2",
    ):
        assert change in shown
    assert "isced_field:" not in shown
    assert "language: " not in shown
    assert confirm(boss, page.text).status_code == 303
    assert mailbox() == []
    with transaction(write=False):
        student = db.session.get_one(User, student.id)
        assert (student.name, student.profile.eqf_level) == ("Dana Särsen", 7)
        assert [skill.language for skill in student.profile.skills] == ["en"]
        assert [event.action for event in audit.history(student)] == ["user.rename"]
        assert [event.action for event in audit.history(student.profile)] == ["profile.describe"]


def test_empty_cells_leave_what_stands(boss, write, kaznpu):
    with write():
        factories.student(kaznpu, email="dana@kaznpu.kz", name="Dana")
    before = counts()
    page = send(boss, kaznpu, f"{HEADER}\ndana@kaznpu.kz,Dana,,,,,,\n")
    assert "Everything in this file stands in the service already." in words(page.text)
    assert counts() == before


def test_every_error_is_told_at_once_with_line_and_column(boss, write, kaznpu):
    with write():
        other = factories.institution("enu.kz", name_en="ENU")
        factories.student(other, email="moved@kaznpu.kz")
        factories.coordinator(kaznpu, email="office@kaznpu.kz")
        factories.user(email="alone@kaznpu.kz")
        factories.student(kaznpu, email="off@kaznpu.kz", status=UserStatus.DISABLED)
    before = counts()
    answer = send(
        boss,
        kaznpu,
        f"{HEADER}\n"
        "a@kaznpu.kz,,faculty,9,613x,0,en B9; xx A1; ru C1; ru C2,de\n"
        "a@kaznpu.kz,Имя,,6,,,,\n"
        "b@enu.kz,Имя,,,,,,\n"
        "b@notkaznpu.kz,Имя,,,,,,\n"
        "b,Имя,,,,,,\n"
        ",Имя,,,,,,\n"
        "moved@kaznpu.kz,Имя,,,,,,\n"
        "office@kaznpu.kz,Имя,,,,,,\n"
        "alone@kaznpu.kz,Имя,,,,,,\n"
        "off@kaznpu.kz,Имя,,,,,,\n"
        "c@kaznpu.kz,=HYPERLINK(1),@imfi,,,,+en B2,\n",
    )
    assert answer.status_code == 422
    assert counts() == before
    assert told(answer) == [
        "2, column B “name”: the name is missing.",
        "2, column C “unit”: Abai University has no unit “faculty”; known are imfi.",
        "2, column D “eqf_level”: “9” is not a whole number from 5 to 8.",
        "2, column E “isced_field”: “613x” is not a detailed field of ISCED-F 2013,"
        " four digits such as 0613.",
        "2, column F “study_year”: “0” is not a whole number from 1 to 8.",
        "2, column G “languages”: “en B9” is not a language with its level,"
        " such as “en B2; ru C1”.",
        "2, column G “languages”: “xx A1” is not a language with its level,"
        " such as “en B2; ru C1”.",
        "2, column G “languages”: the language “ru” stands twice.",
        "2, column H “language”: the pages speak en, ru and kk: write one of these.",
        "3, column A “email”: “a@kaznpu.kz” stands in line 2 already.",
        "3, column E “isced_field”: level, field and year of study are given together.",
        "3, column F “study_year”: level, field and year of study are given together.",
        "4, column A “email”: enu.kz is no domain of Abai University;"
        " its addresses end in kaznpu.kz.",
        "5, column A “email”: notkaznpu.kz is no domain of Abai University;"
        " its addresses end in kaznpu.kz.",
        "6, column A “email”: “b” is not an e-mail address.",
        "7, column A “email”: the address is missing.",
        "8, column A “email”: this address has an account that is not of this institution.",
        "9, column A “email”: this address has the account of somebody who is neither student nor"
        " teacher or staff; an administrator can make them one.",
        "10, column A “email”: this address has an account that is not of this institution.",
        "11, column A “email”: this account is switched off; an administrator can switch it on"
        " again.",
        "12, column B “name”: “=HYPERLINK(1)” begins like a formula;"
        " write it without the “=” in front.",
        "12, column C “unit”: “@imfi” begins like a formula; write it without the “@” in front.",
        "12, column D “eqf_level”: level, field and year of study are given together.",
        "12, column E “isced_field”: level, field and year of study are given together.",
        "12, column F “study_year”: level, field and year of study are given together.",
        "12, column G “languages”: “+en B2” begins like a formula;"
        " write it without the “+” in front.",
    ]


def test_closest_domain_decides_whose_an_address_is(boss, write, kaznpu):
    with write():
        factories.institution("college.kaznpu.kz", name_en="College")
    text = "email,name\nan@college.kaznpu.kz,Имя\n"
    assert "college.kaznpu.kz is no domain of" in words(send(boss, kaznpu, text).text)


def test_institution_without_domains_takes_addresses_of_nobody(boss, write, kaznpu):
    with write():
        free = factories.institution("free.kz")
        free.domains.clear()
    assert send(boss, free, "email,name\na@mail.example,Имя\n").status_code == 200
    assert send(boss, free, "email,name\na@kaznpu.kz,Имя\n").status_code == 422


def test_zero_that_a_spreadsheet_took_away_is_put_back(boss, kaznpu):
    header = HEADER.split(",")
    row = ["a@kaznpu.kz", "Имя", "imfi", 6, 613, 3, "en B2", "en"]
    page = send(boss, kaznpu, workbook_bytes(header, [row]), name="students.xlsx")
    assert confirm(boss, page.text).status_code == 303
    with transaction(write=False):
        assert user_by_email("a@kaznpu.kz").profile.isced_field == "0613"


def test_change_after_the_preview_asks_to_look_again(boss, write, kaznpu):
    page = send(boss, kaznpu, GOOD).text
    with write():
        factories.student(kaznpu, email="bekzat@kaznpu.kz", name="Б.")
    before = counts()
    answer = confirm(boss, page)
    assert answer.status_code == 409
    assert "has changed since the preview" in words(answer.text)
    assert "name: Б. → Бекзат Омаров" in words(answer.text)
    assert counts() == before
    assert confirm(boss, answer.text).status_code == 303


def test_failure_in_the_middle_writes_nothing(boss, kaznpu, monkeypatch):
    before, queue = counts(), people.queue_letter

    def fail_at_the_second(user, *rest):
        if user.email.startswith("bekzat"):
            raise RuntimeError("the outbox is full")
        return queue(user, *rest)

    monkeypatch.setattr(people, "queue_letter", fail_at_the_second)
    page = send(boss, kaznpu, GOOD).text
    with pytest.raises(RuntimeError, match="the outbox is full"):
        confirm(boss, page)
    assert counts() == before


@pytest.mark.parametrize("role", ["nobody", "student", "unit", "other", "whole", "admin"])
def test_people_are_brought_in_by_those_of_the_whole_institution(visitor, write, kaznpu, role):
    with write():
        other = factories.institution("enu.kz")
        user = {
            "nobody": lambda: None,
            "student": lambda: factories.student(kaznpu),
            "unit": lambda: factories.coordinator(kaznpu, kaznpu.units[0]),
            "other": lambda: factories.coordinator(other),
            "whole": lambda: factories.coordinator(kaznpu),
            "admin": factories.admin,
        }[role]()
    browser = visitor(user)
    before = counts()
    page, sent = browser.get("/people/import"), send(browser, kaznpu, GOOD)
    with transaction(write=False):
        digest = imports.plan_import(kaznpu, "students.csv", GOOD.encode()).digest
    fields = {"name": "students.csv", "content": b64encode(GOOD.encode()).decode()}
    applied = browser.post(
        "/people/import/apply", {**fields, "digest": digest, "institution": kaznpu.id}
    )
    met = (page.status_code, sent.status_code, applied.status_code)
    assert (
        met
        == {
            "nobody": (303, 303, 303),
            "student": (403, 403, 403),
            "unit": (403, 403, 403),
            "other": (200, 422, 422),
            "whole": (200, 200, 303),
            "admin": (200, 200, 303),
        }[role]
    )
    if role == "whole":
        assert applied.location == "/people/import"
    assert (counts() == before) == (role not in {"whole", "admin"})


def test_coordinators_find_the_page_in_the_menu(visitor, write, kaznpu):
    with write():
        whole, boss = factories.coordinator(kaznpu), factories.admin()
        part = factories.coordinator(kaznpu, kaznpu.units[0])
    link = 'href="/people/import"'
    assert link in visitor(whole).get("/").text
    assert link not in visitor(part).get("/").text
    assert link not in visitor(boss).get("/").text
    assert link in visitor(boss).get("/people").text


def test_plan_asks_as_often_for_three_rows_as_for_three_hundred(app, write, kaznpu, count_queries):
    asked, key = [], kaznpu.id
    with write():
        factories.grade_scale(kaznpu)
    header, said = f"{HEADER},position,grade_average", "Имя,imfi,6,0613,3,kk C2,ru,доцент,3.5"
    for rows in (3, 300):
        with write():
            kaznpu = db.session.get_one(Institution, key)
            for number in range(rows):
                make = factories.student if number % 2 else factories.teacher
                make(kaznpu, email=f"known{rows}-{number}@kaznpu.kz")
        lines = [f"known{rows}-{n}@kaznpu.kz,{said}" for n in range(rows)]
        lines += [f"new{rows}-{n}@kaznpu.kz,{said}" for n in range(rows)]
        data = "\n".join([header, *lines]).encode()
        db.session.remove()
        institution = db.session.get_one(Institution, key)
        with count_queries() as statements:
            plan = imports.plan_import(institution, "students.csv", data)
        assert (plan.table.problems, len(plan.new), len(plan.changed)) == ([], rows, rows)
        asked.append(len(statements))
    assert asked[0] == asked[1]
