"""The guide has a page for everybody in every direction, and its links lead somewhere."""

from itertools import pairwise, product

import pytest

from mobility import ROOMS
from mobility.accounts.models import Role
from mobility.agreements.models import Direction
from mobility.guide.doors import DOORS
from mobility.guide.topics import PROJECTS, TOPICS, Reader, parts, readers_first, topic_of
from mobility.i18n import LANGUAGES
from tests import factories
from tests.clients import Visitor
from tests.guide.pages import Page, address

EVERY = [*(topic_of(direction) for direction in Direction), PROJECTS]
PAGES = list(product(Reader, EVERY))


def name(value) -> str:
    return getattr(value, "code", getattr(value, "value", value))


def read(visitor: Visitor, place: str) -> Page:
    answer = visitor.get(place)
    assert answer.status_code == 200, place
    return Page(answer.text)


def speak(visitor: Visitor, language: str) -> Visitor:
    visitor.post("/language", {"language": language, "next": "/"})
    return visitor


@pytest.fixture
def people(write):
    """Somebody with each role, of one university."""
    with write():
        home = factories.institution("kaznpu.kz", name_en="Abai KazNPU")
        return {
            "nobody": None,
            "student": factories.student(home),
            "teacher": factories.teacher(home),
            "coordinator": factories.coordinator(home),
            "admin": factories.admin(),
        }


def test_the_guide_stands_between_reports_and_the_demonstration():
    assert ROOMS[-3:] == ("reports", "guide", "demo")


@pytest.mark.parametrize("direction", Direction, ids=name)
def test_every_direction_has_a_topic_with_words_of_its_own(direction, app):
    topic = topic_of(direction)
    assert topic.title == direction.label
    assert topic.sends == direction.sends
    words_of = app.jinja_env.get_template(topic.template)
    needed = app.jinja_env.get_template(topic_of(Direction.INTERNSHIP).template)
    macros = {
        name for name in dir(needed.make_module({"doors": DOORS})) if not name.startswith("_")
    }
    has = {name for name in dir(words_of.make_module({"doors": DOORS})) if not name.startswith("_")}
    assert macros - has == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("reader", "topic"), PAGES, ids=name)
def test_every_page_is_whole(visitor, reader, topic, language):
    page = read(speak(visitor(), language), address(reader, topic))
    assert page.language == language
    expected = [str(part) for part in parts(reader, topic)]
    assert page.ids_of("h2")[1 : len(expected) + 1] == expected
    assert page.levels == sorted_without_leaps(page.levels)
    assert page.anchors - page.ids == set()
    assert page.empty_lists == 0
    assert page.doubled_titles == []


def sorted_without_leaps(levels: list[int]) -> list[int]:
    """The levels themselves where they begin with 1 and never go down more than one at a time."""
    fine = levels[:1] == [1] and all(later <= earlier + 1 for earlier, later in pairwise(levels))
    return levels if fine else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_page_that_its_reader_may_open(visitor, people, language):
    for who, user in people.items():
        guest = speak(visitor(user), language)
        addresses = {
            href for reader, topic in PAGES for href in read(guest, address(reader, topic)).links
        }
        addresses |= set(read(guest, "/how-it-works").links)
        assert len(addresses) > len(PAGES), "the pages of the guide and what they lead to"
        wrong = {}
        for href in addresses:
            answer = guest.get(href)
            if answer.status_code != 200 and not (who == "nobody" and signs_in(answer)):
                wrong[href] = answer.status_code
        assert wrong == {}, who


def signs_in(answer) -> bool:
    return answer.status_code == 303 and answer.location.startswith("/sign-in?next=")


def test_every_door_is_used_and_leads_to_an_endpoint(app, visitor):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert {door.endpoint for door in DOORS.values()} - endpoints == set()
    links = {
        href for reader, topic in PAGES for href in read(visitor(), address(reader, topic)).links
    }
    with app.test_request_context():
        assert {door.href for door in DOORS.values()} - links == set()


def test_what_is_closed_to_the_reader_is_named_without_a_link(visitor, people):
    place = "/how-it-works/admin/courses"
    assert "/calls/new" not in read(visitor(people["student"]), place).links
    assert "Where: Draft a call" in visitor(people["student"]).read(place)
    assert "/calls/new" in read(visitor(people["admin"]), place).links


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("nobody", [Reader.APPLICANT]),
        ("student", [Reader.APPLICANT]),
        ("teacher", [Reader.APPLICANT]),
        ("coordinator", [Reader.SENDING, Reader.RECEIVING]),
        ("admin", [Reader.ADMIN]),
    ],
)
def test_the_index_begins_with_the_readers_own_roles(visitor, people, who, first):
    links = read(visitor(people[who]), "/how-it-works").links
    pages = [link for link in links if link.count("/") == 3]
    assert len(pages) == len(PAGES)
    shown = list(dict.fromkeys(link.split("/")[2] for link in pages))
    assert shown[: len(first)] == [reader.value for reader in first]
    assert sorted(shown) == sorted(reader.value for reader in Reader)


def test_who_has_two_roles_reads_both_first():
    class Both:
        is_authenticated, is_applicant, is_coordinator, is_admin = True, True, False, True

    assert readers_first(Both())[:2] == [Reader.APPLICANT, Reader.ADMIN]


@pytest.mark.parametrize("place", ["/how-it-works/nobody/courses", "/how-it-works/admin/dances"])
def test_other_readers_and_topics_are_not_found(visitor, place):
    assert visitor().get(place).status_code == 404


def test_the_foot_of_every_page_leads_to_the_guide(visitor):
    assert 'href="/how-it-works"' in visitor().get("/calls").text.partition("<footer")[2]


@pytest.mark.parametrize("direction", Direction, ids=name)
def test_a_call_leads_to_the_guide_of_its_direction(visitor, people, write, direction):
    with write():
        call = factories.call(direction=direction)
    topic = topic_of(direction)
    expected = {
        "nobody": [Reader.APPLICANT],
        "coordinator": [Reader.SENDING, Reader.RECEIVING],
        "admin": [Reader.ADMIN],
    }
    for who, readers in expected.items():
        links = read(visitor(people[who]), f"/calls/{call.id}").links
        guide = [link for link in links if link.startswith("/how-it-works/")]
        assert guide == [address(reader, topic) for reader in readers], who


@pytest.mark.parametrize("topic", EVERY, ids=name)
def test_the_profile_asked_for_is_that_of_those_who_go(visitor, topic):
    if topic is PROJECTS:
        return
    text = visitor().read(address(Reader.APPLICANT, topic))
    assert ("Students give their level" in text) is (Role.STUDENT in topic.sends)
    assert ("Teachers and staff give their position" in text) is (Role.STAFF in topic.sends)


def test_several_seats_at_once_have_no_sequel(visitor):
    nothing = "Declined seats stay empty: there is no second round and no waiting order"
    text = {code: (visitor().read(f"/how-it-works/applicant/{code}")) for code in TOPICS}
    assert {code for code in TOPICS if nothing in text[code]} == {"research", "courses"}
    assert "The result stands." not in text["research"]
