"""Grade averages on the scale of the own university, and what a profile says of progress."""

import pytest

from mobility.accounts import grades
from mobility.accounts.models import User
from mobility.accounts.queries import grade_scale_of
from mobility.accounts.services import Standing, describe_profile
from mobility.db import db, transaction
from mobility.errors import Invalid

from .. import factories


def describe(person, **standing):
    return describe_profile(
        person,
        unit_id=None,
        eqf_level=6,
        isced_field="0613",
        study_year=3,
        skills={},
        actor=person,
        standing=Standing(**standing),
    )


@pytest.mark.parametrize(
    ("best", "passing", "grade", "percent"),
    [
        (4, 1, 4, 100),
        (4, 1, 1, 0),
        (4, 1, 3.3, 76.67),
        (1, 4, 1.7, 76.67),
        (1, 4, 4, 0),
        (100, 50, 75, 50),
    ],
)
def test_a_grade_is_kept_as_given_and_in_percent(app, write, best, passing, grade, percent):
    with write():
        home = factories.institution()
        scale = factories.grade_scale(home, best, passing)
        profile = describe(factories.student(home), grade_average=grade)
        assert (profile.grade_average, profile.grade_percent) == (grade, percent)
        assert scale.higher_is_better == (best > passing)


@pytest.mark.parametrize("grade", [0.9, 4.1])
def test_a_grade_outside_the_scale_is_refused(app, write, grade):
    with write():
        home = factories.institution()
        factories.grade_scale(home)
        with pytest.raises(Invalid, match="lies between 1 and 4") as refused:
            describe(factories.student(home), grade_average=grade)
    assert refused.value.field == "grade_average"


def test_without_a_scale_no_grade_is_taken(app, write):
    with write(), pytest.raises(Invalid, match="has not entered its grade scale"):
        describe(factories.student(factories.institution()), grade_average=3)


def test_who_says_nothing_of_it_keeps_what_stands(app, write):
    with write():
        home = factories.institution()
        factories.grade_scale(home)
        person = factories.student(home)
        describe(person, grade_average=4, credits_earned=60, earlier_mobilities=0)
        profile = describe_profile(
            person,
            unit_id=None,
            eqf_level=6,
            isced_field="0613",
            study_year=4,
            skills={},
            actor=person,
        )
        assert (profile.grade_percent, profile.credits_earned, profile.earlier_mobilities) == (
            100,
            60,
            0,
        )


def test_percents_follow_a_changed_scale_and_grades_outside_it_are_cleared(app, write):
    with write():
        home, admin = factories.institution(), factories.admin()
        other = factories.institution()
        for hei in (home, other):
            factories.grade_scale(hei)
        inside, outside, elsewhere = (factories.student(hei) for hei in (home, home, other))
        for person, grade in ((inside, 3), (outside, 1), (elsewhere, 1)):
            describe(person, grade_average=grade)
        assert grades.set_grade_scale(home, 5, 2, admin) == 1
    with transaction(write=False):
        read = [db.session.get_one(User, one.id).profile for one in (inside, outside, elsewhere)]
        assert [(one.grade_average, one.grade_percent) for one in read] == [
            (3, pytest.approx(33.33, abs=0.01)),
            (None, None),
            (1, 0),
        ]


def test_an_admin_enters_the_scale_and_everybody_reads_it(app, write, visitor):
    with write():
        home, admin = factories.institution(), factories.admin()
        person = factories.student(home)
    page = f"/partners/{home.id}/grade-scale"
    refused = visitor(admin).post(page, {"best": "1", "passing": "4", "direction": "higher"})
    assert refused.status_code == 422
    assert "the best grade is above the lowest that passes" in refused.text
    assert grade_scale_of(home.id) is None
    sent = visitor(admin).post(page, {"best": "1", "passing": "4", "direction": "lower"})
    assert sent.status_code == 303
    said = "From 1, the best, down to 4, just passed."
    assert said in visitor(None).read(f"/partners/{home.id}")
    assert said in visitor(person).read("/profile")


def test_a_person_gives_them_on_the_profile(app, write, visitor):
    with write():
        home = factories.institution()
        factories.grade_scale(home)
        person = factories.student(home)
    sent = visitor(person).post(
        "/profile",
        {
            "eqf_level": "6",
            "isced_field": "0613",
            "study_year": "3",
            "grade_average": "2,5",
            "credits_earned": "120",
            "earlier_mobilities": "1",
        },
    )
    assert sent.status_code == 303
    with transaction(write=False):
        read = db.session.get_one(User, person.id).profile
        assert (
            read.grade_average,
            read.grade_percent,
            read.credits_earned,
            read.earlier_mobilities,
        ) == (2.5, 50, 120, 1)


def test_a_teacher_is_asked_for_earlier_mobilities_alone(app, write, visitor):
    with write():
        home = factories.institution()
        factories.grade_scale(home)
        person = factories.teacher(home)
    page = visitor(person).get("/profile").text
    assert 'name="earlier_mobilities"' in page
    assert 'name="grade_average"' not in page
    assert 'name="credits_earned"' not in page
