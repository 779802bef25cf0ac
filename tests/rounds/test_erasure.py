"""Who leaves the service after a round: what has to end first, and the files that stay as told."""

import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.accounts import own_data
from mobility.accounts.models import User, UserStatus
from mobility.db import db, transaction
from mobility.errors import Conflict
from mobility.offers.models import VacatedSeats
from mobility.placements.models import PlacementStatus
from mobility.placements.services import confirm_arrival, nominate, verify_nomination
from mobility.rounds import queries, services
from mobility.rounds.checking import check_file
from mobility.rounds.files import digest_in, file_of
from mobility.rounds.models import Appeal, AppealStatus
from tests import factories

from .scenes import (
    answered,
    computed,
    explained,
    placement_of,
    published,
    scene,
    second_computed,
)

YEARS = timedelta(days=900)


@pytest.fixture
def at(app):
    at = scene()
    with transaction():
        at.call.vacated, at.call.vacated_until = VacatedSeats.NONE, None
    return at


def in_the_way(application) -> list[str]:
    with transaction(write=False):
        return own_data.obstacles(db.session.get_one(User, application.applicant_id))


def erase(application) -> None:
    with transaction():
        own_data.erase(db.session.get_one(User, application.applicant_id), factories.admin())


def test_nobody_leaves_a_round_that_is_being_decided(at):
    for step in (lambda: None, lambda: computed(at)):
        step()
        [said] = in_the_way(at.chingiz)
        assert said.startswith("An application takes part in")
        with pytest.raises(Conflict):
            erase(at.chingiz)


def test_a_call_that_is_cancelled_keeps_nobody(at):
    with transaction():
        at.call.status = "cancelled"
    assert in_the_way(at.chingiz) == []


def test_a_place_has_to_be_given_up_or_over(at):
    published(at)
    [said] = in_the_way(at.ayan)
    assert "It has to be declined first." in said
    answered(at, ayan="decline", bota="accept")
    assert in_the_way(at.ayan) == []
    [said] = in_the_way(at.bota)
    assert "Have the coordinator cancel it first." in said
    assert "declined" not in said
    with transaction():
        placement = placement_of(at.bota)
        placement.offer.starts_on = clock.now().date()
        nominate(placement, at.sender)
        verify_nomination(placement, at.receiver)
        confirm_arrival(placement, at.receiver, clock.now().date())
    [said] = in_the_way(at.bota)
    assert said.startswith(f"A stay at “{at.b.title}” is under way")
    with clock.at(clock.now() + YEARS):
        assert in_the_way(at.bota) == []


def test_who_waits_for_declined_seats_leaves_when_none_is_given_any_more(at):
    with transaction():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.call.vacated_until = clock.now() + timedelta(days=3)
    published(at)
    [said] = in_the_way(at.chingiz)
    assert said.startswith("Declined seats of")
    assert "until" in said
    with clock.at(clock.now() + timedelta(days=4)):
        assert in_the_way(at.chingiz) == []


def test_an_appeal_has_to_be_decided(at):
    with transaction():
        at.call.appeal_days = 14
    published(at)
    with transaction():
        appeal = services.open_appeal(at.chingiz, at.chingiz.applicant, at.a.id, "I was ill.")
    [said] = in_the_way(at.chingiz)
    assert said.startswith("An appeal in")
    with transaction():
        services.dismiss_appeal(db.session.get_one(Appeal, appeal.id), at.admin, "No.")
    erase(at.chingiz)
    with transaction(write=False):
        kept = db.session.get_one(Appeal, appeal.id)
        assert (kept.status, kept.reason, kept.answer) == (AppealStatus.DISMISSED, "—", "—")


def test_the_file_stays_as_it_was_published_and_leads_to_nobody(at):
    run = published(at)
    with transaction(write=False):
        round_ = queries.round_of(at.call)
        before, digest = queries.text_of_file(round_), round_.file_digest
        assert before == file_of(round_, run, queries.seeds(at.call))
    erase(at.chingiz)
    with transaction(write=False):
        round_ = queries.round_of(at.call)
        assert queries.text_of_file(round_) == before
        assert digest_in(before) == digest
        assert check_file(before.encode(), digest).digest == digest
        assert '"cccc"' in before
        assert at.chingiz.pseudonym != "cccc"
        assert "cccc" not in at.chingiz.search
        assert placed(round_) == {"aaaa", "bbbb"}


def placed(round_) -> set[str]:
    return {
        row.application.pseudonym
        for row in round_.published_run.rows
        if row.placement is not None and row.placement.answer is PlacementStatus.OFFERED
    }


def test_a_file_that_was_not_kept_yet_is_kept_before_anybody_leaves(at):
    published(at)
    with transaction():
        round_ = queries.round_of(at.call)
        before, round_.file = round_.file, None
    erase(at.chingiz)
    with transaction(write=False):
        assert queries.round_of(at.call).file == before


def test_the_file_of_a_second_round_stays_too(app):
    at = scene()
    with transaction():
        at.call.vacated_until = clock.now() + timedelta(days=30)
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    second = second_computed(at)
    with transaction():
        services.publish_second_round(second, at.admin)
    with transaction():
        before, second.file = second.file, None
    assert before is not None
    with clock.at(clock.now() + YEARS):
        erase(at.chingiz)
    with transaction(write=False):
        second = queries.published_second_round(queries.round_of(at.call))
        assert queries.text_of_second_file(second) == before


def test_reasons_of_the_others_are_still_worked_out(at):
    run = published(at)
    erase(at.chingiz)
    explained(run)
    with transaction(write=False):
        told = [row.told is not None for row in run.rows if row.application_id != at.chingiz.id]
        assert all(told)
        assert queries.unexplained(run, None) == {}


def test_the_copy_has_results_once_they_are_published_and_leads_to_no_row(at):
    def packed() -> dict:
        with transaction(), own_data.pack(at.chingiz.applicant, at.chingiz.applicant) as packed:
            text = zipfile.ZipFile(packed).read("data.json").decode()
        assert "cccc" not in text
        assert "score" not in text
        return json.loads(text)["rounds"]

    computed(at)
    assert packed() == {"results": [], "appeals": []}
    with transaction():
        round_ = queries.round_of(at.call)
        services.publish_run(round_.runs[0], at.admin)
    [result] = packed()["results"]
    assert result["places"] == []
    assert result["reason"]


def test_who_audits_is_no_longer_named(at):
    run = published(at)
    with transaction():
        auditor = factories.user()
        services.name_auditor(run.round, auditor.email, at.admin)
        db.session.flush()
        own_data.erase(auditor, at.admin)
        assert auditor.status is UserStatus.ERASED
        assert queries.auditors(run.round) == []


def test_everybody_of_a_published_round_may_leave_in_the_end(at):
    published(at)
    with clock.at(clock.now() + YEARS):
        for one in (at.ayan, at.bota, at.chingiz, at.dana):
            erase(one)
    with transaction(write=False):
        left = db.session.scalars(select(User.name).where(User.status == UserStatus.ERASED)).all()
        assert left == ["—"] * 4
