"""What is no number, or more than a column holds, is left out or said; it never fails."""

import pytest

from mobility.numbers import LARGEST, is_number

from .clients import Visitor
from .test_endpoints import PEOPLE, rows
from .world import build_world

ODD = ("99999999999999999999", str(LARGEST + 1), "-1", "0", "²", "٣", "")
ASKED = ("page", "call", "unit", "assigned", "institution", "version", "year", "field", "level")


@pytest.fixture(scope="module")
def world(service, database_server):
    database_server.reset(service)
    return build_world(service)


def readers():
    """(endpoint, scene, somebody who reads it) of each page."""
    return [
        (endpoint, scene, PEOPLE[cells.index("yes")])
        for method, endpoint, scene, cells in rows()
        if method == "GET" and "yes" in cells
    ]


@pytest.mark.parametrize("odd", ODD)
def test_no_page_fails_over_a_number_in_its_address(service, world, odd):
    addressed = {rule.endpoint: rule.arguments for rule in service.url_map.iter_rules()}
    failed = []
    for endpoint, scene, person in readers():
        ids = {name: world.id_of(name, scene) for name in addressed[endpoint]}
        visitor = Visitor(service, world.people.get(person))
        with service.test_request_context():
            address = service.url_for(endpoint, **ids, **dict.fromkeys(ASKED, odd))
        try:
            response = visitor.get(address)
        except Exception as error:  # the error page of a bug stands in for it elsewhere
            failed.append((address, repr(error)))
            continue
        if response.status_code >= 500:
            failed.append((address, response.status_code))
        response.close()
    assert failed == []


@pytest.mark.parametrize(
    ("endpoint", "scene", "person", "sent", "met"),
    [
        ("placements.nominate_many", "", "sender", {"placement": "{}"}, {303}),
        ("applications.bulk", "", "sender", {"action": "approve", "chosen": "{}"}, {303}),
        ("applications.bulk", "", "sender", {"action": "approve", "row": "{}:{}"}, {303}),
        ("applications.undo", "", "sender", {"application": "{}"}, {404}),
        ("applications.send_reminders", "", "sender", {"chosen": "{}"}, {422}),
        (
            "applications.score",
            "submitted",
            "sender",
            {"score-score": "85", "score-version": "{}"},
            {303, 409},
        ),
        ("applications.choices", "", "owner", {"action": "submit", "choices-1": "{}"}, {422}),
        ("applications.choices", "", "owner", {"action": "submit", "choices-{}": "1"}, {422}),
        ("agreements.edit", "draft-agreement", "sender", {"version": "{}"}, {303, 409}),
        ("rounds.dismiss_auditor", "run", "admin", {"auditor": "{}"}, {409}),
    ],
)
def test_no_deed_fails_over_a_number_it_is_sent(service, world, endpoint, scene, person, sent, met):
    visitor = Visitor(service, world.people[person])
    [rule] = [one for one in service.url_map.iter_rules(endpoint) if "POST" in one.methods]
    ids = {name: world.id_of(name, scene) for name in rule.arguments}
    with service.test_request_context():
        address = service.url_for(endpoint, **ids)
    for odd in ODD:
        data = {name.format(odd): value.format(odd, odd) for name, value in sent.items()}
        assert visitor.post(address, data).status_code in met, odd


@pytest.mark.parametrize("odd", ODD)
def test_only_what_a_column_holds_is_a_number(odd):
    assert is_number(odd) == (odd == "0")
    assert is_number(str(LARGEST))
