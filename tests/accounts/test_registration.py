"""Registering with a university's address, and what a stranger can learn from trying."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import audit, clock
from mobility.accounts import registration
from mobility.accounts.models import Consent, Role, User, UserStatus
from mobility.accounts.queries import user_by_email
from mobility.db import db, transaction
from mobility.errors import Conflict

from .. import factories
from ..clients import words
from .links import link_in

FORM = {
    "name": "Айгерім Әлиева",
    "email": "Aigerim@stud.kaznpu.kz",
    "language": "kk",
    "timezone": "Asia/Almaty",
    "consent": "y",
}
NEW = "a short sentence"


@pytest.fixture
def kaznpu(write):
    with write():
        return factories.institution("kaznpu.kz")


def register(visitor, **values):
    return visitor().post("/register", {**FORM, **values})


def test_student_registers_confirms_and_is_signed_in(visitor, mailbox, kaznpu):
    answer = register(visitor)
    assert (answer.status_code, answer.location) == (303, "/mail-sent?purpose=confirm")
    (mail,) = mailbox()
    assert (mail.recipient, mail.language) == ("aigerim@stud.kaznpu.kz", "kk")
    browser = visitor()
    assert browser.get(link_in(mail)).status_code == 200
    with transaction(write=False):
        assert user_by_email(FORM["email"]).status is UserStatus.UNCONFIRMED
    answer = browser.post(link_in(mail), {"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert browser.get("/account").status_code == 200
    with transaction(write=False):
        user = user_by_email(FORM["email"])
        assert (user.status, user.name, user.timezone, user.institution.schac) == (
            UserStatus.ACTIVE,
            "Айгерім Әлиева",
            "Asia/Almaty",
            "kaznpu.kz",
        )
        assert [grant.role for grant in user.grants] == [Role.STUDENT]
        assert [event.action for event in audit.history(user)] == [
            "user.register",
            "user.set-password",
            "user.confirm",
        ]


def test_teacher_registers_as_staff(visitor, write, kaznpu):
    assert register(visitor, role="staff").status_code == 303
    with write():
        [person] = db.session.scalars(select(User))
        assert (person.is_student, person.is_staff, person.is_applicant) == (False, True, True)


def test_consent_is_kept_in_the_words_that_were_read(visitor, kaznpu):
    register(visitor, language="en")
    with transaction(write=False):
        (kept,) = db.session.scalars(select(Consent)).all()
        assert (kept.kind, kept.version, kept.language) == ("personal-data", "1", "en")
        assert kept.wording.startswith("I agree that my university keeps")
        assert kept.at <= clock.now()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "a@gmail.example"}, "email"),
        ({"email": "not an address"}, "email"),
        ({"email": "a@b@kaznpu.kz"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "  "}, "name"),
        ({"consent": ""}, "consent"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"language": "de"}, "language"),
    ],
)
def test_refused_registration_says_so_at_the_field_and_keeps_the_rest(
    visitor, mailbox, kaznpu, values, field
):
    answer = register(visitor, **values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{({**FORM, **values})["email"]}"' in answer.text
    assert mailbox() == []


def test_zone_of_any_country_is_taken(visitor, kaznpu):
    assert register(visitor, timezone="Europe/Berlin").status_code == 303


@pytest.mark.parametrize("status", list(UserStatus))
def test_known_address_is_answered_like_a_new_one(visitor, mailbox, kaznpu, write, status):
    with write():
        known = factories.user(email="known@kaznpu.kz", status=status)
    new = register(visitor)
    again = register(visitor, email="known@kaznpu.kz")
    assert (new.status_code, new.location, new.text) == (
        again.status_code,
        again.location,
        again.text,
    )
    told = [mail.subject for mail in mailbox() if mail.user_id == known.id]
    assert (
        told
        == {
            UserStatus.ACTIVE: ["You have an account already"],
            UserStatus.UNCONFIRMED: ["Confirm your address"],
            UserStatus.INVITED: ["You are invited to Sapar"],
            UserStatus.DISABLED: [],
            UserStatus.ERASED: [],
        }[status]
    )
    with transaction(write=False):
        assert db.session.get_one(User, known.id).name == known.name


def test_confirming_works_once(visitor, mailbox, kaznpu):
    register(visitor)
    link = link_in(mailbox()[0])
    visitor().post(link, {"password": NEW})
    for answer in (visitor().get(link), visitor().post(link, {"password": "another sentence"})):
        assert answer.status_code == 410
        assert "This link is no longer good" in words(answer.text)
    assert signs_in(visitor, FORM["email"], NEW)


@pytest.mark.parametrize(("hours", "status"), [(47, 200), (49, 410)])
def test_confirming_has_two_days(visitor, mailbox, kaznpu, hours, status):
    register(visitor)
    with clock.at(clock.now() + timedelta(hours=hours)):
        assert visitor().get(link_in(mailbox()[0])).status_code == status


@pytest.mark.parametrize("token", ["x", "WzEsIngiXQ.aaaa.bbbb", "%00"])
def test_forged_link_is_refused(visitor, kaznpu, token):
    for place in ("confirm", "invitation", "reset-password"):
        assert visitor().get(f"/{place}/{token}").status_code == 410


def test_link_serves_its_own_purpose_only(visitor, mailbox, write):
    with write():
        factories.user(email="known@kaznpu.kz")
    visitor().post("/forgot-password", {"email": "known@kaznpu.kz"})
    token = link_in(mailbox()[0]).rpartition("/")[2]
    assert visitor().get(f"/confirm/{token}").status_code == 410
    assert visitor().get(f"/reset-password/{token}").status_code == 200


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "Choose a password."),
        ("short", "Use at least 10 characters"),
        ("aaaaaaaaaaaa", "too easy to guess"),
        ("x1y2" * 60, "Use at most 200 characters."),
    ],
)
def test_weak_password_is_refused_and_the_link_stays_good(visitor, mailbox, kaznpu, password, told):
    register(visitor)
    link = link_in(mailbox()[0])
    answer = visitor().post(link, {"password": password})
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert visitor().post(link, {"password": NEW}).status_code == 303


def test_signed_in_people_do_not_register(visitor, write):
    with write():
        person = factories.user()
    assert visitor(person).get("/register").location == "/"


def test_second_account_of_one_address_is_a_conflict_that_spoils_nothing(write):
    account = {"name": "A", "status": UserStatus.UNCONFIRMED, "language": "en", "timezone": "UTC"}
    with write():
        first = registration.new_user(email="a@kaznpu.kz", **account)
        with pytest.raises(Conflict):
            registration.new_user(email="A@kaznpu.kz", **account)
        other = registration.new_user(email="b@kaznpu.kz", **account)
    with transaction(write=False):
        kept = set(db.session.scalars(select(User.id)))
        assert kept == {first.id, other.id}


def signs_in(visitor, email, password):
    return visitor().post("/sign-in", {"email": email, "password": password}).status_code == 303
