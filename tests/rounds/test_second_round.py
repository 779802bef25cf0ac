"""A second round: the locked stay, upgraders never lose, who declined is out."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility import audit, clock
from mobility.db import db
from mobility.errors import Conflict
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Origin, Placement, PlacementStatus
from mobility.rounds import queries, services
from mobility.rounds.models import SecondRound, SecondRoundStatus, SecondRow

from .scenes import answered, placement_of, published, scene, second_computed


def holds(application) -> tuple:
    """What somebody holds now: (offer, rank, status, origin), or nothing."""
    placement = db.session.scalar(
        select(Placement).where(Placement.application_id == application.id)
    )
    if placement is None:
        return ()
    return placement.offer.code, placement.rank, placement.answer, placement.origin


def vacated(at) -> SecondRound:
    """Ayan declined A; Bota, at her second choice B, accepted and would move up."""
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    return second_computed(at)


def test_an_upgrade_moves_up_and_what_it_leaves_is_given_in_the_same_solve(app, write):
    at = scene()
    with write():
        at.chingiz.score = 0  # so that moving Bota up, and Erlan to B, is better than Chingiz to A
        erlan = at.person("Erlan", "eeee", 10, at.b)
    found = vacated(at)
    assert found.status is SecondRoundStatus.DONE
    assert found.stats == {
        "vacated": 1, "took_part": 4, "placed": 1, "moved": 1, "kept": 0, "locked": 0, "left": 1,
        "given": {"A": 1, "B": 1}, "free": {},
        "profile": [2, 0, 0],
    }  # fmt: skip
    assert (found.certificate["optimal"], found.certificate["proof"]) == (True, "prices")
    assert holds(at.bota)[0] == "B"  # nothing moves before the publication
    with write():
        services.publish_second_round(found, at.admin)
    accepted, offered = PlacementStatus.ACCEPTED, PlacementStatus.OFFERED
    assert holds(at.bota) == ("A", 1, accepted, Origin.ROUND)
    assert holds(erlan) == ("B", 1, offered, Origin.SECOND_ROUND)
    assert holds(at.ayan) == ("A", 1, PlacementStatus.DECLINED, Origin.ROUND)
    assert holds(at.chingiz) == ()


def test_everybody_in_it_is_written_to_at_one_instant(app, write, mailbox):
    at = scene()
    with write():
        at.chingiz.score = 0  # so that moving Bota up, and Erlan to B, is better than Chingiz to A
        erlan = at.person("Erlan", "eeee", 10, at.b)
    found = vacated(at)
    before = len(mailbox())
    with write():
        services.publish_second_round(found, at.admin)
    assert {mail.recipient: mail.subject for mail in mailbox()[before:]} == {
        at.bota.applicant.email: f"You have been moved up: {at.a.title}",
        erlan.applicant.email: f"You have a place after all: {at.b.title}",
        at.chingiz.applicant.email: "The second round: no place this time",
        at.dana.applicant.email: "The second round: no place this time",
    }


def test_who_is_given_a_place_has_a_time_of_their_own_to_answer(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    with clock.at(clock.now() + timedelta(days=3)), write():
        services.publish_second_round(found, at.admin)
    placement = placement_of(at.chingiz)
    assert placement.offer == at.a
    assert placement.answer_until - clock.now() > timedelta(days=9)


def test_the_locked_never_move(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    assert found.stats["locked"] == 1
    with write():
        services.publish_second_round(found, at.admin)
    assert holds(at.bota)[:2] == ("B", 2)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_it_runs_in_the_background_on_the_frozen_snapshot(app, write):
    """Through the real job, with its child process; what changed since has no say."""
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    with write():
        at.bota.score = 100  # the snapshot says 80
        asked = services.request_second_round(queries.round_of(at.call), at.admin)
    run_due_jobs()
    db.session.expire_all()
    assert asked.status is SecondRoundStatus.DONE
    rows = db.session.scalars(select(SecondRow).order_by(SecondRow.id)).all()
    assert [(row.application.applicant.name, row.held_rank, row.rank) for row in rows] == [
        ("Bota", 2, 2),
        ("Chingiz", None, 1),
        ("Dana", None, None),
    ]


def test_it_waits_for_every_answer(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline")
    round_ = queries.round_of(at.call)
    with pytest.raises(Conflict, match="still have time to answer"), write():
        services.request_second_round(round_, at.admin)
    late = placement_of(at.bota).answer_until
    with clock.at(late), write():
        services.request_second_round(round_, at.admin)  # silence has declined


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"vacated": VacatedSeats.WAITING_ORDER}, "name no second round"),
        ({"vacated": VacatedSeats.NONE, "vacated_until": None}, "name no second round"),
        ({"vacated_until": clock.now() - timedelta(hours=1)}, "time for giving"),
    ],
)
def test_the_rules_of_the_call_decide_whether_there_is_one(app, write, rules, why):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        for name, value in rules.items():
            setattr(at.call, name, value)
    with pytest.raises(Conflict, match=why), write():
        services.request_second_round(queries.round_of(at.call), at.admin)


def test_one_at_a_time_and_one_in_all(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        services.request_second_round(queries.round_of(at.call), at.admin)
    with pytest.raises(Conflict, match="being computed already"), write():
        services.request_second_round(queries.round_of(at.call), at.admin)
    run_due_jobs()
    db.session.expire_all()
    found = db.session.scalars(select(SecondRound)).one()
    with write():
        services.publish_second_round(found, at.admin)
    with pytest.raises(Conflict), write():
        services.publish_second_round(found, at.admin)
    with pytest.raises(Conflict, match="only the waiting order"), write():
        services.request_second_round(queries.round_of(at.call), at.admin)


def test_what_changed_in_between_is_never_published_over(app, write):
    at = scene()
    found = vacated(at)
    with write():
        placements.keep_place(placement_of(at.bota), at.bota.applicant)
    with pytest.raises(Conflict, match="Compute it again"), write():
        services.publish_second_round(found, at.admin)
    assert holds(at.bota)[:2] == ("B", 2)
    again = second_computed(at)
    with write():
        services.publish_second_round(again, at.admin)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_another_call_of_the_year_does_not_undo_it_but_bounds_it(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    found = second_computed(at)
    with write():
        at.condition.mobilities_per_year = 1  # as if others had been placed meanwhile
    with pytest.raises(Conflict, match="agreements or the balance"), write():
        services.publish_second_round(found, at.admin)
    with write():
        at.condition.mobilities_per_year = 2
        services.publish_second_round(found, at.admin)
    assert holds(at.chingiz)[:2] == ("A", 1)


def test_a_stored_result_that_was_tampered_with_is_refused(app, write):
    at = scene()
    found = vacated(at)
    with write():
        row = db.session.scalars(
            select(SecondRow).where(SecondRow.application_id == at.bota.id)
        ).one()
        row.offer, row.rank = at.a, 1  # Chingiz gets it too
    with pytest.raises(Conflict, match="more people than seats"), write():
        services.publish_second_round(found, at.admin)
    assert db.session.scalar(select(func.count(Placement.id))) == 2


def test_the_yearly_number_of_the_agreement_bounds_it(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="accept")
    with write():
        at.condition.mobilities_per_year = 1
    assert second_computed(at).stats["placed"] == 0


def test_a_place_that_closed_keeps_who_holds_it_and_gives_nothing(app, write):
    at = scene()
    published(at)
    answered(at, ayan="decline", bota="upgrade")
    with write():
        for offer in (at.a, at.b):
            offer.status = type(offer.status).WITHDRAWN
    found = second_computed(at)
    assert (found.stats["kept"], found.stats["moved"], found.stats["placed"]) == (1, 0, 0)


def test_somebody_whom_the_coordinator_called_off_is_out(app, write):
    at = scene()
    published(at)
    answered(at, ayan="accept", bota="upgrade")
    with write():
        placements.cancel_placement(placement_of(at.ayan), at.sender, "Ill.")
    found = second_computed(at)
    assert (found.stats["left"], found.stats["placed"]) == (1, 1)


def test_the_standing_is_canonical_and_names_nobody(app, write):
    at = scene()
    found = vacated(at)
    form = json.loads(found.standing)
    assert form["people"] == [
        {"group": "left", "pseudonym": "aaaa", "rank": 1},
        {"group": "upgrade", "pseudonym": "bbbb", "rank": 2},
    ]
    assert form["offers"] == [{"code": "P0001", "seats": 1}, {"code": "P0002", "seats": 1}]
    assert [quota["upper"] for quota in form["quotas"]] == [at.condition.mobilities_per_year]
    assert at.ayan.applicant.name not in found.standing


def test_the_record_says_who_published_it(app, write):
    at = scene()
    found = vacated(at)
    with write():
        services.publish_second_round(found, at.admin)
        deeds = [(event.action, event.actor_id) for event in audit.history(found)]
    assert deeds[-1] == ("second_round.publish", at.admin.id)
