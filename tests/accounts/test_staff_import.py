"""Import of teachers and staff: who gets which role, what is refused."""

import pytest

from mobility import audit
from mobility.accounts.models import Role, UserStatus
from mobility.accounts.people import grant_role
from mobility.accounts.queries import user_by_email
from mobility.db import transaction

from .. import factories
from ..clients import words
from .importing import confirm, counts, send, told

HEADER = "email,name,unit,position,eqf_level,isced_field,study_year,languages,language"
GOOD = f"""{HEADER}
teacher@kaznpu.kz,Айгүл Омарова,imfi,доцент,,0114,,en B2; ru C1,en
doctoral@kaznpu.kz,Ерлан Сейтов,,assistant,8,0541,2,,en
student@kaznpu.kz,Dana,,,6,0613,3,,en
bare@kaznpu.kz,Bare,,,,,,,en
"""
BOTH, STUDENT, STAFF = {Role.STUDENT, Role.STAFF}, {Role.STUDENT}, {Role.STAFF}


def roles_of(user):
    return {grant.role for grant in user.grants}


def test_position_makes_a_teacher_and_a_level_a_student(boss, kaznpu, mailbox):
    page = send(boss, kaznpu, GOOD)
    shown = words(page.text)
    assert "Айгүл Омарова teacher@kaznpu.kz new: teacher or staff" in shown
    assert "Ерлан Сейтов doctoral@kaznpu.kz new: student; teacher or staff" in shown
    assert "Dana student@kaznpu.kz new: student Bare bare@kaznpu.kz new: student" in shown
    assert confirm(boss, page.text).status_code == 303
    letters = [" ".join(mail.text.split()) for mail in mailbox()]
    parts = [text.partition("Your part: ")[2].partition(".")[0] for text in letters]
    assert parts == ["teacher or staff", "student; teacher or staff", "student", "student"]
    with transaction(write=False):
        teacher, both, student, bare = (
            user_by_email(f"{name}@kaznpu.kz")
            for name in ("teacher", "doctoral", "student", "bare")
        )
        assert [roles_of(user) for user in (teacher, both, student, bare)] == [
            STAFF,
            BOTH,
            STUDENT,
            STUDENT,
        ]
        assert (teacher.status, teacher.institution_id) == (UserStatus.INVITED, kaznpu.id)
        profile = teacher.profile
        assert (profile.position, profile.isced_field, profile.unit.code) == (
            "доцент",
            "0114",
            "imfi",
        )
        assert (profile.eqf_level, profile.study_year) == (None, None)
        assert [skill.language for skill in profile.skills] == ["en", "ru"]
        assert (both.profile.position, both.profile.eqf_level) == ("assistant", 8)
        assert bare.profile is None
    before = counts()
    assert "Everything in this file stands" in words(send(boss, kaznpu, GOOD).text)
    assert counts() == before


def test_known_people_get_the_role_they_lack(boss, write, kaznpu, mailbox):
    with write():
        student = factories.student(kaznpu, email="s@kaznpu.kz", name="S")
        teacher = factories.teacher(kaznpu, email="t@kaznpu.kz", name="T")
    text = f"{HEADER}\ns@kaznpu.kz,S,,assistant,,,,\nt@kaznpu.kz,T,,,8,,1,\n"
    page = send(boss, kaznpu, text)
    shown = words(page.text)
    for change in (
        "roles: student → student; teacher or staff",
        "position: — → assistant",
        "roles: teacher or staff → student; teacher or staff",
        "eqf_level: — → 8",
        "study_year: — → 1",
    ):
        assert change in shown
    assert confirm(boss, page.text).status_code == 303
    assert mailbox() == []
    with transaction(write=False):
        for person in (student, teacher):
            user = user_by_email(person.email)
            assert roles_of(user) == BOTH
            assert [event.action for event in audit.history(user)] == ["user.grant-role"]
        assert user_by_email("s@kaznpu.kz").profile.eqf_level == 6
        assert user_by_email("t@kaznpu.kz").profile.position == "Senior lecturer"
    assert "Everything in this file stands" in words(send(boss, kaznpu, text).text)


def test_teacher_changes_field_by_field(boss, write, kaznpu):
    with write():
        factories.teacher(kaznpu, email="t@kaznpu.kz", name="T")
    page = send(boss, kaznpu, "email,name,лауазымы,earlier_mobilities\nt@kaznpu.kz,T,профессор,2\n")
    assert "position: Senior lecturer → профессор" in words(page.text)
    assert confirm(boss, page.text).status_code == 303
    with transaction(write=False):
        user = user_by_email("t@kaznpu.kz")
        assert roles_of(user) == STAFF
        said = user.profile.position, user.profile.isced_field, user.profile.earlier_mobilities
        assert said == ("профессор", "0613", 2)


def test_every_error_about_work_is_told_at_its_cell(boss, write, kaznpu):
    with write():
        other = factories.institution("enu.kz", name_en="ENU")
        factories.teacher(other, email="moved@kaznpu.kz")
        factories.coordinator(kaznpu, email="office@kaznpu.kz")
        registered = factories.teacher(kaznpu, email="unsaid@kaznpu.kz")
        registered.profile = None
    before = counts()
    answer = send(
        boss,
        kaznpu,
        f"{HEADER}\n"
        "a@kaznpu.kz,A,,доцент,,,,\n"
        "b@kaznpu.kz,B,,=1+1,,0114,,\n"
        "c@kaznpu.kz,C,,доцент,8,0114,,\n"
        f"d@kaznpu.kz,D,,{'я' * 201},,,,\n"
        "moved@kaznpu.kz,M,,доцент,,0114,,\n"
        "office@kaznpu.kz,O,,доцент,,0114,,\n"
        "unsaid@kaznpu.kz,U,,,,,,en C1\n",
    )
    assert answer.status_code == 422
    assert counts() == before
    together = "position and field are given together."
    assert told(answer) == [
        f"2, column F “isced_field”: {together}",
        "3, column D “position”: “=1+1” begins like a formula; write it without the “=” in front.",
        "4, column G “study_year”: level, field and year of study are given together.",
        "5, column D “position”: the cell has more than 200 characters.",
        f"5, column F “isced_field”: {together}",
        "6, column A “email”: this address has an account that is not of this institution.",
        "7, column A “email”: this address has the account of somebody who is neither student nor"
        " teacher or staff; an administrator can make them one.",
        f"8, column D “position”: {together}",
        f"8, column F “isced_field”: {together}",
    ]


def test_grade_makes_a_student_who_says_the_level(boss, write, kaznpu):
    with write():
        factories.grade_scale(kaznpu)
    text = "email,name,position,isced_field,grade_average\na@kaznpu.kz,A,доцент,0114,3.5\n"
    assert told(send(boss, kaznpu, text)) == [
        "2: level, field and year of study are given together.",
    ]


@pytest.mark.parametrize("role", [Role.STAFF, Role.STUDENT])
def test_role_granted_after_the_preview_asks_to_look_again(boss, write, kaznpu, role):
    with write():
        make = factories.student if role is Role.STAFF else factories.teacher
        person = make(kaznpu, email="p@kaznpu.kz", name="P")
        person.profile.position, person.profile.eqf_level, person.profile.study_year = "x", 8, 1
    text = f"{HEADER}\np@kaznpu.kz,P,,x,8,0613,1,\n"
    page = send(boss, kaznpu, text)
    assert "changed 1" in words(page.text)
    with write():
        user = user_by_email("p@kaznpu.kz")
        grant_role(user, role, institution=user.institution, actor=None)
    before = counts()
    assert confirm(boss, page.text).status_code == 409
    assert counts() == before
