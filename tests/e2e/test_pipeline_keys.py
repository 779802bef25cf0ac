"""The coordinator's list by keyboard alone, with what a screen reader is told."""

import pytest

from mobility import create_app
from tests.test_endpoints import PEOPLE
from tests.world import build_world

from .test_every_page import sign_in, too_wide, violations


@pytest.fixture(scope="module")
def world(empty_service):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(empty_service.folder))
        return build_world(create_app({"JOBS": "none", "TESTING": True}))


def test_keys_walk_choose_open_search_and_tell(empty_service, world, browse):
    assert "sender" in PEOPLE
    page = browse(empty_service)
    sign_in(page, world, "sender")
    page.goto("/pipeline?sort=submitted")
    rows = page.locator("tr[data-row] th a")
    said = page.locator("[data-said]")
    focused = "document.activeElement.textContent"

    page.keyboard.press("j")
    assert page.evaluate(focused) == rows.nth(0).inner_text()
    page.keyboard.press("j")
    assert page.evaluate(focused) == rows.nth(1).inner_text()
    assert f"2 / {rows.count()}, not selected" in said.text_content()
    page.keyboard.press("x")
    assert "selected" in said.text_content()
    assert "not selected" not in said.text_content()
    assert page.locator("input[name=chosen]").nth(1).is_checked()
    assert page.locator("[data-count]").inner_text() == "1 selected"
    page.keyboard.press("k")
    assert page.evaluate(focused) == rows.nth(0).inner_text()

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jkx?/")
    assert page.input_value("#q") == "jkx?/"
    assert not page.locator("dialog").is_visible()
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    found = violations(page, "shortcuts") + too_wide(page, "shortcuts")
    assert found == []
    page.check("[data-shortcuts-off]")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") != "A"

    page.click("[data-show-shortcuts]")
    page.uncheck("[data-shortcuts-off]")
    page.click("dialog [data-close]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/review" in page.url
