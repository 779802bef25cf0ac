"""Every failure is a page in the reader's language that says what happened and what to do."""

import pytest

from mobility.access import public
from mobility.errors import Conflict

from .clients import words


@pytest.fixture
def failing(service, database, monkeypatch):
    """The service with an endpoint that does what it is told, errors handled as in production."""

    def client(deed):
        monkeypatch.setitem(service.view_functions, "health", public(deed))
        monkeypatch.setitem(service.config, "TESTING", False)
        monkeypatch.setattr(service, "testing", False)
        monkeypatch.setitem(service.config, "PROPAGATE_EXCEPTIONS", False)
        return service.test_client()

    return client


def conflict():
    raise Conflict("The call closed a minute ago.")


def bug():
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("deed", "language", "status", "says"),
    [
        (conflict, "en", 409, "The call closed a minute ago."),
        (conflict, "ru", 409, "Пока вы работали, здесь что-то изменилось"),
        (bug, "en", 500, "Something went wrong on our side"),
    ],
)
def test_error_page_says_what_happened(failing, deed, language, status, says):
    response = failing(deed).get("/health", headers={"Accept-Language": language})
    assert response.status_code == status
    assert says in words(response.text)


def test_error_is_json_where_json_was_asked(failing):
    response = failing(conflict).get("/health", headers={"Accept": "application/json"})
    assert (response.status_code, response.get_json()) == (
        409,
        {"error": "The call closed a minute ago."},
    )


@pytest.mark.parametrize("page", ["/sign-in", "/partners?q=SUSU"])
def test_press_that_is_refused_comes_back_to_its_page_with_the_reason(
    service, database, monkeypatch, page
):
    monkeypatch.setitem(service.view_functions, "accounts.sign_out", public(conflict))
    client = service.test_client()
    response = client.post("/sign-out", headers={"Referer": f"http://localhost{page}"})
    assert (response.status_code, response.location) == (303, f"http://localhost{page}")
    assert "The call closed a minute ago." in words(client.get(page).text)
    assert "The call closed a minute ago." not in words(client.get(page).text)


@pytest.mark.parametrize(
    "referrer",
    [
        None,  # the browser keeps it to itself
        "http://elsewhere.example/sign-in",
        "http://localhost/sign-out",  # a form at its own address: “back” keeps what was typed
        "http://localhost/language",  # no page stands there, it is only sent to
        "http://localhost/nowhere",
        "http://localhost//elsewhere.example",
    ],
)
def test_press_without_a_page_to_come_back_to_ends_on_a_page_of_its_own(
    service, database, monkeypatch, referrer
):
    monkeypatch.setitem(service.view_functions, "accounts.sign_out", public(conflict))
    headers = {"Referer": referrer} if referrer else {}
    response = service.test_client().post("/sign-out", headers=headers)
    assert response.status_code == 409
    assert "The call closed a minute ago." in words(response.text)
