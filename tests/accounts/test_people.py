"""Admins invite coordinators, give and take roles, switch accounts off and on."""

import pytest
from sqlalchemy import select

from mobility import audit
from mobility.accounts import people
from mobility.accounts.models import ACCOUNT, Consent, Role, User, UserStatus
from mobility.accounts.queries import user_by_email
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid

from .. import factories
from ..clients import words
from .links import link_in

NEW = "a short sentence"


@pytest.fixture
def kaznpu(write):
    with write():
        return factories.institution("kaznpu.kz", name_en="Abai University")


@pytest.fixture
def boss(write):
    with write():
        return factories.admin(name="Boss", email="boss@mail.example")


def invitation(kaznpu, **values):
    return {
        "name": "Dana",
        "email": "Dana@kaznpu.kz",
        "language": "en",
        "role": "coordinator",
        "scope": str(kaznpu.id),
        **values,
    }


def test_invited_coordinator_accepts_and_coordinates(visitor, mailbox, kaznpu, boss):
    answer = visitor(boss).post("/people/invite", invitation(kaznpu))
    assert answer.status_code == 303
    (mail,) = mailbox()
    assert mail.recipient == "dana@kaznpu.kz"
    assert "Boss invites you to Sapar" in mail.text
    assert "coordinator (Abai University)" in mail.text
    browser = visitor()
    assert 'value="Dana"' in browser.get(link_in(mail)).text
    answer = browser.post(link_in(mail), {"name": "Dana Särsen", "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Hello, Dana Särsen" in browser.read("/")
    with transaction(write=False):
        dana = user_by_email("dana@kaznpu.kz")
        assert dana.coordinates(kaznpu.id)
        assert dana.whole_institutions == {kaznpu.id}
        assert (dana.status, dana.timezone) == (UserStatus.ACTIVE, "Asia/Almaty")
        assert [event.action for event in audit.history(dana)] == [
            "user.invite",
            "user.grant-role",
            "user.set-password",
            "user.accept-invitation",
        ]


@pytest.mark.parametrize("role", ["student", "staff"])
def test_invited_applicant_agrees_to_what_the_registered_agree_to(
    visitor, mailbox, kaznpu, boss, role
):
    visitor(boss).post("/people/invite", invitation(kaznpu, role=role))
    browser, link, form = visitor(), link_in(mailbox()[0]), {"name": "Dana", "password": NEW}
    refused = browser.post(link, form)
    assert refused.status_code == 422
    assert 'id="consent-error"' in refused.text
    assert browser.post(link, {**form, "consent": "y"}).status_code == 303
    with transaction(write=False):
        [kept] = db.session.scalars(select(Consent))
        assert (kept.kind, kept.user_id) == ("personal-data", user_by_email("dana@kaznpu.kz").id)


def test_invitation_to_a_unit_gives_the_unit_alone(visitor, write, kaznpu, boss):
    with write():
        unit = factories.unit(kaznpu)
        other = factories.unit(kaznpu)
    visitor(boss).post("/people/invite", invitation(kaznpu, scope=f"{kaznpu.id}:{unit.id}"))
    with transaction(write=False):
        dana = user_by_email("dana@kaznpu.kz")
        assert dana.coordinates(kaznpu.id, unit.id)
        assert not dana.coordinates(kaznpu.id, other.id)
        assert not dana.coordinates(kaznpu.id)
        assert dana.whole_institutions == set()


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"email": "boss@mail.example"}, "email", "This address has an account."),
        ({"email": "dana"}, "email", "This is not an e-mail address"),
        ({"name": ""}, "name", "Enter the person's name."),
        ({"email": ""}, "email", "Enter the e-mail address."),
        ({"scope": ""}, "scope", "Choose the institution."),
        ({"role": "admin"}, "scope", "An administrator has no institution"),
        ({"role": "king"}, "role", "Not a valid choice."),
        ({"scope": "1:999"}, "scope", "Not a valid choice."),
    ],
)
def test_refused_invitation_says_why_and_keeps_what_was_typed(
    visitor, mailbox, kaznpu, boss, values, field, told
):
    answer = visitor(boss).post("/people/invite", invitation(kaznpu, **values))
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert f'id="{field}-error"' in answer.text
    assert f'value="{invitation(kaznpu, **values)["email"]}"' in answer.text
    assert mailbox() == []


def test_invitation_is_sent_again(visitor, mailbox, kaznpu, boss):
    browser = visitor(boss)
    page = browser.post("/people/invite", invitation(kaznpu)).location
    assert browser.post(f"{page}/remind").status_code == 303
    assert [mail.recipient for mail in mailbox()] == ["dana@kaznpu.kz"] * 2
    visitor().post(link_in(mailbox()[1]), {"name": "Dana", "password": NEW})
    assert browser.post(f"{page}/remind").status_code == 409


def test_roles_are_given_and_taken(visitor, write, kaznpu, boss):
    with write():
        person = factories.user(name="Dana")
    browser = visitor(boss)
    page = f"/people/{person.id}"
    given = {"role": "coordinator", "scope": str(kaznpu.id)}
    assert browser.post(f"{page}/roles", given).status_code == 303
    assert "coordinator (Abai University)" in browser.read(page)
    again = browser.post(f"{page}/roles", given)
    assert again.status_code == 422
    assert "Dana has this role already." in words(again.text)
    with transaction(write=False):
        grant_id = db.session.get_one(User, person.id).grants[0].id
    assert browser.post(f"{page}/roles/{grant_id}/revoke").status_code == 303
    assert "No role" in browser.read(page)
    assert browser.post(f"{page}/roles/{grant_id}/revoke").status_code == 409


def test_student_belongs_to_one_institution(write, kaznpu, boss):
    with write():
        person = factories.user()
        people.grant_role(person, Role.STUDENT, institution=kaznpu, actor=boss)
        assert (person.institution, person.is_student) == (kaznpu, True)
        other = factories.institution()
        with pytest.raises(Invalid, match="belongs to Abai University"):
            people.grant_role(person, Role.STUDENT, institution=other, actor=boss)


def test_last_admin_stays(visitor, write, boss):
    browser = visitor(boss)
    with transaction(write=False):
        grant_id = db.session.get_one(User, boss.id).grants[0].id
    revoked = browser.post(f"/people/{boss.id}/roles/{grant_id}/revoke")
    assert revoked.status_code == 409
    assert "Boss is the only administrator." in words(revoked.text)
    assert browser.post(f"/people/{boss.id}/switch-off", {"reason": "x"}).status_code == 409
    with write():
        factories.admin()
    assert browser.post(f"/people/{boss.id}/switch-off", {"reason": "x"}).status_code == 303


def test_account_is_switched_off_and_on(visitor, write, boss):
    with write():
        person = factories.user(name="Dana")
    theirs, browser = visitor(person), visitor(boss)
    page = f"/people/{person.id}"
    empty = browser.post(f"{page}/switch-off", {"reason": " "})
    assert empty.status_code == 422
    assert 'id="reason-error"' in empty.text
    assert browser.post(f"{page}/switch-off", {"reason": "left the university"}).status_code == 303
    assert theirs.get("/account").status_code == 303
    assert "left the university" in browser.read(page)
    assert browser.post(f"{page}/switch-off", {"reason": "again"}).status_code == 409
    assert browser.post(f"{page}/switch-on").status_code == 303
    assert theirs.get("/account").status_code == 303  # the old session stays over
    answer = visitor().post("/sign-in", {"email": person.email, "password": factories.PASSWORD})
    assert answer.status_code == 303


def test_withdrawn_invitation_ends_its_link_and_can_be_renewed(visitor, mailbox, kaznpu, boss):
    browser = visitor(boss)
    page = browser.post("/people/invite", invitation(kaznpu)).location
    browser.post(f"{page}/switch-off", {"reason": "wrong person"})
    assert visitor().get(link_in(mailbox()[0])).status_code == 410
    browser.post(f"{page}/switch-on")
    assert visitor().get(link_in(mailbox()[1])).status_code == 200


ALLOWED = {
    "confirm": {"unconfirmed": "active"},
    "accept-invitation": {"invited": "active"},
    "remind": {"invited": "invited"},
    "switch-off": {"active": "disabled"},
    "withdraw-invitation": {"invited": "disabled"},
    "switch-on": {"disabled": "active"},
    "invite-again": {"disabled": "invited"},
    "erase": dict.fromkeys(("invited", "unconfirmed", "active", "disabled"), "erased"),
}


@pytest.mark.parametrize("action", sorted(ACCOUNT.steps))
@pytest.mark.parametrize("status", list(UserStatus), ids=lambda status: status.value)
def test_account_takes_only_its_steps(write, action, status):
    with write():
        person = factories.user(status=status)
        target = ALLOWED[action].get(status.value)
        if target is None:
            with pytest.raises(Conflict, match=str(status.label)):
                ACCOUNT.advance(person, action, actor=None)
            assert person.status is status
        else:
            ACCOUNT.advance(person, action, actor=None)
            assert person.status.value == target
            assert audit.history(person)[-1].action == f"user.{action}"


def test_list_is_searched_and_filtered(visitor, write, kaznpu, boss):
    with write():
        factories.coordinator(kaznpu, name="Әлия Қасым", email="aliya@kaznpu.kz")
        factories.student(kaznpu, name="Dana", status=UserStatus.UNCONFIRMED)
    browser = visitor(boss)
    assert "Әлия" in browser.read("/people?q=әлия")
    assert "Dana" not in browser.read("/people?q=ӘЛИЯ")
    assert "Әлия" in browser.read("/people?q=aliya@")
    assert "Dana" not in browser.read("/people?role=coordinator")
    assert "Әлия" not in browser.read("/people?status=unconfirmed")
    assert "Nobody matches" in browser.read("/people?q=nobody")


def test_list_costs_the_same_for_one_and_three(visitor, write, kaznpu, boss, count_queries):
    browser = visitor(boss)
    counts = []
    for more in (1, 2):
        with write():
            for _ in range(more):
                factories.coordinator(kaznpu)
        with count_queries() as statements:
            browser.get("/people")
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["nobody", "student", "coordinator", "admin"])
def test_people_are_for_admins(visitor, write, kaznpu, boss, role):
    with write():
        users = {
            "student": factories.student(kaznpu),
            "coordinator": factories.coordinator(kaznpu),
            "admin": factories.admin(),
        }
        seen = {"nobody": (303, 303), "admin": (200, 200)}.get(role, (403, 404))
    browser = visitor(users.get(role))
    answers = [browser.get(page).status_code for page in ("/people", f"/people/{boss.id}")]
    assert tuple(answers) == seen
    if role != "admin":
        for step in ("roles", "roles/1/revoke", "remind", "switch-off", "switch-on"):
            assert browser.post(f"/people/{boss.id}/{step}").status_code == seen[1]
