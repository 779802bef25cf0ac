"""The service answers a real browser, and the eye on its pages sees what no page may do."""

import json


def test_service_answers_a_browser(empty_service, browse):
    page = browse(empty_service)
    page.goto("/health")
    assert json.loads(page.inner_text("body")) == {"status": "ok"}


def complaints(page) -> list[str]:
    """What was complained of so far, taken off the record."""
    page.wait_for_timeout(200)
    found = [*page.watch.complaints]
    page.watch.complaints.clear()
    return found


def test_watch_sees_requests_to_another_origin(empty_service, browse):
    page = browse(empty_service)
    page.goto("/health")
    page.evaluate("new Image().src = 'http://127.0.0.1:9/pixel.png'")
    found = complaints(page)
    assert "request to another origin: http://127.0.0.1:9/pixel.png" in found


def test_watch_sees_breaches_of_the_policy(empty_service, browse):
    page = browse(empty_service)
    page.goto("/health")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    found = complaints(page)
    assert found
    assert all("Content Security Policy" in text for text in found)


def test_watch_sees_script_errors(empty_service, browse):
    page = browse(empty_service)
    page.goto("/health")
    page.evaluate("setTimeout(() => { throw new Error('a slip') })")
    (found,) = complaints(page)
    assert "a slip" in found


def test_watch_sees_unexpected_refusals(empty_service, browse):
    page = browse(empty_service)
    page.goto("/health")
    page.evaluate("fetch('/health', {method: 'PUT'})")
    assert complaints(page) == [f"PUT {empty_service.address}/health answered 405"]
    with page.watch.expecting(405):
        page.evaluate("fetch('/health', {method: 'PUT'})")
        assert complaints(page) == []
