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
