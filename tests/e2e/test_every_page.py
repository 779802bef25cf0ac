"""Every page of the address map, for everyone who may see it.

axe finds nothing in light and dark, the browser asks no other origin, and no page is wider than
360 px on a narrow screen, in any language. Which pages there are, with whose ids, and who may see
them, is read from the table in `tests.test_endpoints`.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from mobility import create_app
from tests import factories
from tests.test_endpoints import PEOPLE, endpoints, rows
from tests.world import build_world

from .conftest import NARROW, WIDE

# Answers that are no pages: data for scripts, files.
NOT_PAGES = {
    "agreements.export",
    "agreements.json_schema",
    "agreements.memorandum",
    "health",
    "applications.download_document",
    "applications.export",
    "reports.download",
    "rounds.file",
    "rounds.partner_file",
    "rounds.second_file",
}
READ = {"yes", "410"}  # a used link has a page of its own
PAGES = [
    (endpoint, scene, readers)
    for method, endpoint, scene, cells in rows()
    if method == "GET"
    and endpoint not in NOT_PAGES
    and (readers := [who for who, cell in zip(PEOPLE, cells, strict=True) if cell in READ])
]
AXE = Axe()
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
ONLY_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, **ONLY_VIOLATIONS}


@pytest.fixture(scope="module")
def world(empty_service):
    """The populated world, in the database of the running service."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(empty_service.folder))
        app = create_app({"JOBS": "none", "TESTING": True})
        built = build_world(app)
        built.addresses = {
            (endpoint, scene): address_of(app, built, endpoint, scene)
            for endpoint, scene, _ in PAGES
        }
    return built


def address_of(app, world, endpoint: str, scene: str) -> str:
    rule = endpoints(app)["GET", endpoint]
    with app.test_request_context():
        return app.url_for(endpoint, **{name: world.id_of(name, scene) for name in rule.arguments})


def sign_in(page, world, who: str) -> None:
    if who == "nobody":
        return
    page.goto("/sign-in")
    page.fill("[name=email]", world.people[who].email)
    page.fill("[name=password]", factories.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("/")


def choose_language(page, language: str) -> None:
    page.goto("/")
    page.click("header summary:has(+ form [name=language])")
    page.click(f"[name=language][value={language}]")
    page.locator(f"html[lang={language}]").wait_for(state="attached")


def visit(page, address: str, scene: str) -> None:
    with page.watch.expecting(*([410] if scene == "used" else [])):
        page.goto(address)


def served(page, address: str) -> str:
    """What the service answers there in <main>, the token of its forms aside; nothing is drawn."""
    _, _, after = page.request.get(address).text().partition("<main")
    main, end, _ = after.partition("</main>")
    assert end, f"{address} has no <main>"
    return re.sub(r'name="csrf_token"[^>]*', "", main)


def violations(page, where: str, options: dict | None = None) -> list[str]:
    """What axe finds on the page, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("options => axe.run(options)", options or ONLY_VIOLATIONS)
    return [
        f"{where}: {violation['id']} at {node['target']}: {node.get('failureSummary', '')[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


def too_wide(page, where: str) -> list[str]:
    """What sticks out of a narrow screen, if anything does."""
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width <= NARROW["width"]:
        return []
    culprits = page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")]
            .filter((part) => part.getBoundingClientRect().right > 361)
            .slice(0, 4).map((part) => part.tagName.toLowerCase() + "." + part.className)"""
    )
    return [f"{where}: {width} px wide, see {culprits}"]


def broken_words(page, where: str) -> list[str]:
    """Steps of a pipeline that are narrower than their longest word."""
    labels = page.evaluate(
        """() => [...document.querySelectorAll(".pipeline-label")].filter((label) => {
            const width = label.offsetWidth;
            label.style.width = "min-content";
            return label.offsetWidth > width;
        }).map((label) => label.textContent)"""
    )
    return [f"{where}: a word is broken in “{label}”" for label in labels]


def scheme(page, name: str) -> None:
    page.emulate_media(color_scheme=name)
    page.locator(f"html[data-bs-theme={name}]").wait_for(state="attached")


_seen: set[str] = set()  # what was looked at already with somebody else's eyes


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_are_accessible_and_fit(empty_service, world, browse, who):
    page = browse(empty_service)
    sign_in(page, world, who)
    wrong = []
    for endpoint, scene, readers in PAGES:
        if who not in readers:
            continue
        where, address = f"{endpoint}@{scene}", world.addresses[endpoint, scene]
        if (main := served(page, address)) in _seen:
            continue
        _seen.add(main)
        page.set_viewport_size(WIDE)
        visit(page, address, scene)
        wrong += violations(page, where)
        if who == readers[-1]:  # who sees most of it
            scheme(page, "dark")
            wrong += violations(page, f"{where} in the dark", ONLY_CONTRAST)
            scheme(page, "light")
        wrong += too_wide(page, where)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_pages_fit_in_longer_languages(empty_service, world, browse, language):
    """Each page as its last reader of the table sees it, and everybody's first page."""
    wrong = []
    for who in PEOPLE:
        pages = [page for page in PAGES if who == page[2][-1] or page[0] == "accounts.home"]
        page = browse(empty_service)
        choose_language(page, language)
        sign_in(page, world, who)
        for endpoint, scene, _ in pages:
            visit(page, world.addresses[endpoint, scene], scene)
            where = f"{endpoint}@{scene} in {language}"
            wrong += too_wide(page, where) + broken_words(page, where)
    assert not wrong, "\n".join(wrong)
