"""Who may have the file of a round: everybody only by rule, by consent of all, and from 50 on."""

import pytest

from mobility.access import can
from mobility.db import db, transaction
from mobility.rounds import services
from mobility.rounds.models import Round
from mobility.rounds.services.freezing import LEAST_OPEN
from mobility.rounds.snapshot import digest_of

from .scenes import Scene, finish
from .snapshots import public_part


def _round(*, people=LEAST_OPEN, rule=True, agreed=None):
    """A round with so many people, of whom `agreed` (by default all) agreed; frozen."""
    with transaction():
        at = Scene()
        at.call.public_file = rule
        everybody = [at.ayan, at.bota, at.chingiz, at.dana]
        everybody += [
            at.person(f"Person {number}", f"p{number:03d}", 50, at.a, at.b)
            for number in range(people - len(everybody))
        ]
        for application in everybody[:agreed]:
            application.agrees_to_open_file = True
        round_ = services.open_round(at.call, at.admin)
        services.freeze_round(round_, at.admin)
    return at, round_


@pytest.mark.parametrize(
    ("values", "opens"),
    [
        ({}, True),
        ({"people": LEAST_OPEN - 1}, False),
        ({"agreed": LEAST_OPEN - 1}, False),
        ({"rule": False}, False),
    ],
)
def test_it_opens_by_rule_consent_and_size_together(app, values, opens):
    _at, round_ = _round(**values)
    assert round_.file_open is opens
    assert not can(None, "round:check", round_)  # nothing is told before the publication


def test_a_thaw_asks_everybody_anew(app):
    at, round_ = _round()
    with transaction():
        services.thaw_round(round_, at.admin, "One came late.")
    assert not round_.file_open
    with transaction():
        at.dana.agrees_to_open_file = False
        services.freeze_round(round_, at.admin)
    assert not round_.file_open


def _published(**values):
    at, round_ = _round(**values)
    with transaction():
        run = services.request_run(round_, at.admin)
    finish(run)
    with transaction():
        services.publish_run(run, at.admin)
    return at, db.session.get_one(Round, round_.id)


def test_an_open_file_is_there_for_everybody(app, visitor):
    _at, round_ = _published()
    page = visitor().get(f"/rounds/{round_.id}").text
    assert "open to everybody" in page
    assert visitor().get(f"/rounds/{round_.id}/file").status_code == 200
    assert "partner-file" not in page


def test_a_file_that_one_did_not_agree_to_stays_with_those_who_took_part(app, visitor):
    at, round_ = _published(people=6, agreed=5)
    page = visitor().get(f"/rounds/{round_.id}").text
    assert "one of the two was missing" in page
    assert visitor().get(f"/rounds/{round_.id}/file").status_code == 303
    assert visitor(at.dana.applicant).get(f"/rounds/{round_.id}/file").status_code == 200


def test_the_partners_file_is_the_one_that_was_frozen(app, visitor):
    at, round_ = _published(people=6)
    coordinator = visitor(at.sender)
    assert f"/rounds/{round_.id}/partner-file" in coordinator.get(f"/rounds/{round_.id}").text
    answer = coordinator.get(f"/rounds/{round_.id}/partner-file")
    assert digest_of(answer.text) == public_part(round_.snapshot)["partner_file"]
    assert {one["code"] for one in answer.json["offers"].values()} == {"A", "B"}


def test_the_page_of_an_application_asks_where_the_rules_open_the_file(app, visitor, write):
    with write():
        at = Scene(closed=False)
    student = visitor(at.ayan.applicant)
    address = f"/applications/{at.ayan.id}"
    assert "May everybody check this round?" not in student.get(address).text
    with write():
        db.session.merge(at.call).public_file = True
    assert "You have not agreed." in student.get(address).text
    assert student.post(f"{address}/open-file", {"agrees": "yes"}).status_code == 303
    assert "You agree." in student.get(address).text
    assert student.post(f"{address}/open-file", {"agrees": "no"}).status_code == 303
    assert "You have not agreed." in student.get(address).text


def test_the_cockpit_counts_who_agreed(app, visitor, write):
    with write():
        at = Scene()
        at.call.public_file = at.ayan.agrees_to_open_file = True
    page = visitor(at.admin).get(f"/calls/{at.call.id}/round").text
    assert "1 of 4 agree that the file opens to everybody" in page
