"""Imports in a browser: every error, the preview, the confirmation; by keyboard and when narrow."""

import pytest

from mobility import create_app
from tests.world import build_world

from .conftest import WIDE
from .test_every_page import choose_language, sign_in, too_wide, violations

PEOPLE = """email,name,position,eqf_level,isced_field,study_year,credits_earned,languages
owner@kaznpu.kz,Another Name,,7,0613,1,"120,5",en C1; ru C1; kk C2; de A1
new@kaznpu.kz,Айгерім Әлиева-Нұрмұхамедова,,6,0613,3,,en B2; ru C1
teacher@kaznpu.kz,Ерлан Сейтов,физика кафедрасының аға оқытушысы,,0114,,,kk C2
"""
WRONG = "email,name,unit\nowner@enu.kz,=1+1,none\nx,,\n"
CALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        "UID:1@kaznpu.kz",
        "SUMMARY:Деректер базасы",
        "CATEGORIES:CS101",
        "DTSTART;TZID=Asia/Almaty:20310203T100000",
        "DTEND;TZID=Asia/Almaty:20310203T113000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20310531T000000Z",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


@pytest.fixture(scope="module")
def world(empty_service):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_INSTANCE", str(empty_service.folder))
        return build_world(create_app({"JOBS": "none", "TESTING": True}))


def send(page, name: str, text: str, *, status: int = 200) -> None:
    """Choose a file and press Enter on the button, as a keyboard does."""
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.set_input_files("[name=file]", file)
    with page.watch.expecting(*([status] if status >= 400 else [])), page.expect_navigation():
        page.press("main form:has([name=file]) button[type=submit]", "Enter")


def faults(page, where: str) -> list[str]:
    page.set_viewport_size(WIDE)
    found = violations(page, where) + too_wide(page, where)
    page.set_viewport_size(WIDE)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > WIDE["width"]:
        found.append(f"{where}: {width} px wide, as long a menu as coordinators have")
    return found


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_people_are_looked_at_and_brought_in(empty_service, world, browse, language):
    page = browse(empty_service)
    choose_language(page, language)
    sign_in(page, world, "sender")
    page.click("header a[href='/people/import']")
    wrong = faults(page, "empty")
    send(page, "people.csv", WRONG, status=422)
    assert page.locator(".error-summary li").count() == 6
    wrong += faults(page, "errors")
    send(page, "people.csv", PEOPLE)
    wrong += faults(page, "preview")
    assert not wrong, "\n".join(wrong)
    if language != "kk":
        return
    with page.expect_navigation():
        page.press("main form[action$='/apply'] button", "Enter")
    assert page.url.endswith("/people/import")
    send(page, "people.csv", PEOPLE)
    assert page.locator("main form[action$='/apply']").count() == 0


def test_courses_come_from_a_calendar(empty_service, world, browse):
    page = browse(empty_service)
    sign_in(page, world, "sender")
    call = world.id_of("call_id", "courses")
    page.goto(f"/calls/{call}")
    page.click("main a[href$='/offers/import']")
    wrong = faults(page, "empty")
    send(page, "plan.ics", CALENDAR, status=422)
    wrong += faults(page, "errors")
    page.select_option("select[name=condition]", index=1)
    page.fill("[name=seats]", "12")
    page.fill("[name=ects]", "4.5")
    page.select_option("select[name=language]", "kk")
    send(page, "plan.ics", CALENDAR)
    wrong += faults(page, "preview")
    assert not wrong, "\n".join(wrong)
    with page.expect_navigation():
        page.press("main form[action$='/apply'] button", "Enter")
    assert "CS101" in page.inner_text("main")
    assert "Деректер базасы" in page.inner_text("main")
