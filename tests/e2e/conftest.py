"""A real browser in front of the real service.

These tests run once, on SQLite: they start the service themselves, so they ask for no `database`
and `--database=postgresql` leaves them out.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from .running import Service
from .watching import Watch

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "no chromium to test with: apt-get install chromium"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
LOCALES = {"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}


@pytest.fixture(scope="package")
def chromium():
    """The browser. Without one nothing is skipped in CI."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    from playwright.sync_api import sync_playwright  # starts a driver; only these tests need it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def new_service(catalogues):
    """`new_service()` starts the service on an empty database of its own."""
    started: list[Service] = []

    def start() -> Service:
        folder = Path(tempfile.mkdtemp(prefix="sapar-e2e-"))
        started.append(Service(folder))
        return started[-1].start()

    yield start
    for service in started:
        service.stop()
        shutil.rmtree(service.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def empty_service(new_service):
    """The service on an empty database, shared by the tests of a module."""
    return new_service()


@pytest.fixture
def browse(chromium):
    """`browse(service, language)` opens a page in a fresh browser session.

    The page carries its `Watch` as `page.watch`; at the end none may have complained.
    """
    opened = []

    def open_page(service: Service, language: str = "en", **options):
        context = chromium.new_context(
            base_url=service.address,
            locale=LOCALES[language],
            timezone_id="Asia/Almaty",
            # What moves would only be waited for; the main job in English is done with motion.
            **{"viewport": WIDE, "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(30_000)  # a busy machine is no fault of the page
        page = context.new_page()
        page.watch = Watch(context, service.address)
        opened.append((context, page.watch))
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    complaints = [text for _, watch in opened for text in watch.complaints]
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)
