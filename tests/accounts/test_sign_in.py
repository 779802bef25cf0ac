"""Signing in and out: who may, what is kept, and what a stranger can learn from it."""

import pytest
from sqlalchemy import select

from mobility.accounts.models import FailedSignIn, User, UserStatus
from mobility.accounts.passwords import hash_password, is_outdated, password_matches
from mobility.db import db, transaction

from .. import factories
from ..clients import words


def attempt(visitor, email, password=factories.PASSWORD, target="", **kwargs):
    address = f"/sign-in?next={target}" if target else "/sign-in"
    return visitor.post(address, {"email": email, "password": password}, **kwargs)


@pytest.fixture
def person(write):
    with write():
        return factories.user(email="aigerim@kaznpu.kz", name="Aigerim")


def test_sign_in_leads_to_the_first_page_which_greets(visitor, person):
    browser = visitor()
    response = attempt(browser, " Aigerim@KazNPU.kz ")
    assert (response.status_code, response.location) == (303, "/")
    assert "Hello, Aigerim" in browser.read("/")


def test_sign_in_returns_to_the_page_asked_for(visitor, person):
    browser = visitor()
    asked = browser.get("/account")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/account")
    assert attempt(browser, person.email, target="/account").location == "/account"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/%0d%0aX", "x"],
)
def test_sign_in_never_leads_elsewhere(visitor, person, target):
    assert attempt(visitor(), person.email, target=target).location == "/"


def test_unknown_address_and_wrong_password_read_the_same(visitor, person):
    unknown = attempt(visitor(), "nobody@kaznpu.kz")
    wrong = attempt(visitor(), person.email, "wrong password")
    assert (unknown.status_code, wrong.status_code) == (422, 422)
    told = [words(page.text.replace(person.email, "nobody@kaznpu.kz")) for page in (unknown, wrong)]
    assert told[0] == told[1]
    assert "The address and the password do not belong together." in told[0]


def test_failed_sign_in_is_kept_though_refused(visitor, person):
    attempt(visitor(), person.email, "wrong password")
    attempt(visitor(), "nobody@kaznpu.kz")
    with transaction(write=False):
        kept = db.session.scalars(select(FailedSignIn).order_by(FailedSignIn.id)).all()
        assert [(row.user_id, row.remote) for row in kept] == [
            (person.id, "127.0.0.1"),
            (None, "127.0.0.1"),
        ]


def test_typed_address_stays_and_password_does_not(visitor):
    page = attempt(visitor(), "typed@kaznpu.kz", "my secret sentence").text
    assert 'value="typed@kaznpu.kz"' in page
    assert "my secret sentence" not in page


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (UserStatus.DISABLED, "switched off"),
        (UserStatus.UNCONFIRMED, "not set up yet"),
        (UserStatus.INVITED, "not set up yet"),
    ],
)
def test_sign_in_refused_while_not_active(visitor, write, status, told):
    with write():
        person = factories.user(status=status)
    response = attempt(visitor(), person.email)
    assert response.status_code == 422
    assert told in words(response.text)
    assert told not in words(attempt(visitor(), person.email, "wrong password").text)


@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 303),
        ("::1", {}, 303),
        ("203.0.113.9", {}, 422),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 422),
    ],
)
def test_demonstration_accounts_sign_in_on_the_machine_only(
    visitor, write, remote, headers, status
):
    with write():
        person = factories.user(is_demo=True)
    response = attempt(
        visitor(), person.email, headers=headers, environ_overrides={"REMOTE_ADDR": remote}
    )
    assert response.status_code == status


def test_sign_in_renews_a_hash_of_other_parameters(visitor, person):
    assert is_outdated(person.password_hash)
    attempt(visitor(), person.email)
    with transaction(write=False):
        renewed = db.session.get_one(User, person.id).password_hash
        assert not is_outdated(renewed)
        assert password_matches(renewed, factories.PASSWORD)


def test_hash_uses_nineteen_mebibytes(app):
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in hash_password("a short sentence")


def test_session_is_new_after_sign_in_but_for_the_language(visitor, person):
    browser = visitor()
    browser.post("/language", {"language": "kk"})
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    attempt(browser, person.email)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session["language"] == "kk"


def test_sign_out_ends_the_session(visitor, person):
    browser = visitor(person)
    assert "Hello, Aigerim" in browser.read("/")
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/account").location == "/sign-in?next=/account"


def test_switching_off_ends_running_sessions(visitor, person):
    browser = visitor(person)
    assert browser.get("/account").status_code == 200
    with transaction():
        db.session.get_one(User, person.id).status = UserStatus.DISABLED
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("key", ["", "1", "x.y", "1.", "999999.abc", "1.wrong"])
def test_forged_session_is_nobodys(visitor, person, key):
    browser = visitor()
    with browser.client.session_transaction() as session:
        session["_user_id"] = key
    assert browser.get("/account").status_code == 303


def test_language_switch_is_kept_for_the_person(visitor, person):
    browser = visitor(person)
    response = browser.post("/language", {"language": "ru", "next": "/partners?q=abc"})
    assert (response.status_code, response.location) == (303, "/partners?q=abc")
    assert 'lang="ru"' in browser.get("/").text
    with transaction(write=False):
        assert db.session.get_one(User, person.id).language == "ru"


def test_unknown_language_is_refused(visitor):
    assert visitor().post("/language", {"language": "xx"}).status_code == 422
