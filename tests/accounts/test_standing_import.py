"""Import of grade averages, credits earned and earlier mobilities: on the university's scale."""

import pytest

from mobility.accounts.grades import set_grade_scale
from mobility.accounts.models import User
from mobility.accounts.queries import user_by_email
from mobility.db import db, transaction
from mobility.partners.models import Institution
from mobility.tables.workbooks import workbook_bytes

from .. import factories
from ..clients import words
from .importing import confirm, counts, send, told

HEADER = "email;name;eqf_level;isced_field;study_year;grade_average;credits_earned;"
HEADER += "earlier_mobilities"
GOOD = f"{HEADER}\na@kaznpu.kz;Айгерім;6;0613;3;3,25;120,5;0\n"


@pytest.fixture
def scale(write, kaznpu):
    with write():
        return factories.grade_scale(kaznpu)


def standing_of(email):
    with transaction(write=False):
        profile = user_by_email(email).profile
        return (
            profile.grade_average,
            profile.grade_percent,
            profile.credits_earned,
            profile.earlier_mobilities,
        )


def test_standing_of_a_new_student_is_written(boss, kaznpu, scale):
    assert confirm(boss, send(boss, kaznpu, GOOD).text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (3.25, 75, 120.5, 0)
    before = counts()
    assert "Everything in this file stands" in words(send(boss, kaznpu, GOOD).text)
    assert counts() == before


def test_standing_changes_cell_by_cell(boss, write, kaznpu, scale):
    with write():
        standing = {"grade_average": 2.5, "grade_percent": 50, "credits_earned": 60}
        factories.student(
            kaznpu, email="a@kaznpu.kz", name="A", profile={**standing, "earlier_mobilities": 1}
        )
    text = "почта;ФИО;Средний балл;Кредиты;Прежние мобильности\na@kaznpu.kz;A;4;;0\n"
    page = send(boss, kaznpu, text)
    shown = words(page.text)
    assert "grade_average: 2.5 → 4" in shown
    assert "earlier_mobilities: 1 → 0" in shown
    assert "credits_earned:" not in shown
    assert confirm(boss, page.text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (4, 100, 60, 0)


@pytest.mark.parametrize(
    "names",
    [
        ("email", "name", "GPA", "credits", "mobilities"),
        ("почта", "ФИО", "средний балл", "кредиты ECTS", "прежние мобильности"),
        ("пошта", "аты-жөні", "орташа балл", "ECTS кредиттері", "бұрынғы ұтқырлықтар"),
    ],
)
def test_columns_are_known_in_three_languages_and_numbers_of_a_workbook(
    boss, write, kaznpu, scale, names
):
    with write():
        factories.student(kaznpu, email="a@kaznpu.kz", name="A")
    data = workbook_bytes(names, [("a@kaznpu.kz", "A", 3.7, 90, 2)])
    assert confirm(boss, send(boss, kaznpu, data, name="a.xlsx").text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (3.7, 90, 90, 2)


def test_every_wrong_number_is_told_at_its_cell(boss, kaznpu, scale):
    before = counts()
    answer = send(
        boss,
        kaznpu,
        f"{HEADER}\n"
        "a@kaznpu.kz;A;6;0613;3;4,01;1000,5;21\n"
        "b@kaznpu.kz;B;6;0613;3;-2;-60;-1\n"
        "c@kaznpu.kz;C;6;0613;3;good;nan;1,5\n"
        "d@kaznpu.kz;D;6;0613;3;=1+1;1e2;٣\n"
        "e@kaznpu.kz;E;;;;3;;\n",
    )
    assert answer.status_code == 422
    assert counts() == before
    grade, credits_, mobilities = (
        f"column {column}" for column in ("F “grade_average”", "G “credits_earned”", "H")
    )
    assert told(answer)[:12] == [
        wrong
        for line, cells in (
            (2, ("4,01", "1000,5", "21")),
            (3, ("-2", "-60", "-1")),
            (4, ("good", "nan", "1,5")),
            (5, ("=1+1", "1e2", "٣")),
        )
        for wrong in (
            f"{line}, {grade}: “{cells[0]}” is not a number from 1 to 4.",
            f"{line}, {credits_}: “{cells[1]}” is not a number from 0 to 1,000.",
            f"{line}, {mobilities} “earlier_mobilities”: “{cells[2]}” is not a whole number"
            " from 0 to 20.",
        )
    ]
    together = "level, field and year of study are given together."
    assert told(answer)[12:] == [
        f"6, column C “eqf_level”: {together}",
        f"6, column D “isced_field”: {together}",
        f"6, column E “study_year”: {together}",
    ]


def test_grades_on_a_scale_where_lower_is_better(boss, write, kaznpu):
    with write():
        factories.grade_scale(kaznpu, best=1, passing=4)
    assert confirm(boss, send(boss, kaznpu, GOOD).text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (3.25, 25, 120.5, 0)
    answer = send(boss, kaznpu, GOOD.replace("3,25", "0,7"))
    assert told(answer) == [
        "2, column F “grade_average”: “0,7” is not a number from 1 to 4.",
    ]


def test_grades_need_the_scale_of_the_university(boss, kaznpu):
    answer = send(boss, kaznpu, GOOD)
    assert told(answer) == [
        "2, column F “grade_average”: Abai University has not entered its grade scale yet;"
        " leave this empty.",
    ]
    plain = GOOD.replace("3,25", "")
    assert confirm(boss, send(boss, kaznpu, plain).text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (None, None, 120.5, 0)


def test_scale_that_changes_after_the_preview_refuses_the_grade(boss, write, kaznpu, scale):
    page = send(boss, kaznpu, GOOD)
    with write():
        set_grade_scale(db.session.get_one(Institution, kaznpu.id), 100, 50, factories.admin())
    before = counts()
    answer = confirm(boss, page.text)
    assert answer.status_code == 409
    assert told(answer) == ["2, column F “grade_average”: “3,25” is not a number from 50 to 100."]
    assert counts() == before


def test_grade_that_stands_survives_a_row_without_one(boss, write, kaznpu, scale):
    with write():
        standing = {"grade_average": 3.0, "grade_percent": 66.67, "credits_earned": 0.0}
        person = factories.student(kaznpu, email="a@kaznpu.kz", name="A", profile=standing)
    text = "email,name,languages\na@kaznpu.kz,A,en C1\n"
    assert confirm(boss, send(boss, kaznpu, text).text).status_code == 303
    assert standing_of("a@kaznpu.kz") == (3, 66.67, 0, None)
    with transaction(write=False):
        [skill] = db.session.get_one(User, person.id).profile.skills
        assert (skill.language, skill.cefr.value) == ("en", "C1")
