"""Every endpoint for everyone: the table says who gets in. A new page without a row fails.

A row is a method, an endpoint and, after `@`, the scene of `tests.world` whose ids fill its
address. A cell is what that person meets:

    yes      the page (200), or the deed done (303)
    sign-in  sent to the sign-in page
    403      seen, but not theirs to do
    404      nothing there for them
    409      theirs to do, but not in this state
"""

from collections.abc import Callable

import pytest
from werkzeug.routing import Rule

from . import factories
from .clients import Visitor
from .world import World, build_world

# owner: the student whose application it is; other: a student of the same university;
# unit, sender: coordinators of the applicant's faculty and university; host: of the receiving
# university; outside: coordinator of a university that has no part in it.
PEOPLE = ("nobody", "owner", "other", "unit", "sender", "host", "outside", "admin")
TABLE = """
                                                 nobody  owner   other   unit    sender  host    outside admin
GET  health                                      yes     yes     yes     yes     yes     yes     yes     yes

GET  accounts.home                               yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.set_language                       yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.sign_in                            yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.sign_in                            yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.sign_out                           yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.account                            sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.account                            sign-in yes     yes     yes     yes     yes     yes     yes
GET  accounts.change_password                    sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.change_password                    sign-in yes     yes     yes     yes     yes     yes     yes
GET  accounts.profile                            sign-in yes     yes     403     403     403     403     403
POST accounts.profile                            sign-in yes     yes     403     403     403     403     403

GET  partners.index                              yes     yes     yes     yes     yes     yes     yes     yes
GET  partners.partner                            yes     yes     yes     yes     yes     yes     yes     yes
"""  # noqa: E501


# What is sent along with a POST; an empty form where nothing stands here.
DATA: dict[str, dict | Callable[[World], dict]] = {
    "accounts.set_language": {"language": "kk"},
    "accounts.sign_in": lambda world: {
        "email": world.people["owner"].email,
        "password": factories.PASSWORD,
    },
    "accounts.account": {"name": "A New Name", "language": "ru", "timezone": "Asia/Almaty"},
    "accounts.change_password": {"current": factories.PASSWORD, "password": "a new sentence"},
    "accounts.profile": {
        "unit_id": "",
        "eqf_level": "7",
        "isced_field": "0613",
        "study_year": "1",
        "skills-0-language": "en",
        "skills-0-cefr": "C1",
    },
}


def rows() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(method, endpoint, scene, cells) of each line of the table."""
    found = []
    for line in TABLE.strip().splitlines()[1:]:
        if not line.strip() or line.startswith("#"):
            continue
        method, place, *cells = line.split()
        endpoint, _, scene = place.partition("@")
        assert len(cells) == len(PEOPLE), f"a row of {len(cells)} cells: {line}"
        found.append((method, endpoint, scene, tuple(cells)))
    return found


def endpoints(app) -> dict[tuple[str, str], Rule]:
    """(method, endpoint) → rule of everything that has an address, files aside."""
    return {
        (method, rule.endpoint): rule
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def world(service, database_server):
    """The populated world, kept as a template."""
    database_server.reset(service)
    built = build_world(service)
    database_server.keep(service, "world")
    return built


@pytest.fixture
def fresh(service, database_server, world):
    """`fresh()` begins again with the world as it was built."""

    def again() -> None:
        database_server.reset(service, "world")

    again()
    return again


def test_each_endpoint_has_a_row(service):
    told = {(method, endpoint) for method, endpoint, _, _ in rows()}
    assert set(endpoints(service)) - told == set(), "endpoints without a row in the table"
    assert told - set(endpoints(service)) == set(), "rows without an endpoint"


def test_no_row_stands_twice():
    keys = [row[:3] for row in rows()]
    assert len(keys) == len(set(keys))


def met(response) -> str:
    """The word of the table for an answer."""
    if response.status_code == 303:
        return "sign-in" if response.location.startswith("/sign-in") else "yes"
    return {200: "yes", 302: "yes"}.get(response.status_code, str(response.status_code))


def sent(method: str, endpoint: str, world: World) -> dict | None:
    data = DATA.get(endpoint, {})
    return None if method == "GET" else data(world) if callable(data) else data


@pytest.mark.parametrize(
    ("method", "endpoint", "scene", "cells"),
    rows(),
    ids=[f"{method}-{endpoint}@{scene}" for method, endpoint, scene, _ in rows()],
)
def test_who_meets_what(service, world, fresh, method, endpoint, scene, cells):
    rule = endpoints(service)[method, endpoint]
    ids = {name: world.id_of(name, scene) for name in rule.arguments}
    with service.test_request_context():
        address = service.url_for(endpoint, **ids)
    got = []
    for person in PEOPLE:
        visitor = Visitor(service, world.people.get(person))
        response = visitor.client.open(address, method=method, data=sent(method, endpoint, world))
        got.append(met(response))
        if method == "POST" and response.status_code < 400:
            fresh()
    assert dict(zip(PEOPLE, got, strict=True)) == dict(zip(PEOPLE, cells, strict=True))
