"""The answer within its window, the nomination, the stay, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import audit, clock, jobs
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.jobs import Job
from mobility.offers.models import VacatedSeats
from mobility.placements import services
from mobility.placements.models import (
    ANSWER,
    HOST,
    STAY,
    HostAnswer,
    MobilityStatus,
    Origin,
    Placement,
    PlacementStatus,
)
from tests import factories
from tests.rounds.scenes import published, scene


def placed(at) -> Placement:
    """Ayan's place after publication."""
    published(at)
    return db.session.scalars(select(Placement).where(Placement.application_id == at.ayan.id)).one()


def accepted(at, write) -> Placement:
    placement = placed(at)
    with write():
        services.accept_place(placement, at.ayan.applicant)
    return placement


def nominated(at, write) -> Placement:
    placement = accepted(at, write)
    with write():
        services.nominate(placement, at.sender)
    return placement


def subjects(mailbox, reader):
    """What was written to somebody about placements; the round's own letters aside."""
    return [
        mail.subject
        for mail in mailbox()
        if mail.recipient == reader.email and "are frozen" not in mail.subject
    ]


def test_acceptance_is_kept_and_confirmed(app, write, mailbox):
    at = scene()
    placement = accepted(at, write)
    assert placement.status is PlacementStatus.ACCEPTED
    assert placement.answered_at is not None
    assert subjects(mailbox, at.ayan.applicant)[-1] == f"You have accepted {at.a.title}"
    with pytest.raises(Conflict), write():
        services.accept_place(placement, at.ayan.applicant)
    with pytest.raises(Conflict), write():
        services.decline_place(placement, at.ayan.applicant)


def test_declining_keeps_the_reason_and_is_final(app, write, mailbox):
    at = scene()
    placement = placed(at)
    with write():
        services.decline_place(placement, at.ayan.applicant, "Another plan.")
    assert (placement.status, placement.decline_reason) == (
        PlacementStatus.DECLINED,
        "Another plan.",
    )
    assert subjects(mailbox, at.ayan.applicant)[-1] == f"You have declined {at.a.title}"
    with pytest.raises(Conflict), write():
        services.accept_place(placement, at.ayan.applicant)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=3)])
def test_the_window_shuts_by_time_not_by_a_job(app, write, late):
    at = scene()
    placement = placed(at)
    with clock.at(placement.answer_until + late):
        assert placement.answer is PlacementStatus.LAPSED
        with pytest.raises(Conflict, match="time to answer was over"), write():
            services.accept_place(placement, at.ayan.applicant)
        with pytest.raises(Conflict, match="time to answer was over"), write():
            services.decline_place(placement, at.ayan.applicant)


def test_the_last_second_counts(app, write):
    at = scene()
    placement = placed(at)
    with clock.at(placement.answer_until - timedelta(seconds=1)), write():
        services.accept_place(placement, at.ayan.applicant)
    assert placement.status is PlacementStatus.ACCEPTED


def test_lapsing_leaves_answers_alone(app, write):
    at = scene()
    placement = accepted(at, write)
    with clock.at(placement.answer_until), write():
        assert services.lapse_unanswered() == 1  # Bota's
    assert placement.status is PlacementStatus.ACCEPTED
    with clock.at(placement.answer_until), write():
        assert services.lapse_unanswered() == 0


def test_only_the_accepted_are_nominated(app, write):
    at = scene()
    placement = placed(at)
    with pytest.raises(Conflict, match="waiting for an answer"), write():
        services.nominate(placement, at.sender)
    assert (placement.host_answer, placement.mobility_status) == (None, None)


def test_nomination_goes_to_the_host_and_is_verified(app, write, mailbox):
    at = scene()
    placement = nominated(at, write)
    assert (placement.host_answer, placement.mobility_status) == (
        HostAnswer.PENDING,
        MobilityStatus.NOMINATION,
    )
    assert subjects(mailbox, at.receiver) == ["Nomination: Ayan"]
    with write():
        services.verify_nomination(placement, at.receiver)
    assert placement.host_answer is HostAnswer.VERIFIED
    assert subjects(mailbox, at.sender) == ["Nomination verified: Ayan"]
    assert f"{at.host.name_en} expects you" in subjects(mailbox, at.ayan.applicant)
    with pytest.raises(Conflict), write():
        services.nominate(placement, at.sender)


def test_a_rejection_needs_a_comment_and_can_be_put_right(app, write, mailbox):
    at = scene()
    placement = nominated(at, write)
    with pytest.raises(Invalid, match="Say why") as refused, write():
        services.reject_nomination(placement, at.receiver, "  ")
    assert refused.value.field == "comment"
    with write():
        services.reject_nomination(placement, at.receiver, "The transcript is missing.")
    assert placement.host_answer is HostAnswer.REJECTED
    assert subjects(mailbox, at.sender) == ["Nomination sent back: Ayan"]
    assert placement.may_be_nominated
    with write():
        services.nominate(placement, at.sender)
        services.verify_nomination(placement, at.receiver)
    assert (placement.host_answer, placement.host_comment) == (HostAnswer.VERIFIED, "")


def test_cancelling_tells_everybody_concerned_and_ends_it(app, write, mailbox):
    at = scene()
    placement = nominated(at, write)
    with pytest.raises(Invalid, match="reason"), write():
        services.cancel_placement(placement, at.sender, "")
    with write():
        services.cancel_placement(placement, at.sender, "Fell ill.")
    assert placement.state is MobilityStatus.CANCELLED
    for reader in (at.ayan.applicant, at.receiver):
        assert subjects(mailbox, reader)[-1] == "Placement cancelled: Ayan"
    assert subjects(mailbox, at.sender) == []
    for act in (
        lambda: services.verify_nomination(placement, at.receiver),
        lambda: services.reject_nomination(placement, at.receiver, "No."),
        lambda: services.nominate(placement, at.sender),
        lambda: services.confirm_arrival(placement, at.receiver, clock.now().date()),
        lambda: services.cancel_placement(placement, at.sender, "Again."),
    ):
        with pytest.raises(Conflict), write():
            act()


def test_an_accepted_place_can_be_cancelled_before_nomination(app, write):
    at = scene()
    placement = accepted(at, write)
    with write():
        services.cancel_placement(placement, at.sender, "Left the university.")
    assert not placement.may_be_nominated
    with pytest.raises(Conflict, match="cancelled"), write():
        services.nominate(placement, at.sender)


def test_coordinators_of_the_unit_and_of_the_whole_are_written_to(app, write, mailbox):
    at = scene()
    with write():
        faculty, other = factories.unit(at.host), factories.unit(at.host)
        at.a.unit = faculty
        of_unit = factories.coordinator(at.host, faculty)
        of_other = factories.coordinator(at.host, other)
    nominated(at, write)
    assert subjects(mailbox, at.receiver) == ["Nomination: Ayan"]
    assert subjects(mailbox, of_unit) == ["Nomination: Ayan"]
    assert subjects(mailbox, of_other) == []


STEPS = {
    "status": {
        ("offered", "accept"): "accepted",
        ("offered", "decline"): "declined",
        ("offered", "lapse"): "lapsed",
        ("offered", "move-up"): None,
        ("accepted", "move-up"): None,
        ("accepted", "keep"): None,
    },
    "host_answer": {
        (None, "nominate"): "pending",
        ("rejected", "nominate"): "pending",
        ("pending", "verify"): "verified",
        ("pending", "reject-nomination"): "rejected",
    },
    "mobility_status": {
        (None, "begin"): "nomination",
        ("nomination", "begin"): "nomination",
        ("nomination", "arrive"): "live",
        ("live", "arrive"): "live",
        ("live", "depart"): None,
        ("live", "recognize"): "recognized",
        (None, "cancel"): "cancelled",
        ("nomination", "cancel"): "cancelled",
        ("live", "cancel"): "cancelled",
    },
}


@pytest.mark.parametrize(
    ("workflow", "statuses"),
    [(ANSWER, PlacementStatus), (HOST, [None, *HostAnswer]), (STAY, [None, *MobilityStatus])],
    ids=STEPS,
)
def test_workflow_over_every_status_and_action(workflow, statuses):
    possible = {
        (status and status.value, action): target and target.value
        for status in statuses
        for action, (_, target) in workflow.steps.items()
        if workflow.allows(Placement(**{workflow.attribute: status}), action)
    }
    assert possible == STEPS[workflow.attribute]


# --- To be moved up -------------------------------------------------------------------------------


def of(application) -> Placement:
    return db.session.scalars(
        select(Placement).where(Placement.application_id == application.id)
    ).one()


def bota_accepts(at, write, **values) -> Placement:
    """Bota, who got her second choice, accepts it."""
    published(at)
    placement = of(at.bota)
    with write():
        services.accept_place(placement, at.bota.applicant, **values)
    return placement


def test_whoever_accepts_is_locked_unless_they_ask_to_be_moved_up(app, write):
    at = scene()
    placement = bota_accepts(at, write)
    assert (placement.upgrade, placement.may_move_up) == (False, False)
    assert placement.may_be_nominated


def test_who_asks_to_be_moved_up_is_told_what_that_means(app, write, mailbox):
    at = scene()
    placement = bota_accepts(at, write, upgrade=True)
    assert placement.may_move_up
    assert "this place goes to somebody else" in mailbox()[-1].text
    event = audit.history(placement)[-1]
    assert (event.action, event.details) == ("placement.accept", {"upgrade": True})


def test_a_first_choice_has_nothing_above_it(app, write):
    at = scene()
    placement = placed(at)
    assert not placement.may_ask_to_move_up
    with pytest.raises(Invalid, match="no choice") as refused, write():
        services.accept_place(placement, at.ayan.applicant, upgrade=True)
    assert refused.value.field == "upgrade"


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        ({}, True),
        ({"vacated": VacatedSeats.WAITING_ORDER}, True),
        ({"vacated": VacatedSeats.NONE, "vacated_until": None}, False),
        ({"policy": "rank_maximal", "keeps_annual_quotas": False}, False),
        ({"vacated_until": clock.now() - timedelta(hours=1)}, False),
    ],
)
def test_to_be_moved_up_is_asked_only_where_the_rules_can_do_it(app, write, rules, may):
    at = scene()
    published(at)
    with write():
        for name, value in rules.items():
            setattr(at.call, name, value)
    assert of(at.bota).may_ask_to_move_up is may


def test_who_may_move_up_is_not_nominated_until_that_is_over(app, write):
    at = scene()
    with write():
        at.call.vacated_until = clock.now() + timedelta(days=20)
    placement = bota_accepts(at, write, upgrade=True)
    with pytest.raises(Conflict, match="asked to be moved up"), write():
        services.nominate(placement, at.sender)
    with clock.at(at.call.vacated_until), write():
        assert not placement.may_move_up
        services.nominate(placement, at.sender)
    assert (placement.upgrade, placement.host_answer) == (False, HostAnswer.PENDING)


def test_who_keeps_the_place_after_all_is_locked(app, write):
    at = scene()
    placement = bota_accepts(at, write, upgrade=True)
    with write():
        services.keep_place(placement, at.bota.applicant)
    assert placement.may_be_nominated
    with pytest.raises(Conflict, match="already"), write():
        services.keep_place(placement, at.bota.applicant)


def test_moving_up_keeps_the_answer_and_is_told(app, write, mailbox):
    at = scene()
    placement = bota_accepts(at, write, upgrade=True)
    with write():
        services.move_up(placement, at.a, 1, None, Origin.WAITING_ORDER)
    assert (placement.offer, placement.rank) == (at.a, 1)
    assert (placement.status, placement.upgrade) == (PlacementStatus.ACCEPTED, False)
    assert placement.origin is Origin.ROUND  # what gave a place first
    assert mailbox()[-1].subject == f"You have been moved up: {at.a.title}"
    event = audit.history(placement)[-1]
    assert event.details == {"left": "B", "place": "A", "origin": "waiting_order"}
    with pytest.raises(Conflict, match="higher"), write():
        services.move_up(placement, at.b, 2, None, Origin.WAITING_ORDER)


def test_moving_a_nominated_person_calls_the_nomination_back(app, write, mailbox):
    at = scene()
    placement = bota_accepts(at, write)
    with write():
        services.nominate(placement, at.sender)
        services.move_up(placement, at.a, 1, at.admin, Origin.APPEAL)
    assert (placement.host_answer, placement.mobility_status) == (None, None)
    assert subjects(mailbox, at.receiver)[-1] == "Nomination called back: Bota"
    assert placement.may_be_nominated


def test_who_has_not_answered_gets_a_new_time_with_the_move(app, write):
    at = scene()
    published(at)
    placement = of(at.bota)
    later = placement.answer_until + timedelta(days=5)
    with write():
        services.move_up(placement, at.a, 1, at.admin, Origin.APPEAL, later)
    assert (placement.status, placement.answer_until) == (PlacementStatus.OFFERED, later)


# --- Reminders ------------------------------------------------------------------------------------


def reminders(mailbox, reader) -> int:
    return sum(subject.startswith("Your answer is due") for subject in subjects(mailbox, reader))


def test_reminders_come_three_days_and_one_day_before_the_end(app, write, mailbox):
    at = scene()
    placement = placed(at)
    until = placement.answer_until
    due = db.session.scalars(
        select(Job.due_at).where(Job.name == "placements.remind").order_by(Job.due_at)
    ).all()
    assert list(due) == [until - timedelta(days=3), until - timedelta(days=1)]
    told = []
    for moment in (timedelta(days=4), timedelta(days=3), timedelta(days=2), timedelta(days=1)):
        with clock.at(until - moment):
            jobs.run_due_jobs()
        told.append(reminders(mailbox, at.ayan.applicant))
    assert told == [0, 1, 1, 2]
    assert placement.answer_until == until


def test_who_has_answered_is_not_reminded(app, write, mailbox):
    at = scene()
    placement = accepted(at, write)
    with clock.at(placement.answer_until - timedelta(hours=1)):
        jobs.run_due_jobs()
    assert reminders(mailbox, at.ayan.applicant) == 0
    assert reminders(mailbox, at.bota.applicant) == 1


def test_reminders_missed_while_the_service_was_down_become_one_letter(app, write, mailbox):
    at = scene()
    placement = placed(at)
    with clock.at(placement.answer_until - timedelta(hours=2)), write():
        assert services.remind_unanswered() == 2  # Ayan's and Bota's
        assert services.remind_unanswered() == 0
    assert reminders(mailbox, at.ayan.applicant) == 1
    with clock.at(placement.answer_until), write():
        assert services.remind_unanswered() == 0
