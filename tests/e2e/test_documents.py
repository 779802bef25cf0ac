"""Documents in a real browser: asked for, handed in, refused, rejected, replaced, accepted.

With SAPAR_PICTURES set to a folder, each page that is met is drawn there at both widths.
"""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mobility import create_app
from mobility.db import transaction
from tests import factories
from tests.applications import files

from .conftest import NARROW, WIDE
from .test_every_page import too_wide, violations


@pytest.fixture(scope="module")
def scene(empty_service):
    """A draft call between two universities, a student and those around them; ids only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(empty_service.folder))
        app = create_app({"JOBS": "none", "TESTING": True})
    with app.app_context(), transaction():
        home, host = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
        call = factories.call(title_en="Internships, spring")
        condition = factories.condition(home, host)
        place = factories.offer(call, condition, title_en="Robotics")
        people = {
            "student": factories.student(home, name="Алия Сәрсен"),
            "carla": factories.coordinator(home, name="Carla"),
            "receiver": factories.coordinator(host),
        }
        factories.asked(call, factories.DocumentKind.TRANSCRIPT, note_en="Of all years so far.")
        factories.asked(call, factories.DocumentKind.LANGUAGE, required=False)
        return SimpleNamespace(
            call=call.id, place=place.id, **{name: one.email for name, one in people.items()}
        )


@pytest.fixture
def enter(empty_service, browse, scene):
    def sign_in(email, **options):
        page = browse(empty_service, **options)
        page.goto("/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", factories.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("/")
        return page

    return sign_in


@pytest.fixture
def look():
    """Nothing for axe to find and nothing too wide; drawn where that is wished."""
    folder = os.environ.get("SAPAR_PICTURES")

    def at(page, name):
        wrong = violations(page, name)
        for width, size in ((1280, WIDE), (360, NARROW)):
            page.set_viewport_size(size)
            if folder:
                page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
        wrong += too_wide(page, name)
        page.set_viewport_size(WIDE)
        assert not wrong, "\n".join(wrong)

    return at


def file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


def send(page, *statuses):
    with page.watch.expecting(*statuses), page.expect_navigation():
        page.click("form.documents button[type=submit]")


def test_a_document_from_the_demand_to_the_approval(scene, enter, look, tmp_path):
    carla = enter(scene.carla)
    carla.goto(f"/calls/{scene.call}")
    look(carla, "call")
    carla.click("text=Set the documents")
    carla.select_option("[name=cv-asked]", "optional")
    look(carla, "asking")
    carla.click("main button[type=submit]")
    carla.locator("text=The documents that this call asks for are set.").wait_for()

    student = enter(scene.student)
    student.goto(f"/calls/{scene.call}")
    student.click("main form[action$='/apply'] button")
    student.wait_for_url("**/choices")
    student.click("[data-add]")
    look(student, "ranking")
    with student.watch.expecting(422), student.expect_navigation():
        student.click("[data-submit]")
    summary = student.locator("[data-error-summary] a")
    assert summary.inner_text() == (
        "Documents: This call requires documents that are lacking: transcript of records"
        " (not uploaded)."
    )
    look(student, "refused")
    summary.press("Enter")
    assert student.evaluate("document.activeElement.id") == "documents"
    student.click("#documents button")
    student.wait_for_url("**/documents")
    look(student, "documents")

    student.set_input_files("#transcript", file("Транскрипт.pdf", files.HTML))
    student.set_input_files("#language", file("IELTS.pdf", files.PDF))
    send(student, 422)
    assert "not a PDF, JPG or PNG" in student.locator("#transcript-error").inner_text()
    student.locator("text=1 document is kept: language certificate.").wait_for()
    look(student, "half")
    student.select_option("[name=certified_language]", "en")
    student.select_option("[name=certified_level]", "C1")
    student.set_input_files("#transcript", file("Транскрипт.pdf", files.pdf(b"first")))
    send(student)
    student.locator("text=2 documents are kept").wait_for()
    look(student, "handed-in")
    student.goto(f"{student.url.removesuffix('/documents')}/choices")
    with student.expect_navigation():
        student.click("[data-submit]")
    student.locator("text=Your application is received.").first.wait_for()
    look(student, "received")

    carla.goto("/pipeline")
    carla.click("main td a, main tr a")
    carla.locator("#documents").wait_for()
    look(carla, "review")
    with carla.expect_download() as caught:
        carla.click("#transcript a")
    assert caught.value.suggested_filename == "Транскрипт.pdf"
    assert Path(caught.value.path()).read_bytes() == files.pdf(b"first")
    carla.click("#transcript summary:has-text('Reject')")
    carla.fill("#transcript textarea", "The second page is missing.")
    with carla.expect_navigation():
        carla.click("#transcript details button[type=submit]")
    carla.fill("[name=score-score]", "80")
    with carla.watch.expecting(409), carla.expect_navigation():
        carla.click("button[value=approve]")
    carla.locator("[role=alert]:has-text('Required documents are missing or rejected')").wait_for()
    look(carla, "not-approved")

    student.goto(f"{student.url}/documents")
    student.locator("text=The second page is missing.").wait_for()
    student.set_input_files("#transcript", file("Транскрипт 2.pdf", files.pdf(b"second")))
    send(student)
    student.click("text=1 earlier version")
    look(student, "replaced")

    carla.goto(carla.url.replace("/score", "/review"))
    for kind in ("transcript", "language"):
        with carla.expect_navigation():
            carla.click(f"#{kind} form[action*=accept] button")
    assert "English C1" in carla.locator("dl.definition").inner_text()
    look(carla, "accepted")
    carla.fill("[name=score-score]", "80")
    with carla.expect_navigation():
        carla.click("button[value=approve]")
    carla.locator("text=scored and approved").wait_for()

    address = student.locator("#transcript-title").locator("xpath=../..").locator("a").first
    receiver = enter(scene.receiver)
    with receiver.watch.expecting(404):
        receiver.goto(address.get_attribute("href"))
    look(receiver, "nothing")


def test_the_page_works_by_keyboard_and_without_scripts(scene, enter, empty_service):
    page = enter(scene.student, java_script_enabled=False)
    page.goto("/applications")
    page.goto(page.locator("main a[href*='/applications/']").first.get_attribute("href"))
    page.click("#documents a, #documents button")
    assert page.locator("h1").inner_text() == "Your documents"
    assert page.locator("text=Your application is approved with these documents.").count() == 1
