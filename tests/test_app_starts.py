"""The service starts whole, and refuses to start with a page that nobody guards."""

import pytest

from mobility.access import UnguardedEndpoint, UnknownPermission, check_guards, guard
from mobility.navigation import MENU


def test_health_answers_with_the_database(visitor):
    response = visitor().get("/health")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


def test_start_is_refused_with_an_unguarded_page(service):
    service.view_functions["open.page"] = lambda: "come in"
    try:
        with pytest.raises(UnguardedEndpoint, match=r"open\.page"):
            check_guards(service)
    finally:
        del service.view_functions["open.page"]


def test_start_is_refused_with_a_permission_without_rule(service):
    service.view_functions["ghost.page"] = guard("ghost:walk")(lambda: "boo")
    try:
        with pytest.raises(UnknownPermission, match="ghost:walk"):
            check_guards(service)
    finally:
        del service.view_functions["ghost.page"]


def test_every_menu_item_leads_to_a_page_with_a_rule(service):
    for item in MENU:
        assert item.endpoint in service.view_functions, item.endpoint
        assert item.permission in service.extensions["mobility.rules"], item.permission


def test_security_headers_allow_nothing_from_outside(visitor):
    headers = visitor().get("/health").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
