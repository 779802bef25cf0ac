"""Import of courses into a call: drafts, changed places, every error at once, all or nothing."""

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mobility import clock
from mobility.accounts.models import User
from mobility.agreements.models import CooperationCondition, Direction
from mobility.audit import AuditEvent, history
from mobility.db import db, transaction
from mobility.offers import imports, services
from mobility.offers.imports.catalogue import Defaults
from mobility.offers.models import Call, CallStatus, Offer, OfferStatus

from .. import factories
from ..clients import form_on, words

HEADER = "code,title_en,title_ru,seats,language,cefr,ects,local_credits,starts_on,ends_on,teacher"
GOOD = f"""{HEADER}
CS101,Databases,Базы данных,12,en,B1,5,"2,5",2027-02-01,31.05.2027,Prof. Ким
CS102,,Сети,5,Қазақша,,4.5,,01.02.2027,2027-05-31,
"""


@pytest.fixture
def host(courses, visitor):
    return visitor(courses.host)


def send(browser, scene, text, *, name="courses.csv", **fields):
    data = text if isinstance(text, bytes) else text.encode()
    return browser.post(
        f"/calls/{scene.call.id}/offers/import", {"file": (io.BytesIO(data), name), **fields}
    )


def confirm(browser, scene, page):
    return browser.post(f"/calls/{scene.call.id}/offers/import/apply", form_on(page))


def told(answer):
    """What is wrong, without the name of the file."""
    found = re.findall(r"<li>(?:courses|plan)\.\w+, (.*?)</li>", answer.text)
    return [words(item) for item in found]


def counts():
    with transaction(write=False):
        return [
            db.session.scalar(select(func.count()).select_from(table))
            for table in (Offer, AuditEvent)
        ]


def place(code):
    return db.session.scalars(select(Offer).where(Offer.code == code)).one()


def offer_in(scene, **values):
    values = {
        "code": "CS101",
        "title_en": "Databases",
        "seats": 12,
        "ects": 5.0,
        "starts_on": date(2027, 2, 1),
        "ends_on": date(2027, 5, 31),
        **values,
    }
    return factories.offer(scene.call, scene.condition, **values)


def test_new_courses_are_shown_then_drafted(courses, host):
    before = counts()
    page = send(host, courses, GOOD)
    assert page.status_code == 200
    assert "new 2 changed 0 unchanged 0" in words(page.text)
    assert counts() == before
    done = confirm(host, courses, page.text)
    assert (done.status_code, done.location) == (303, f"/calls/{courses.call.id}")
    assert "2 places are drafted, 0 changed." in host.read(done.location)
    with transaction(write=False):
        offer = place("CS101")
        assert (offer.status, offer.title_ru, offer.seats) == (OfferStatus.DRAFT, "Базы данных", 12)
        assert (offer.ects, offer.local_credits, offer.cefr.value) == (5.0, 2.5, "B1")
        assert (offer.starts_on, offer.ends_on) == (date(2027, 2, 1), date(2027, 5, 31))
        assert (offer.supervisor, offer.condition_id) == ("Prof. Ким", courses.condition.id)
        assert (place("CS102").language, place("CS102").ects) == ("kk", 4.5)
        assert [event.action for event in history(offer)] == ["offer.create"]
    again = send(host, courses, GOOD)
    assert "Everything in this file stands in the service already." in words(again.text)


def test_known_codes_change_field_by_field(courses, host, write):
    with write():
        offer_in(courses, cefr="B2")
    page = send(host, courses, "code,seats,unit,cefr,ends_on\nCS101,15,IMFI,,2027-06-10\n")
    shown = words(page.text)
    for change in ("seats: 12 → 15", "unit: — → imfi", "ends_on: 2027-05-31 → 2027-06-10"):
        assert change in shown
    assert "cefr:" not in shown
    assert confirm(host, courses, page.text).status_code == 303
    with transaction(write=False):
        offer = place("CS101")
        assert (offer.seats, offer.unit.code, offer.cefr.value) == (15, "imfi", "B2")
        [event] = history(offer)
        assert event.action == "offer.amend"
        assert set(event.details["changes"]) == {"seats", "unit", "ends_on"}


def test_what_rows_do_not_say_is_said_for_new_ones_alone(courses, host, write):
    with write():
        offer_in(courses)
    text = "code,title_en,starts_on,ends_on\nCS101,,,\nNEW,A new one,2027-02-01,2027-05-31\n"
    page = send(host, courses, text, seats=7, ects="3,5", language="kk")
    assert "new 1 changed 0 unchanged 1" in words(page.text)
    assert confirm(host, courses, page.text).status_code == 303
    with transaction(write=False):
        assert (place("NEW").seats, place("NEW").ects, place("NEW").language) == (7, 3.5, "kk")
        assert (place("CS101").seats, place("CS101").language) == (12, "en")


def test_every_error_is_told_at_once_with_line_and_column(courses, host):
    before = counts()
    answer = send(
        host,
        courses,
        f"{HEADER},unit,timetable\n"
        'A,,,0,xx,D1,x,-1,32.01.2027,01/02/2027,=Ким,none,"Mon 10:00-9:00; Any 1"\n'
        "A,Title,,,,,,,,,,,\n"
        ",Title,,1,en,,5,,2027-02-01,2027-05-31,,,\n"
        "B,Title,,1,en,,99,70,2027-05-31,2027-02-01,,,\n",
    )
    assert answer.status_code == 422
    assert counts() == before
    assert told(answer) == [
        "line 2, column B “title_en”: Give a title in at least one language.",
        "line 2, column D “seats”: “0” is not a whole number from 1 to 500.",
        "line 2, column E “language”: “xx” is no language; known are en, ru, kk, ar, de, es, fr,"
        " it, ja, ko, ky, mn, pl, tg, tr, tt, ug, uz, zh.",
        "line 2, column F “cefr”: “D1” is no level of the CEFR, A1 to C2.",
        "line 2, column G “ects”: “x” is not a number, such as 5 or 2.5.",
        "line 2, column H “local_credits”: “-1” is not a number, such as 5 or 2.5.",
        "line 2, column I “starts_on”: “32.01.2027” is not a day, such as 2027-02-01 or"
        " 01.02.2027.",
        "line 2, column J “ends_on”: “01/02/2027” is not a day, such as 2027-02-01 or 01.02.2027.",
        "line 2, column K “teacher”: “=Ким” begins like a formula; write it without the “=” in"
        " front.",
        "line 2, column L “unit”: Abai University has no unit “none” whose places you offer.",
        "line 2, column M “timetable”: “Mon 10:00-9:00” ends before it begins.",
        "line 3, column A “code”: “A” stands in line 2 already.",
        "line 3, column D “seats”: seats is missing.",
        "line 3, column E “language”: language is missing.",
        "line 3, column G “ects”: ects is missing.",
        "line 3, column I “starts_on”: starts_on is missing.",
        "line 3, column J “ends_on”: ends_on is missing.",
        "line 4, column A “code”: the code is missing.",
        "line 5, column G “ects”: Give the ECTS credits, more than 0 and up to 60.",
        "line 5, column H “local_credits”: Give the local credits, more than 0 and up to 60.",
        "line 5, column J “ends_on”: The last day is not before the first.",
    ]


def test_condition_is_named_by_its_sender_or_by_its_number(courses, host, write):
    with write():
        third = factories.institution("enu.kz")
        twice = [
            factories.condition(third, courses.receiving, direction=Direction.COURSES)
            for _ in range(2)
        ]
        foreign = factories.condition(third, courses.sending, direction=Direction.COURSES)
    header = "code,title_en,seats,language,ects,starts_on,ends_on,condition"
    row = "Title,1,en,5,2027-02-01,2027-05-31"
    text = f"{header}\nA,{row},SUSU.ru\nB,{row},{twice[1].id}\n"
    page = send(host, courses, text)
    assert confirm(host, courses, page.text).status_code == 303
    with transaction(write=False):
        assert place("A").condition_id == courses.condition.id
        assert place("B").condition_id == twice[1].id
    wrong = send(host, courses, f"{header}\nC,{row},\nD,{row},enu.kz\nE,{row},{foreign.id}\n")
    known = f"known are {courses.condition.id}, susu.ru, {twice[0].id}, {twice[1].id}."
    assert told(wrong) == [
        "line 2, column H “condition”: which condition of an agreement is meant? Name it or choose"
        " it above.",
        f"line 3, column H “condition”: “enu.kz” is none of the conditions; {known}",
        f"line 4, column H “condition”: “{foreign.id}” is none of the conditions; {known}",
    ]
    chosen = send(host, courses, f"{header}\nC,{row},\n", condition=twice[0].id)
    assert confirm(host, courses, chosen.text).status_code == 303
    with transaction(write=False):
        assert place("C").condition_id == twice[0].id


def test_unit_of_the_condition_holds_where_the_row_names_none(courses, host, write):
    with write():
        courses.condition = db.session.merge(courses.condition)
        courses.condition.receiving_unit_id = courses.faculty.id
        other = factories.unit(db.session.merge(courses.receiving), code="other")
    page = send(host, courses, GOOD)
    assert confirm(host, courses, page.text).status_code == 303
    with transaction(write=False):
        assert place("CS101").unit_id == courses.faculty.id
    wrong = send(host, courses, f"code,unit\nCS101,{other.code}\n")
    assert "Under this condition places are offered by" in told(wrong)[0]


def test_coordinator_of_a_unit_brings_in_its_places_alone(courses, visitor, write):
    with write():
        offer_in(courses, code="WHOLE")
    browser = visitor(courses.unit_host)
    assert told(send(browser, courses, GOOD)) == [
        "line 2: Choose a unit that you coordinate.",
        "line 3: Choose a unit that you coordinate.",
    ]
    assert told(send(browser, courses, "code,seats\nWHOLE,1\n")) == [
        "line 2, column A “code”: Another place of this call has this code."
    ]
    header, *rows = GOOD.strip().splitlines()
    text = "\n".join([f"{header},unit", *(f"{row},imfi" for row in rows)])
    page = send(browser, courses, text)
    assert confirm(browser, courses, page.text).status_code == 303


def open_call(scene):
    call = db.session.get_one(Call, scene.call.id)
    call.status, call.opens_at = CallStatus.ANNOUNCED, clock.now() - timedelta(days=1)


def test_open_place_in_an_open_call_changes_with_a_reason(courses, host, write):
    with write():
        offer_in(courses)
        open_call(courses)
    text = "code,seats\nCS101,15\n"
    [refused] = told(send(host, courses, text))
    assert refused.startswith("line 2: the call has opened, so people have seen this place")
    page = send(host, courses, text, reason="A larger room.")
    assert confirm(host, courses, page.text).status_code == 303
    with transaction(write=False):
        [event] = history(place("CS101"))
        assert event.reason == "A larger room."
    assert send(host, courses, "code,title_ru\nCS101,Базы\n").status_code == 200


def test_change_after_the_preview_asks_to_look_again(courses, host, write):
    page = send(host, courses, GOOD).text
    with write():
        offer_in(courses)
    before = counts()
    answer = confirm(host, courses, page)
    assert answer.status_code == 409
    assert "has changed since the preview" in words(answer.text)
    assert counts() == before
    assert confirm(host, courses, answer.text).status_code == 303


def test_failure_in_the_middle_writes_nothing(courses, host, monkeypatch):
    before, create = counts(), services.create_offer

    def fail_at_the_second(call, actor, **values):
        if values["code"] == "CS102":
            raise RuntimeError("the disk is full")
        return create(call, actor, **values)

    monkeypatch.setattr(imports.catalogue, "create_offer", fail_at_the_second)
    page = send(host, courses, GOOD).text
    with pytest.raises(RuntimeError, match="the disk is full"):
        confirm(host, courses, page)
    assert counts() == before


def test_closed_call_takes_no_file(courses, host, write):
    page = send(host, courses, GOOD).text
    with write():
        open_call(courses)
        call = db.session.get_one(Call, courses.call.id)
        call.closes_at = clock.now() - timedelta(hours=1)
    address = f"/calls/{courses.call.id}/offers/import"
    assert host.get(address).status_code == 409
    assert send(host, courses, GOOD).status_code == 409
    assert confirm(host, courses, page).status_code == 409
    assert counts()[0] == 0


@pytest.mark.parametrize(
    ("role", "met"),
    [
        ("host", (200, 200, 303)),
        ("admin", (200, 200, 303)),
        ("unit_host", (200, 422, 409)),
        ("guest", (404, 404, 404)),
        (None, (303, 303, 303)),
    ],
)
def test_courses_are_brought_in_by_those_who_offer_places(courses, host, visitor, role, met):
    page = send(host, courses, GOOD).text
    browser = visitor(getattr(courses, role) if role else None)
    got = (
        browser.get(f"/calls/{courses.call.id}/offers/import").status_code,
        send(browser, courses, GOOD).status_code,
        confirm(browser, courses, page).status_code,
    )
    assert got == tuple({404: 403}.get(one, one) for one in met)


def test_page_is_found_on_calls_of_courses_alone(courses, host, write):
    with write():
        internships = factories.call(status=CallStatus.DRAFT)
        factories.condition(courses.sending, courses.receiving)
    link = f'href="/calls/{courses.call.id}/offers/import"'
    assert link in host.get(f"/calls/{courses.call.id}").text
    assert "/offers/import" not in host.get(f"/calls/{internships.id}").text
    assert host.get(f"/calls/{internships.id}/offers/import").status_code == 404


def test_page_without_an_agreement_in_force_says_what_is_missing(courses, visitor, write):
    with write():
        call = factories.call(direction=Direction.COURSES, term="2050/2051-1")
    page = visitor(courses.host).read(f"/calls/{call.id}/offers/import")
    assert "No agreement in force" in page


def test_plan_asks_as_often_for_three_rows_as_for_three_hundred(courses, write, count_queries):
    asked, scene = [], courses
    call_id, actor_id, unit_id = scene.call.id, scene.host.id, scene.faculty.id
    for rows in (3, 300):
        with write():
            scene.call = db.session.get_one(Call, call_id)
            scene.condition = db.session.scalars(select(CooperationCondition)).one()
            for number in range(rows):
                offer_in(scene, code=f"known{rows}-{number}", unit_id=unit_id)
        row = "imfi,Title,8,kk,C1,5,2027-02-01,2027-05-31"
        lines = [f"{kind}{rows}-{n},{row}" for n in range(rows) for kind in ("known", "new")]
        header = "code,unit,title_en,seats,language,cefr,ects,starts_on,ends_on"
        data = "\n".join([header, *lines]).encode()
        db.session.remove()
        call, actor = db.session.get_one(Call, call_id), db.session.get_one(User, actor_id)
        with count_queries() as statements:
            plan = imports.plan_import(call, actor, "courses.csv", data, Defaults())
        assert (plan.table.problems, len(plan.new), len(plan.changed)) == ([], rows, rows)
        asked.append(len(statements))
    assert asked[0] == asked[1]
