"""Forgotten and changed passwords: what ends with them, and what a stranger learns."""

from datetime import timedelta

import pytest

from mobility import clock
from mobility.accounts.models import UserStatus

from .. import factories
from ..clients import words
from .links import link_in

NEW = "quite another sentence"


@pytest.fixture
def person(write):
    with write():
        return factories.user(email="dana@kaznpu.kz")


def signs_in(visitor, person, password):
    answer = visitor().post("/sign-in", {"email": person.email, "password": password})
    return answer.status_code == 303


def test_forgotten_password_is_replaced_by_mail(visitor, mailbox, person):
    before = visitor(person)
    visitor().post("/forgot-password", {"email": " Dana@kaznpu.kz"})
    (mail,) = mailbox()
    assert (mail.recipient, mail.subject) == ("dana@kaznpu.kz", "Choose a new password")
    answer = visitor().post(link_in(mail), {"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert signs_in(visitor, person, NEW)
    assert not signs_in(visitor, person, factories.PASSWORD)
    assert before.get("/account").status_code == 303  # that session is over
    assert mailbox()[-1].subject == "Your password was changed"


def test_reset_link_works_once_and_for_two_hours(visitor, mailbox, person):
    visitor().post("/forgot-password", {"email": person.email})
    link = link_in(mailbox()[0])
    with clock.at(clock.now() + timedelta(hours=3)):
        assert visitor().get(link).status_code == 410
    assert visitor().post(link, {"password": NEW}).status_code == 303
    assert visitor().post(link, {"password": "a third sentence"}).status_code == 410
    assert signs_in(visitor, person, NEW)


def test_link_ends_when_the_password_changes_otherwise(visitor, mailbox, person):
    visitor().post("/forgot-password", {"email": person.email})
    visitor(person).post("/account/password", {"current": factories.PASSWORD, "password": NEW})
    assert visitor().get(link_in(mailbox()[0])).status_code == 410


@pytest.mark.parametrize(
    ("status", "subject"),
    [
        (UserStatus.ACTIVE, "Choose a new password"),
        (UserStatus.UNCONFIRMED, "Confirm your address"),
        (UserStatus.INVITED, "You are invited to Sapar"),
        (UserStatus.DISABLED, None),
        (None, None),
    ],
)
def test_forgotten_password_tells_a_stranger_nothing(visitor, mailbox, write, status, subject):
    if status:
        with write():
            factories.user(email="someone@kaznpu.kz", status=status)
    answer = visitor().post("/forgot-password", {"email": "someone@kaznpu.kz"})
    assert (answer.status_code, answer.location) == (303, "/mail-sent?purpose=reset")
    assert [mail.subject for mail in mailbox()] == ([subject] if subject else [])


def test_changed_password_ends_other_sessions_and_keeps_this_one(visitor, mailbox, person):
    here, there = visitor(person), visitor(person)
    answer = here.post("/account/password", {"current": factories.PASSWORD, "password": NEW})
    assert answer.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert signs_in(visitor, person, NEW)
    assert [mail.subject for mail in mailbox()] == ["Your password was changed"]


def test_changing_needs_the_present_password(visitor, person):
    browser = visitor(person)
    answer = browser.post("/account/password", {"current": "wrong password", "password": NEW})
    assert answer.status_code == 422
    assert "This is not your present password." in words(answer.text)
    assert 'id="current-error"' in answer.text
    assert browser.get("/account").status_code == 200
    assert signs_in(visitor, person, factories.PASSWORD)


def test_account_page_changes_name_language_and_zone(visitor, person):
    browser = visitor(person)
    entry = {"name": "Дана Сәрсен", "language": "kk", "timezone": "Europe/Berlin"}
    assert browser.post("/account", entry).status_code == 303
    page = browser.get("/account").text
    assert 'lang="kk"' in page
    assert 'value="Дана Сәрсен"' in page
    assert '<option selected value="Europe/Berlin">' in page


def test_account_page_refuses_an_unknown_zone(visitor, person):
    entry = {"name": "Dana", "language": "en", "timezone": "Mars/Olympus"}
    answer = visitor(person).post("/account", entry)
    assert answer.status_code == 422
    assert 'id="timezone-error"' in answer.text
