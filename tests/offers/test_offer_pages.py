"""Pages of calls and places: who sees what, the catalogue's filters, forms that lose nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.access import can
from mobility.agreements.models import AgreementStatus, Direction
from mobility.db import db
from mobility.laboratories.models import Slot
from mobility.offers import queries
from mobility.offers.forms import OFFER_FORMS
from mobility.offers.models import Call, CallStatus, Offer, OfferStatus, Phase
from mobility.offers.permissions import RULES
from mobility.offers.services.particulars import BLANK

from .. import factories
from ..clients import words


@pytest.fixture
def world(app, write):
    """People of each role around a draft call of a, received by b, with an open place."""

    class World:
        pass

    w = World()
    with write():
        w.a, w.b, c = (factories.institution() for _ in range(3))
        w.unit = factories.unit(w.b, name_en="Robotics school")
        w.people = {
            "anonymous": None,
            "student": factories.student(w.a),
            "sending": factories.coordinator(w.a),
            "receiving": factories.coordinator(w.b),
            "receiving unit": factories.coordinator(w.b, w.unit),
            "receiving other unit": factories.coordinator(w.b, factories.unit(w.b)),
            "stranger": factories.coordinator(c),
            "admin": factories.admin(),
        }
        condition = factories.condition(w.a, w.b)
        call = factories.call(status=CallStatus.DRAFT, title_en="Spring internships")
        offer = factories.offer(
            call, condition, unit_id=w.unit.id, status=OfferStatus.DRAFT, title_en="Drones"
        )
        w.condition, w.call, w.offer = condition.id, call.id, offer.id
    return w


COORDINATORS = {"sending", "receiving", "receiving unit", "receiving other unit", "stranger"}
ALL = {*COORDINATORS, "anonymous", "student", "admin"}
HANDS = {"receiving", "receiving unit", "admin"}
ALLOWED = {
    "call:browse": ALL,
    "call:view": {*COORDINATORS, "admin"},
    "call:create": {"admin"},
    "call:edit": {"admin"},
    "call:announce": {"admin"},
    "call:close": {"admin"},
    "call:cancel": {"admin"},
    "call:add-offer": {*HANDS, "receiving other unit"},
    "eligibility-rule:view": ALL,
    "eligibility-rule:edit": {"admin"},
    "offer:browse": ALL,
    "offer:view": HANDS,
    "offer:edit": HANDS,
    "offer:open": HANDS,
    "offer:withdraw": HANDS,
}


@pytest.mark.parametrize("permission", ALLOWED)
def test_permission_over_every_role(world, write, permission):
    with write():
        kind, number = (Call, world.call) if permission[:4] == "call" else (Offer, world.offer)
        subject = db.session.get_one(kind, number)
        allowed = {
            role
            for role, person in world.people.items()
            if can(person and db.session.merge(person), permission, subject)
        }
    assert allowed == ALLOWED[permission]


def test_every_permission_of_the_room_is_in_the_table():
    assert RULES.keys() == ALLOWED.keys()


@pytest.mark.parametrize("call_status", CallStatus)
@pytest.mark.parametrize("status", OfferStatus)
def test_a_place_is_public_once_opened_in_an_announced_call(
    world, write, visitor, call_status, status
):
    with write():
        db.session.get_one(Call, world.call).status = call_status
        db.session.get_one(Offer, world.offer).status = status
    public = status is not OfferStatus.DRAFT and call_status is not CallStatus.DRAFT
    for role, person in world.people.items():
        answer = visitor(person).get(f"/offers/{world.offer}")
        if public or role in HANDS:
            assert (answer.status_code, "Drones" in answer.text) == (200, True)
        else:
            assert answer.status_code == (303 if role == "anonymous" else 404)
    listed = "Drones" in visitor().read("/offers")
    assert listed is (status is OfferStatus.OPEN and call_status is CallStatus.ANNOUNCED)


def test_draft_call_shows_to_coordinators_only_their_own_places(world, write, visitor):
    with write():
        db.session.get_one(Offer, world.offer).status = OfferStatus.OPEN
    for role in {*COORDINATORS, "admin"}:
        page = visitor(world.people[role]).read(f"/calls/{world.call}")
        assert ("Drones" in page) is (role in HANDS)


def test_call_page_tells_the_rule_dates_and_places(world, write, visitor):
    with write():
        call = db.session.get_one(Call, world.call)
        call.status, call.rules_en, call.min_choices = CallStatus.ANNOUNCED, "Our own rules", 2
        db.session.get_one(Offer, world.offer).status = OfferStatus.OPEN
    page = visitor().read(f"/calls/{world.call}")
    for sentence in (
        "Our own rules",
        "As many people as possible get a place. This comes first.",
        "someone with a short list may be served before someone who can go elsewhere",
        "In this call everybody lists at least 2 places.",
        "(100 + 1 × m) × (r² − 4²)",
        "from 2 to 3",
        "Drones",
        "Almaty",
    ):
        assert sentence in page
    assert "History" not in page


def test_call_is_drafted_changed_and_announced_by_form(world, write, visitor):
    browser = visitor(world.people["admin"])  # whose zone is Asia/Almaty, UTC+5
    answer = browser.post("/calls/new", {**CALL, "opens_at": "2127-03-01T09:00"})
    assert answer.status_code == 303
    with write():
        call = db.session.scalars(select(Call).order_by(Call.id.desc())).first()
        assert call.opens_at.isoformat() == "2127-03-01T04:00:00+00:00"
        assert call.direction is Direction.COURSES
        number, version = call.id, call.version
    shown = browser.get(f"/calls/{number}/edit").text
    assert 'value="2127-03-01T09:00"' in shown
    form = {**CALL, "version": version, "answer_days": "9"}
    assert browser.post(f"/calls/{number}/edit", form).status_code == 303
    stale = browser.post(f"/calls/{number}/edit", {**form, "answer_days": "10"})
    assert (stale.status_code, 'value="10"' in stale.text) == (409, True)
    assert browser.post(f"/calls/{number}/announce").status_code == 303
    assert "Courses in Almaty" in visitor().read("/calls")
    assert browser.post(f"/calls/{number}/announce").status_code == 409


@pytest.mark.parametrize("page", ["/", "/offers"])
def test_the_first_words_name_what_every_direction_offers(app, visitor, page):
    read = visitor().read(page)
    assert [one for one in ("nternships", "courses", "research", "programmes for teachers",
                            "laborator") if one not in read] == []  # fmt: skip


YEAR = clock.now().year
CALL = {
    "direction": "courses",
    "title_en": "Courses in Almaty",
    "term": f"{YEAR}/{YEAR + 1}-2",
    "opens_at": "2127-03-01T09:00",
    "closes_at": "2127-04-01T18:00",
    "mending_until": "2127-04-08T18:00",
    "answer_days": "7",
    "min_choices": "1",
    "max_choices": "5",
    "policy": "linear_assignment",
    "merit_weight": "1",
    "keeps_annual_quotas": "y",
    "vacated": "second_round",
    "vacated_until": "2127-06-01T18:00",
    "appeal_days": "7",
    "rules_en": "Typed rules",
}


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"direction": ""}, "direction", "Choose what people go for."),
        ({"title_en": ""}, "title_en", "at least one language"),
        ({"term": ""}, "term", "Choose the term."),
        ({"opens_at": ""}, "opens_at", "Give the day and time of the opening."),
        ({"opens_at": "yesterday"}, "opens_at", "Give a day and a time"),
        ({"closes_at": "2027-02-01T09:00"}, "closes_at", "after the opening"),
        ({"mending_until": "2127-03-01T09:00"}, "mending_until", "not before the deadline"),
        ({"answer_days": "61"}, "answer_days", "between 1 and 60"),
        ({"min_choices": "6"}, "min_choices", "between 1 and the greatest"),
        ({"max_choices": "21"}, "max_choices", "between 1 and 20"),
        ({"merit_weight": "much"}, "merit_weight", "Not a valid integer"),
    ],
)
def test_bad_call_stands_at_its_field_and_nothing_is_lost(
    world, write, visitor, values, field, message
):
    answer = visitor(world.people["admin"]).post("/calls/new", {**CALL, **values})
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert "Typed rules" in answer.text
    for typed in values.values():
        assert not typed or f'"{typed}"' in answer.text
    with write():
        assert len(db.session.scalars(select(Call)).all()) == 1


def error_at(page, field):
    found = re.search(rf'id="{field}-error">(.*?)</p>', page, re.S)
    return found[1] if found else ""


def test_open_call_is_changed_with_a_reason_and_keeps_its_seconds(world, write, visitor):
    with write():
        call = db.session.get_one(Call, world.call)
        call.status = CallStatus.ANNOUNCED
        call.opens_at = call.opens_at.replace(second=17, microsecond=5)
        opens_at = call.opens_at
        local = [getattr(call, name) + timedelta(hours=5) for name in ("opens_at", "closes_at")]
        form = {
            **CALL,
            "direction": "internship",
            "term": call.term,
            "opens_at": local[0].strftime("%Y-%m-%dT%H:%M"),
            "closes_at": (local[1] + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        }
    browser = visitor(world.people["admin"])
    refused = browser.post(f"/calls/{world.call}/edit", form)
    assert (refused.status_code, "Say why" in error_at(refused.text, "reason")) == (422, True)
    done = browser.post(f"/calls/{world.call}/edit", {**form, "reason": "A holiday"})
    assert done.status_code == 303
    with write():
        assert db.session.get_one(Call, world.call).opens_at == opens_at
    assert "Reason: A holiday" in browser.read(f"/calls/{world.call}")


@pytest.mark.parametrize(("step", "phase"), [("close", Phase.CLOSED), ("cancel", Phase.CANCELLED)])
def test_closing_and_cancelling_ask_for_a_reason(world, write, visitor, step, phase):
    with write():
        db.session.get_one(Call, world.call).status = CallStatus.ANNOUNCED
    browser = visitor(world.people["admin"])
    address = f"/calls/{world.call}/{step}"
    assert "“Spring internships”" in browser.read(address)
    assert "Give a reason." in error_at(browser.post(address, {}).text, "reason")
    assert browser.post(address, {"reason": "Enough"}).status_code == 303
    with write():
        assert db.session.get_one(Call, world.call).phase is phase
    assert browser.post(address, {"reason": "Enough"}).status_code == 409


PARTICULARS = {
    Direction.INTERNSHIP: {"hours_per_week": 20},
    Direction.COURSES: {
        "ects": 4.5,
        "local_credits": 5.0,
        "course_code": "KAZ 1",
        "hours": 72,
        "timetable": [
            {"day": 1, "from": "09:00", "to": "10:30"},
            {"day": 3, "from": "10:00", "to": "11:30"},
        ],
    },
    Direction.RESEARCH: {"staff_seats": 2},
    Direction.PROFESSIONAL_DEVELOPMENT: {"hours": 72, "certificate": "Certificate of 72 hours"},
    Direction.LABORATORIES: {},
}


@pytest.mark.parametrize("direction", Direction)
def test_place_of_every_direction_is_offered_by_form(world, write, visitor, direction):
    with write():
        call = factories.call(direction=direction, status=CallStatus.DRAFT)
        condition = factories.condition(world.a, world.b, direction=direction, isced_fields=["06"])
        project = factories.project(world.a, world.b)
        slot = factories.slot(factories.equipment(world.b, title_en="Microscope"), capacity=3)
        number, under = call.id, condition.id
    assert direction in OFFER_FORMS
    own = {
        "hours_per_week": "20", "ects": "4,5", "local_credits": "5", "course_code": "KAZ 1",
        "hours": "72", "timetable": "Wed 10:00-11:30; Пн 9.00 – 10.30", "staff_seats": "2",
        "certificate": "Certificate of 72 hours", "requirements_en": "Linear algebra",
        "project": project.id, "slot": slot.id,
    }  # fmt: skip
    form = {**OFFER, **own, "condition": under, "unit": world.unit.id}
    browser = visitor(world.people["receiving unit"])
    assert "Robotics school" in browser.read(f"/calls/{number}/offers/new")
    answer = browser.post(f"/calls/{number}/offers/new", form)
    assert answer.status_code == 303
    with write():
        offer = db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()
        assert (offer.seats, offer.isced_fields, offer.unit_id) == (3, ["0613"], world.unit.id)
        particulars = {name: getattr(offer, name) for name in BLANK}
        framed = {
            Direction.RESEARCH: {"project": offer.project},
            Direction.LABORATORIES: {"project": offer.project, "slot": offer.slot},
        }.get(direction, {})
        assert particulars == {**BLANK, **PARTICULARS[direction], **framed}
        assert offer.project_id == (project.id if "project" in framed else None)
        assert offer.slot_id == (slot.id if "slot" in framed else None)
        assert db.session.get_one(Slot, slot.id).kept == (3 if "slot" in framed else 0)
    assert browser.post(f"{answer.location}/open").status_code == 303
    page = browser.read(answer.location)
    assert f"Under this condition {offer.all_seats} seats are open" in page
    assert "Linear algebra" in page
    assert browser.post(f"{answer.location}/withdraw").status_code == 303
    assert "This place was withdrawn." in browser.read(answer.location)
    with write():
        assert db.session.get_one(Slot, slot.id).kept == 0


OFFER = {
    "title_en": "Flying",
    "description_en": "Typed description",
    "seats": "3",
    "min_seats": "0",
    "language": "en",
    "cefr": "B1",
    "eqf_levels": ["6"],
    "isced_fields": ["0613"],
    "starts_on": "2027-02-01",
    "ends_on": "2027-05-31",
    "hours_per_week": "20",
}


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"condition": ""}, "condition", "Choose the condition"),
        ({"condition": "999999"}, "condition", "Not a valid choice"),
        ({"unit": ""}, "unit", "that you coordinate"),
        ({"title_en": ""}, "title_en", "at least one language"),
        ({"seats": "0"}, "seats", "between 1 and 500"),
        ({"seats": "2.5"}, "seats", "Not a valid integer"),
        ({"language": ""}, "language", "Choose the language."),
        ({"ends_on": "2027-01-01"}, "ends_on", "not before the first"),
        ({"starts_on": "soon"}, "starts_on", "Not a valid date"),
        ({"eqf_levels": ["8"]}, "eqf_levels", "can only narrow"),
        ({"hours_per_week": "61"}, "hours_per_week", "between 1 and 60"),
    ],
)
def test_bad_place_stands_at_its_field_and_nothing_is_lost(
    world, write, visitor, values, field, message
):
    form = {**OFFER, "condition": world.condition, "unit": world.unit.id, **values}
    browser = visitor(world.people["receiving unit"])
    answer = browser.post(f"/calls/{world.call}/offers/new", form)
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert "Typed description" in answer.text
    assert 'value="0613" checked' in answer.text
    with write():
        assert len(db.session.scalars(select(Offer)).all()) == 1


def test_without_an_agreement_in_force_the_form_says_what_is_missing(world, write, visitor):
    with write():
        condition = db.session.get_one(Offer, world.offer).condition
        factories.settle(condition.agreement, AgreementStatus.PROPOSED)
    page = visitor(world.people["receiving"]).read(f"/calls/{world.call}/offers/new")
    assert "No agreement in force" in page
    form = {**OFFER, "condition": world.condition}
    browser = visitor(world.people["receiving"])
    assert browser.post(f"/calls/{world.call}/offers/new", form).status_code == 422
    opened = browser.post(f"/offers/{world.offer}/open")
    assert (opened.status_code, "not approved by both" in opened.text) == (409, True)


def test_place_in_an_open_call_opens_changes_and_goes_with_a_reason(world, write, visitor):
    with write():
        db.session.get_one(Call, world.call).status = CallStatus.ANNOUNCED
    browser = visitor(world.people["receiving unit"])
    page = f"/offers/{world.offer}"
    assert browser.post(f"{page}/open", {}).status_code == 422
    assert browser.post(f"{page}/open", {"reason": "Late partner"}).status_code == 303
    form = {**OFFER, "condition": world.condition, "unit": world.unit.id, "seats": "1"}
    refused = browser.post(f"{page}/edit", form)
    assert "Say why it changes" in error_at(refused.text, "reason")
    assert browser.post(f"{page}/edit", {**form, "reason": "Repairs"}).status_code == 303
    assert browser.post(f"{page}/withdraw", {"reason": "Illness"}).status_code == 303
    text = browser.read(page)
    assert [reason in text for reason in ("Late partner", "Repairs", "Illness")] == [True] * 3
    assert "Repairs" not in visitor(world.people["student"]).read(page)


def test_stale_edit_of_a_place_answers_409_with_what_was_typed(world, write, visitor):
    browser = visitor(world.people["receiving"])
    form = {**OFFER, "condition": world.condition, "unit": world.unit.id}
    shown = browser.get(f"/offers/{world.offer}/edit").text
    form["version"] = re.search(r'name="version"[^>]*value="(\d+)"', shown)[1]
    assert browser.post(f"/offers/{world.offer}/edit", form).status_code == 303
    answer = browser.post(f"/offers/{world.offer}/edit", {**form, "title_en": "Typed later"})
    assert answer.status_code == 409
    assert "Typed later" in answer.text
    assert "This was changed" in words(answer.text)


@pytest.fixture
def catalogue(world, write):
    """Five places in three calls, told apart by everything that the catalogue filters by."""
    with write():
        other = factories.institution(name_kk="Қорқыт Ата университеті", city_kk="Қызылорда")
        wide = factories.condition(world.a, world.b, eqf_levels=[], isced_fields=[])
        narrow = factories.condition(world.a, world.b, eqf_levels=[7], isced_fields=["061"])
        there = factories.condition(world.b, other, direction=Direction.COURSES)
        now = clock.now()
        running = factories.call(title_en="Running")
        coming = factories.call(title_en="Coming", opens_at=now + timedelta(days=2))
        courses = factories.call(title_en="Courses", direction=Direction.COURSES)
        over = factories.call(title_en="Over", closes_at=now - timedelta(hours=1))
        factories.offer(running, wide, title_en="Anything", language="ru")
        factories.offer(running, narrow, title_en="Software", title_kk="Бағдарлама")
        factories.offer(running, wide, title_en="Teaching", isced_fields=["011"], eqf_levels=[6])
        factories.offer(coming, wide, title_en="Later", title_ru="Ёлочные игрушки")
        factories.offer(courses, there, title_en="Language", language="kk", eqf_levels=[8])
        factories.offer(over, wide, title_en="Past")
        factories.offer(running, wide, title_en="Hidden", status=OfferStatus.DRAFT)
        return other.id


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Anything", "Software", "Teaching", "Later", "Language"}),
        ("open=y", {"Anything", "Software", "Teaching", "Language"}),
        ("direction=courses", {"Language"}),
        ("language=ru", {"Anything"}),
        ("level=7", {"Anything", "Software", "Later"}),
        ("level=6", {"Anything", "Teaching", "Later"}),
        ("field=06", {"Anything", "Software", "Later", "Language"}),
        ("field=061", {"Anything", "Software", "Later", "Language"}),
        ("field=01", {"Anything", "Teaching", "Later", "Language"}),
        ("field=011", {"Anything", "Teaching", "Later", "Language"}),
        ("field=041", {"Anything", "Later", "Language"}),
        ("q=БАҒДАРЛАМА", {"Software"}),
        ("q=елочные", {"Later"}),
        ("q=қызылорда", {"Language"}),
        ("q=teach 100%", set()),
        ("language=ru&level=7&q=any", {"Anything"}),
        ("level=none&language=xx&direction=x&institution=x&page=0", None),
    ],
)
def test_catalogue_filters(catalogue, visitor, query, titles):
    everything = {"Anything", "Software", "Teaching", "Later", "Language", "Past", "Hidden"}
    page = visitor().get(f"/offers?{query}").text
    shown = {title for title in everything if f'">{title}</a>' in page}
    assert shown == (everything - {"Past", "Hidden"} if titles is None else titles)


def test_catalogue_filters_by_institution_and_keeps_filters_in_links(catalogue, write, visitor):
    assert "Language" in visitor().read(f"/offers?institution={catalogue}")
    with write():
        call = db.session.scalars(select(Call).where(Call.title_en == "Running")).one()
        wide = db.session.scalars(select(Offer).where(Offer.title_en == "Anything")).one()
        for _number in range(26):
            factories.offer(call, wide.condition, language="de")
    page = visitor().get("/offers?language=de&x=1").text
    assert 'href="/offers?page=2&amp;language=de"' in page
    assert "26 places" in words(page)
    assert "26 to 26 of 26" in visitor().read("/offers?page=2&language=de")


def test_offers_of_a_call_are_those_in_force(catalogue, write):
    with write():
        call = db.session.scalars(select(Call).where(Call.title_en == "Running")).one()
        assert [offer.title for offer in queries.offers_of(call)] == [
            "Anything", "Software", "Teaching",
        ]  # fmt: skip


@pytest.mark.parametrize("address", ["/offers", "/calls", "/calls/{call}"])
def test_lists_ask_the_same_number_of_queries_for_one_row_and_three(
    world, write, visitor, count_queries, address
):
    with write():
        call = db.session.get_one(Call, world.call)
        call.status = CallStatus.ANNOUNCED
        db.session.get_one(Offer, world.offer).status = OfferStatus.OPEN
    browser = visitor(world.people["student"])
    address = address.format(call=world.call)
    browser.read(address)
    with count_queries() as one:
        browser.read(address)
    with write():
        call = db.session.get_one(Call, world.call)
        for _number in range(2):
            under = factories.condition(factories.institution(), factories.institution())
            factories.offer(call, under)
            factories.offer(factories.call(), under)
    with count_queries() as three:
        browser.read(address)
    assert len(three) == len(one)


def test_first_pages_show_open_calls_and_places_in_draft(world, write, visitor):
    assert "Places you have not opened yet" in visitor(world.people["receiving unit"]).read("/")
    assert "Drones" not in visitor(world.people["sending"]).read("/")
    assert "Spring internships" not in visitor().read("/")
    with write():
        db.session.get_one(Call, world.call).status = CallStatus.ANNOUNCED
    assert "Spring internships" in visitor().read("/")


def test_condition_shows_what_is_open_under_it(world, write, visitor):
    with write():
        offer = db.session.get_one(Offer, world.offer)
        offer.status, offer.call.status = OfferStatus.OPEN, CallStatus.ANNOUNCED
        number = offer.condition.agreement_id
    page = visitor().read(f"/agreements/{number}")
    assert "Open under this condition: Spring internships : 1 place, 2 seats" in page


def test_no_place_is_offered_in_a_closed_call(world, write, visitor):
    with write():
        call = db.session.get_one(Call, world.call)
        call.status, call.closes_at = CallStatus.ANNOUNCED, clock.now() - timedelta(hours=1)
    browser = visitor(world.people["receiving"])
    answer = browser.get(f"/calls/{world.call}/offers/new")
    assert (answer.status_code, "no places can be added" in answer.text) == (409, True)
    assert "Offer a place" not in browser.read(f"/calls/{world.call}")
