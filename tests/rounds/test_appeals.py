"""Appeals: opened in time with a reason, answered by an admin, granted within the rules."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.jobs import run_due_jobs
from mobility.offers.models import VacatedSeats
from mobility.placements import services as placements
from mobility.placements.models import Origin, Placement, PlacementStatus
from mobility.rounds import queries, services
from mobility.rounds.models import APPEAL_WORKFLOW, Appeal, AppealStatus
from mobility.rounds.sequel import appeals
from tests import factories

from .scenes import answered, computed, placement_of, published, scene, second_computed

S = AppealStatus


def opened(at, write, who="chingiz", offer="a", reason="My transcript was not read.") -> Appeal:
    application = getattr(at, who)
    with write():
        return services.open_appeal(
            application, application.applicant, getattr(at, offer).id, reason
        )


def held(application) -> tuple:
    db.session.expire_all()
    placement = db.session.scalar(
        select(Placement).where(Placement.application_id == application.id)
    )
    if placement is None:
        return ()
    return placement.offer.code, placement.rank, placement.answer, placement.origin


def letters_to(mailbox, user) -> list[str]:
    return [mail.subject for mail in mailbox() if mail.recipient == user.email]


def test_an_appeal_names_a_choice_and_a_reason(app, write, mailbox):
    at = scene()
    published(at)
    appeal = opened(at, write)
    assert (appeal.status, appeal.offer) == (S.OPEN, at.a)
    assert letters_to(mailbox, at.chingiz.applicant)[-1] == "Your appeal has arrived"
    assert letters_to(mailbox, at.admin) == [f"Appeal: {at.call.title}"]


def test_what_cannot_be_appealed(app, write):
    at = scene()
    published(at)
    with pytest.raises(Invalid, match="Say why"):
        opened(at, write, reason=" ")
    with pytest.raises(Invalid, match="one of your choices"):
        opened(at, write, offer="b")  # not on Chingiz's list
    with pytest.raises(Conflict, match="no choice above"):
        opened(at, write, who="ayan")  # has the first choice
    opened(at, write)
    with pytest.raises(Conflict, match="not decided yet"):
        opened(at, write)


def test_before_the_publication_there_is_nothing_to_appeal(app, write):
    at = scene()
    computed(at)
    with pytest.raises(Conflict, match="not published yet"):
        opened(at, write)


def test_appeals_end_after_the_days_of_the_rules(app, write):
    at = scene()
    published(at)
    end = appeals.ends_at(queries.round_of(at.call))
    with clock.at(end), pytest.raises(Conflict, match="possible until"):
        opened(at, write)
    with clock.at(end - timedelta(seconds=1)):
        opened(at, write)


def test_a_call_without_appeals_takes_none(app, write):
    at = scene()
    with write():
        at.call.appeal_days = 0
    published(at)
    with pytest.raises(Conflict, match="cannot be appealed"):
        opened(at, write)


def test_who_declined_is_out(app, write):
    at = scene()
    published(at)
    answered(at, bota="decline")
    with pytest.raises(Conflict, match="no choice above"):
        opened(at, write, who="bota")


def test_only_who_took_part_appeals(app, write):
    at = scene()
    with write():
        rejected = factories.application(
            factories.student(at.home), at.call, [at.a], status=ApplicationStatus.REJECTED
        )
    published(at)
    at.rejected = rejected
    with pytest.raises(Conflict, match="who took part"):
        opened(at, write, who="rejected")


def test_dismissing_needs_an_answer(app, write, mailbox):
    at = scene()
    published(at)
    appeal = opened(at, write)
    with pytest.raises(Invalid, match="Give the answer"), write():
        services.dismiss_appeal(appeal, at.admin, "  ")
    with write():
        services.dismiss_appeal(appeal, at.admin, "The transcript was read.")
    assert appeal.status is S.DISMISSED
    assert letters_to(mailbox, at.chingiz.applicant)[-1] == "Your appeal was dismissed"
    with pytest.raises(Conflict, match="no choice above"):
        opened(at, write)  # the same choice is not appealed twice


def test_a_seat_is_added_with_the_consent_of_the_receiving_side(app, write, mailbox):
    at = scene()
    published(at)
    appeal = opened(at, write)
    with write():
        services.ask_for_seat(appeal, at.admin, "The score was typed wrong.")
    assert letters_to(mailbox, at.receiver)[-1] == f"One seat more? {at.a.title}"
    assert held(at.chingiz) == ()
    with write():
        services.consent_to_seat(appeal, at.receiver)
    assert appeal.status is S.PLACED
    assert at.a.seats == 2
    assert held(at.chingiz) == ("A", 1, PlacementStatus.OFFERED, Origin.APPEAL)
    assert held(at.ayan)[0] == "A"  # nobody loses by it


def test_the_receiving_side_may_refuse_and_the_admin_decides_anew(app, write, mailbox):
    at = scene()
    published(at)
    appeal = opened(at, write)
    with write():
        services.ask_for_seat(appeal, at.admin, "The score was typed wrong.")
    with pytest.raises(Invalid, match="Say why"), write():
        services.refuse_seat(appeal, at.receiver, "")
    with write():
        services.refuse_seat(appeal, at.receiver, "The laboratory is full.")
    assert (appeal.status, appeal.comment) == (S.OPEN, "The laboratory is full.")
    assert letters_to(mailbox, at.admin)[-1] == f"No seat for an appeal: {at.a.title}"
    assert at.a.seats == 1


@pytest.mark.parametrize("late", [False, True], ids=["when asking", "when consenting"])
def test_a_seat_is_added_within_the_yearly_number_alone(app, write, late):
    at = scene()
    published(at)
    appeal = opened(at, write)
    if late:
        with write():
            services.ask_for_seat(appeal, at.admin, "A slip.")
    with write():
        at.condition.mobilities_per_year = 2  # both are used
    with pytest.raises(Conflict, match="all of them are placed"), write():
        if late:
            services.consent_to_seat(appeal, at.receiver)
        else:
            services.ask_for_seat(appeal, at.admin, "A slip.")
    assert at.a.seats == 1
    assert held(at.chingiz) == ()


def test_moving_within_a_condition_takes_none_of_its_number(app, write):
    at = scene()
    published(at)
    answered(at, bota="accept")
    with write():
        at.condition.mobilities_per_year = 2
    appeal = opened(at, write, who="bota")
    with write():
        services.ask_for_seat(appeal, at.admin, "A slip.")
        services.consent_to_seat(appeal, at.receiver)
    assert held(at.bota) == ("A", 1, PlacementStatus.ACCEPTED, Origin.ROUND)


def test_the_next_free_seat_goes_to_a_granted_appeal_before_the_waiting_order(app, write, mailbox):
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.erlan = at.person("Erlan", "eeee", 10, at.a)
    published(at)
    answered(at, bota="accept")
    appeal = opened(at, write, who="erlan")
    with write():
        services.promise_seat(appeal, at.admin, "The list was read wrong.")
    assert letters_to(mailbox, at.erlan.applicant)[-1] == "Your appeal was granted"
    run_due_jobs()
    assert held(at.erlan) == ()  # nothing is free yet
    answered(at, ayan="decline")
    run_due_jobs()
    assert held(at.erlan) == ("A", 1, PlacementStatus.OFFERED, Origin.APPEAL)
    assert held(at.chingiz) == ()
    assert appeal.status is S.PLACED


def test_a_seat_free_now_is_given_at_once_also_before_a_second_round(app, write):
    at = scene()
    published(at)
    answered(at, bota="accept", ayan="decline")
    found = second_computed(at)  # would give A to Chingiz
    appeal = opened(at, write)
    with write():
        services.promise_seat(appeal, at.admin, "A slip.")
    run_due_jobs()
    assert held(at.chingiz) == ("A", 1, PlacementStatus.OFFERED, Origin.APPEAL)
    with pytest.raises(Conflict, match="still have time to answer"), write():
        services.publish_second_round(found, at.admin)


def test_who_is_not_eligible_is_not_placed_by_an_appeal(app, write):
    at = scene()
    published(at)
    appeal = opened(at, write)
    with write():
        at.a.eqf_levels = [8]
    for grant in (services.ask_for_seat, services.promise_seat):
        with pytest.raises(Conflict, match="cannot be placed there"), write():
            grant(appeal, at.admin, "A slip.")


def test_an_appeal_is_void_once_its_person_is_out(app, write):
    at = scene()
    published(at)
    appeal = opened(at, write, who="bota")
    with write():
        services.promise_seat(appeal, at.admin, "A slip.")
    answered(at, bota="decline", ayan="decline")
    run_due_jobs()
    db.session.expire_all()
    assert appeal.status is S.WITHDRAWN
    assert held(at.bota) == ("B", 2, PlacementStatus.DECLINED, Origin.ROUND)


def test_moving_up_by_appeal_frees_the_seat_below(app, write):
    at = scene()
    with write():
        at.call.vacated = VacatedSeats.WAITING_ORDER
        at.erlan = at.person("Erlan", "eeee", 10, at.b)
    published(at)
    answered(at, bota="accept", ayan="accept")
    appeal = opened(at, write, who="bota")
    with write():
        services.ask_for_seat(appeal, at.admin, "A slip.")
        services.consent_to_seat(appeal, at.receiver)
    run_due_jobs()
    assert held(at.bota)[0] == "A"
    assert held(at.erlan) == ("B", 1, PlacementStatus.OFFERED, Origin.WAITING_ORDER)


def test_a_nominated_person_who_is_moved_is_nominated_anew(app, write):
    at = scene()
    published(at)
    answered(at, bota="accept")
    with write():
        placements.nominate(placement_of(at.bota), at.sender)
    appeal = opened(at, write, who="bota")
    with write():
        services.ask_for_seat(appeal, at.admin, "A slip.")
        services.consent_to_seat(appeal, at.receiver)
    assert placement_of(at.bota).may_be_nominated


STEPS = {
    ("open", "ask"): "asked",
    ("open", "promise"): "promised",
    ("open", "dismiss"): "dismissed",
    ("open", "withdraw"): "withdrawn",
    ("asked", "refuse"): "open",
    ("asked", "consent"): "placed",
    ("asked", "dismiss"): "dismissed",
    ("asked", "withdraw"): "withdrawn",
    ("promised", "fulfil"): "placed",
    ("promised", "lapse"): "withdrawn",
    ("promised", "withdraw"): "withdrawn",
}


def test_workflow_over_every_status_and_action():
    possible = {
        (status.value, action): target.value
        for status in AppealStatus
        for action, (_, target) in APPEAL_WORKFLOW.steps.items()
        if APPEAL_WORKFLOW.allows(Appeal(status=status), action)
    }
    assert possible == STEPS
