"""What a student says of their studies: kept, checked, changed."""

import pytest

from mobility.accounts.models import User
from mobility.db import db, transaction

from .. import factories
from ..clients import words


@pytest.fixture
def student(write):
    with write():
        person = factories.student(factories.institution())
        person.profile = None
        return person


def entry(**values):
    return {
        "unit_id": "",
        "eqf_level": "7",
        "isced_field": "0613",
        "study_year": "2",
        "skills-0-language": "en",
        "skills-0-cefr": "B2",
        "skills-1-language": "",
        "skills-1-cefr": "",
        **values,
    }


def stored(student):
    profile = db.session.get_one(User, student.id).profile
    skills = {skill.language: skill.cefr.value for skill in profile.skills}
    return profile.unit_id, profile.eqf_level, profile.isced_field, profile.study_year, skills


def test_student_describes_their_studies(visitor, write, student):
    with write():
        unit_id = factories.unit(db.session.get_one(User, student.id).institution).id
    browser = visitor(student)
    assert "Say what you study or teach" in browser.read("/")
    assert browser.post("/profile", entry(unit_id=unit_id)).status_code == 303
    assert "Say what you study or teach" not in browser.read("/")
    with transaction(write=False):
        assert stored(student) == (unit_id, 7, "0613", 2, {"en": "B2"})


def test_teacher_gives_a_position_instead_of_a_level(visitor, write):
    with write():
        person = factories.teacher(factories.institution())
        person.profile = None
    browser = visitor(person)
    refused = browser.post("/profile", {**entry(), "position": " "})
    assert "Give your position." in refused.text
    assert browser.post("/profile", {**entry(), "position": "Docent"}).status_code == 303
    with transaction(write=False):
        profile = db.session.get_one(User, person.id).profile
        assert (profile.position, profile.eqf_level, profile.study_year) == ("Docent", None, None)


def test_languages_are_changed_added_and_left_out(visitor, student):
    browser = visitor(student)
    browser.post("/profile", entry(**{"skills-1-language": "kk", "skills-1-cefr": "C2"}))
    page = browser.get("/profile").text
    assert page.count('<option selected value="C2">') == 1
    browser.post(
        "/profile",
        entry(
            **{
                "skills-0-cefr": "C1",
                "skills-1-language": "ru",
                "skills-1-cefr": "A2",
            }
        ),
    )
    with transaction(write=False):
        assert stored(student)[-1] == {"en": "C1", "ru": "A2"}


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"isced_field": ""}, "isced_field", "Choose your field."),
        ({"isced_field": "06"}, "isced_field", "Not a valid choice."),
        ({"eqf_level": "9"}, "eqf_level", "Not a valid choice."),
        ({"study_year": "0"}, "study_year", "Not a valid choice."),
        ({"unit_id": "999"}, "unit_id", "Not a valid choice."),
        ({"skills-0-cefr": ""}, "skills-0-cefr", "Choose the level of this language."),
        ({"skills-0-language": ""}, "skills-0-language", "Choose the language of this level."),
        (
            {"skills-1-language": "en", "skills-1-cefr": "C1"},
            "skills",
            "English stands twice.",
        ),
    ],
)
def test_refused_profile_says_why_and_keeps_what_was_chosen(visitor, student, values, field, told):
    answer = visitor(student).post("/profile", entry(**{"study_year": "4", **values}))
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert f'href="#{field}"' in answer.text
    if "study_year" not in values:
        assert '<option selected value="4">' in answer.text


def test_unit_of_another_institution_is_no_choice(visitor, write, student):
    with write():
        foreign = factories.unit(factories.institution()).id
    assert visitor(student).post("/profile", entry(unit_id=foreign)).status_code == 422


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_profile_is_for_students(visitor, write, role):
    with write():
        people = {
            "coordinator": factories.coordinator(factories.institution()),
            "admin": factories.admin(),
        }
    assert visitor(people[role]).get("/profile").status_code == 403
