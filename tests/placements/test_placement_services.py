"""The answer within its window, the nomination, the stay, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import audit, clock
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.placements import services
from mobility.placements.models import (
    ANSWER,
    HOST,
    STAY,
    HostAnswer,
    MobilityStatus,
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
    return [mail.subject for mail in mailbox() if mail.recipient == reader.email]


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


def test_the_stay_from_arrival_to_recognition(app, write):
    at = scene()
    placement = nominated(at, write)
    today = clock.now().date()
    with pytest.raises(Conflict, match="Verify the nomination"), write():
        services.confirm_arrival(placement, at.receiver, today)
    with write():
        services.verify_nomination(placement, at.receiver)
    with pytest.raises(Invalid, match="future"), write():
        services.confirm_arrival(placement, at.receiver, today + timedelta(days=3))
    with write():
        services.confirm_arrival(placement, at.receiver, today - timedelta(days=90))
    assert placement.mobility_status is MobilityStatus.LIVE
    with pytest.raises(Conflict, match="departure"), write():
        services.recognise_stay(placement, at.sender)
    with pytest.raises(Invalid, match="before the arrival"), write():
        services.confirm_departure(placement, at.receiver, today - timedelta(days=91))
    with write():
        services.confirm_departure(placement, at.receiver, today - timedelta(days=2))
        services.confirm_departure(placement, at.receiver, today - timedelta(days=1))
    assert placement.departed_on == today - timedelta(days=1)
    with write():
        services.recognise_stay(placement, at.sender)
    assert placement.mobility_status is MobilityStatus.RECOGNIZED
    with write():
        deeds = [event.action for event in audit.history(placement)]
    assert deeds == [
        "placement.accept",
        "placement.nominate",
        "placement.begin",
        "placement.verify",
        "placement.arrive",
        "placement.depart",
        "placement.depart",
        "placement.recognize",
    ]


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
