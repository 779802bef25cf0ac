"""Pictures of the main pages for docs/, taken from the demonstration: `make screenshots`.

Each page 1280 px wide, as on a desk, and 360 px, as on a telephone. `--whole FOLDER` takes whole
pages elsewhere, to look at before a release.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mobility.demo.guide import PASSWORD

from .conftest import CHROMIUM_FLAGS, MISSING, NARROW, WIDE
from .running import ROOT, Service

SIZES = {1280: WIDE, 360: NARROW}
NOBODY, ADMIN, COORDINATOR = "", r"admin ", r"coordinator, Abai "
PLACED, FRESH = r"student, Abai .* placed, ", r"student, SUSU .* open call"


def first_link(page: Page, start: str, selector: str) -> None:
    """Open `start`, then the first link there that fits."""
    page.goto(start)
    page.goto(page.locator(selector).first.get_attribute("href"))


def ranking(page: Page) -> None:
    """Two places ranked in the open call; begun for the first picture, found by the second."""
    page.goto("/applications")
    begun = page.locator("main a[href^='/applications/']")
    if begun.count():
        page.goto(f"{begun.first.get_attribute('href')}".removesuffix("/choices") + "/choices")
        return
    page.locator("main form[action$='/apply'] button").first.click()
    page.wait_for_url("**/choices")
    for _ in range(2):
        page.locator("[data-add]:visible").nth(1).click()
    page.locator("[data-saved]:has-text('Saved ')").wait_for()
    page.evaluate("window.scrollTo(0, 0)")


# name → (who looks, how to get there); people by what the demonstration says of them
PICTURES: dict[str, tuple[str, Callable[[Page], object]]] = {
    "landing": (NOBODY, lambda page: page.goto("/")),
    "catalogue": (NOBODY, lambda page: page.goto("/offers")),
    "agreement": (
        ADMIN,
        lambda page: first_link(page, "/agreements", "main tr:has(.is-needs-you) a"),
    ),
    "home-student": (FRESH, lambda page: page.goto("/")),
    "ranking": (FRESH, ranking),
    "result": (
        PLACED,
        lambda page: first_link(page, "/applications", "main a[href^='/applications/']"),
    ),
    "pipeline": (COORDINATOR, lambda page: page.goto("/pipeline?status=submitted")),
    "review": (
        COORDINATOR,
        lambda page: first_link(page, "/pipeline?status=submitted", "main a[href*='/review']"),
    ),
    "cockpit": (
        ADMIN,
        lambda page: first_link(page, "/rounds", "main a[href$='/round']"),
    ),
    "run": (ADMIN, lambda page: page.goto("/runs/1")),
    "round": (NOBODY, lambda page: page.goto("/rounds/1")),
}


def address_of(who: str, printed: str) -> str:
    """The address of the account that the demonstration describes so."""
    line = next(line for line in printed.splitlines() if re.match(rf"  {who}", line))
    return re.search(r"\S+@\S+", line)[0]


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("/")


def take(browser: Browser, service: Service, printed: str, folder: Path, whole: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (who, go) in PICTURES.items():  # in this order: ranking changes the first page
        for size, viewport in SIZES.items():
            context = browser.new_context(
                base_url=service.address, locale="en-GB", viewport=viewport,
                timezone_id="Asia/Almaty", reduced_motion="reduce",
            )  # fmt: skip
            page = context.new_page()
            if who:
                sign_in(page, address_of(who, printed))
            go(page)
            file = folder / f"{name}-{size}.png"
            page.screenshot(path=file, full_page=whole)
            print(f"{file} {file.stat().st_size // 1024} kB", flush=True)
            context.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--whole", type=Path, metavar="FOLDER")
    whole = options.parse_args().whole
    chromium = shutil.which("chromium") or sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="sapar-pictures-") as instance:
        service = Service(Path(instance))
        service.command("prepare")
        printed = service.command("demo")
        service.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
                folder = whole or ROOT / "docs" / "screenshots"
                take(browser, service, printed, folder, whole is not None)
        finally:
            service.stop()


if __name__ == "__main__":
    main()
