"""Before publication nobody can tell that a result is there: every role × every page."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from mobility import clock
from mobility.db import transaction
from mobility.rounds import services
from mobility.rounds.models import RunStatus
from tests import factories
from tests.test_endpoints import endpoints

from .scenes import explained, finish, frozen, scene

# the token against forged requests is new on each page
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def everybody(at) -> dict:
    """Each role that is not an admin's, in every relation to the round that there is."""
    with transaction():
        faculty = factories.unit(at.home)
        elsewhere = factories.institution("enu.kz")
        return {
            "nobody": None,
            "to be placed": at.ayan.applicant,
            "to be unplaced": at.chingiz.applicant,
            "another student": factories.student(at.home),
            "coordinator of a unit": factories.coordinator(at.home, faculty),
            "sending coordinator": at.sender,
            "receiving coordinator": at.receiver,
            "coordinator elsewhere": factories.coordinator(elsewhere),
        }


def addresses(app, at, round_) -> dict[str, str]:
    """Every page whose address the scene can fill, by endpoint and whose."""
    common = {
        "call_id": at.call.id,
        "round_id": round_.id,
        "offer_id": at.a.id,
        "institution_id": at.home.id,
        "agreement_id": at.condition.agreement_id,
        "condition_id": at.condition.id,
        "placement_id": 1,
        "second_round_id": 1,
        "appeal_id": 1,
    }
    found = {}
    for name, application in (("placed", at.ayan), ("unplaced", at.chingiz)):
        ids = {**common, "application_id": application.id}
        with app.test_request_context():
            for (method, endpoint), rule in endpoints(app).items():
                if method == "GET" and rule.arguments <= ids.keys():
                    own = {one: ids[one] for one in rule.arguments}
                    found[f"{endpoint}@{name}"] = app.url_for(endpoint, **own)
    return found


def seen(visitor, people: dict, pages: dict[str, str]) -> dict:
    answers = {}
    for who, person in people.items():
        reader = visitor(person)
        for endpoint, address in pages.items():
            with reader.get(address) as answer:
                body = content(answer.get_data())
                answers[who, endpoint] = answer.status_code, answer.headers.get("Location"), body
    return answers


def content(body: bytes) -> str:
    """What a page says, or a file; of a workbook its parts: each is packed at a time of its own."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in sorted(book.namelist()))
    return TOKEN.sub("", body.decode(errors="replace"))


def with_results(at, round_) -> list:
    """A finished run by the rule of the call, explained, planned, and one for comparison."""
    with transaction():
        run = services.request_run(round_, at.admin)
        other = services.request_run(round_, at.admin, policy="deferred_acceptance")
    finish(run)
    finish(other)
    explained(run)
    with transaction():
        services.plan_publication(run, at.admin, clock.now() + timedelta(days=2))
    assert run.status is other.status is RunStatus.DONE
    return [run, other]


def test_no_page_of_anybody_changes_when_results_are_there(app, visitor):
    at = scene()
    round_ = frozen(at)
    people, pages = everybody(at), addresses(app, at, round_)
    room = {endpoint for endpoint in pages if endpoint.startswith("rounds.")}
    assert {
        "rounds.index@placed", "rounds.show@placed", "rounds.report@placed", "rounds.file@placed",
        "rounds.cockpit@placed", "rounds.compare@placed", "rounds.draw@placed",
        "rounds.explanation@placed", "rounds.explanations@placed",
    } <= room  # fmt: skip
    with clock.at(clock.now()):
        before = seen(visitor, people, pages)
        runs = with_results(at, round_)
        after = seen(visitor, people, pages)
    changed = [key for key, answer in after.items() if answer != before[key]]
    assert changed == []
    for who, person in people.items():
        for run in runs:
            status = visitor(person).get(f"/runs/{run.id}").status_code
            assert status == (303 if person is None else 404), who


def test_the_same_pages_do_change_at_the_publication(app, visitor):
    """The test above could see a leak: what it reads is where results stand."""
    at = scene()
    round_ = frozen(at)
    people, pages = everybody(at), addresses(app, at, round_)
    run, _other = with_results(at, round_)
    before = seen(visitor, people, pages)
    with transaction():
        services.publish_run(run, at.admin)
    after = seen(visitor, people, pages)
    changed = {key for key, answer in after.items() if answer != before[key]}
    for who in people:
        for endpoint in ("rounds.index@placed", "rounds.show@placed", "rounds.report@placed"):
            assert (who, endpoint) in changed
    assert ("to be placed", "applications.show@placed") in changed
    assert ("to be unplaced", "rounds.explanation@unplaced") in changed


@pytest.mark.parametrize("field", ["name", "email"])
def test_admins_see_no_names_in_the_room_before_publication(app, visitor, field):
    at = scene()
    round_ = frozen(at)
    pages = addresses(app, at, round_)
    runs = with_results(at, round_)
    admin = visitor(at.admin)
    told = [pages[one] for one in pages if one.startswith("rounds.")]
    told += [f"/runs/{run.id}" for run in runs]
    secret = [
        getattr(application.applicant, field)
        for application in (at.ayan, at.bota, at.chingiz, at.dana)
    ]
    assert all(row.told for row in runs[0].rows)
    for address in told:
        page = admin.get(address).get_data(as_text=True)
        assert not [one for one in secret if one in page], address
