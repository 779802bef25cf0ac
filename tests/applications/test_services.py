"""Drafts, submission, mending and withdrawal; scores and decisions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility import audit, clock
from mobility.applications import services
from mobility.applications.entries import entries_of
from mobility.applications.models import WORKFLOW, Application, ApplicationStatus, Window
from mobility.applications.queries import undecided_applications
from mobility.db import db
from mobility.errors import Conflict, Invalid

from .. import factories

S = ApplicationStatus


def get(application_id=1) -> Application:
    db.session.rollback()
    return db.session.get_one(Application, application_id)


def ranked(application) -> list[tuple[int, int]]:
    return [(choice.rank, choice.offer_id) for choice in application.choices]


@pytest.fixture
def begun(scene, write):
    with write():
        application = services.start_application(scene.call, scene.student)
    return application


@pytest.fixture
def submitted(scene, begun, write, wish):
    with write():
        services.submit_application(begun, wish(*scene.offers[:2]), scene.student)
    return begun


def test_start_begins_once(scene, begun, write):
    with write():
        assert services.start_application(scene.call, scene.student) is begun
    application = get()
    assert (application.status, application.sending_id) == (S.DRAFT, scene.home.id)
    assert application.sending_unit_id == scene.faculty.id
    assert "сәрсен" in application.search


def test_start_needs_an_open_call(scene, write):
    with clock.at(scene.call.closes_at), write(), pytest.raises(Conflict, match="closed on"):
        services.start_application(scene.call, scene.student)
    before = scene.call.opens_at - timedelta(seconds=1)
    with clock.at(before), write(), pytest.raises(Conflict, match="opens on"):
        services.start_application(scene.call, scene.student)


def test_start_needs_a_profile(scene, write):
    with write(), pytest.raises(Invalid, match="your profile first"):
        services.start_application(scene.call, factories.user(institution_id=scene.home.id))


def test_draft_is_kept_without_touching_the_version(scene, begun, write, wish):
    version = get().version
    with write():
        services.save_draft(begun, wish(scene.offers[2], scene.offers[0]), scene.student)
    application = get()
    assert application.version == version
    assert [w["offer"] for w in application.draft_choices] == [
        scene.offers[2].id,
        scene.offers[0].id,
    ]
    assert application.choices == []


def test_draft_refuses_what_is_not_of_this_call(scene, begun, write, wish):
    with write():
        stranger = factories.offer(factories.call(), scene.condition)
    with write(), pytest.raises(services.ChoicesRefused, match="does not belong"):
        services.save_draft(begun, wish(stranger), scene.student)
    with write(), pytest.raises(services.ChoicesRefused, match="twice"):
        services.save_draft(begun, wish(scene.offers[0], scene.offers[0]), scene.student)


def test_submit_makes_the_choices_stand_and_sends_a_receipt(scene, submitted, mailbox):
    application = get()
    assert application.status is S.SUBMITTED
    assert ranked(application) == [(1, scene.offers[0].id), (2, scene.offers[1].id)]
    [mail] = mailbox()
    assert mail.recipient == scene.student.email
    assert application.pseudonym in mail.text
    assert "1. Cedar" in mail.text


def test_same_choices_twice_are_one_submission(scene, submitted, write, wish, mailbox):
    first = get().submitted_at
    with write():
        services.submit_application(submitted, wish(*scene.offers[:2]), scene.student)
    assert get().submitted_at == first
    assert len(mailbox()) == 1


def test_resubmission_replaces_the_choices(scene, submitted, write, wish):
    with write():
        services.submit_application(submitted, wish(*reversed(scene.offers)), scene.student)
    assert ranked(get()) == [(n, offer.id) for n, offer in enumerate(reversed(scene.offers), 1)]


def test_edits_after_submission_stay_in_the_draft(scene, submitted, write, wish):
    with write():
        services.save_draft(submitted, wish(scene.offers[2]), scene.student)
    application = get()
    assert application.draft_differs
    assert ranked(application) == [(1, scene.offers[0].id), (2, scene.offers[1].id)]


def test_submission_at_the_deadline_is_too_late(scene, begun, write, wish):
    late = scene.call.closes_at
    with clock.at(late), write(), pytest.raises(Conflict, match="closed on"):
        services.submit_application(begun, wish(scene.offers[0]), scene.student)
    assert get().status is S.DRAFT
    with clock.at(late - timedelta(seconds=1)), write():
        services.submit_application(begun, wish(scene.offers[0]), scene.student)
    assert get().status is S.SUBMITTED


def test_number_of_choices_is_held_to(scene, begun, write, wish):
    with write():
        scene.call.min_choices = 2
        db.session.merge(scene.call)
    with write(), pytest.raises(services.ChoicesRefused, match="at least 2 choices"):
        services.submit_application(begun, wish(scene.offers[0]), scene.student)
    with write():
        more = factories.offer(scene.call, scene.condition)
    with write(), pytest.raises(services.ChoicesRefused, match="at most 3 choices"):
        services.submit_application(begun, wish(*scene.offers, more), scene.student)


def test_ineligible_choice_is_refused_at_its_row(scene, begun, write, wish):
    with write():
        masters = factories.offer(scene.call, scene.condition, eqf_levels=[7])
    with write(), pytest.raises(services.ChoicesRefused) as refused:
        services.submit_application(begun, wish(scene.offers[0], masters), scene.student)
    assert list(refused.value.rows) == [masters.id]
    assert "master" in refused.value.rows[masters.id][0]


def test_withdrawn_application_can_be_submitted_again(scene, submitted, write, wish, mailbox):
    with write():
        services.withdraw_application(submitted, scene.student)
    assert get().status is S.WITHDRAWN
    with write():
        services.submit_application(submitted, wish(scene.offers[0]), scene.student)
    assert get().status is S.SUBMITTED
    assert ["Received" in m.subject for m in mailbox()] == [True, False, True]


def test_withdrawal_ends_with_the_deadline(scene, submitted, write):
    with clock.at(scene.call.closes_at), write(), pytest.raises(Conflict, match="closed on"):
        services.withdraw_application(submitted, scene.student)
    assert get().status is S.SUBMITTED


@pytest.fixture
def returned(scene, submitted, write):
    with clock.at(scene.call.closes_at), write():
        services.return_application(submitted, "Name the course.", scene.coordinator)
    return submitted


def test_returned_application_keeps_its_ranks(scene, returned, write, wish):
    with clock.at(scene.call.closes_at + timedelta(hours=1)):
        assert get().window is Window.MENDING
        for wrong in (wish(scene.offers[1], scene.offers[0]), wish(scene.offers[0])):
            with write(), pytest.raises(services.ChoicesRefused, match="order stay"):
                services.submit_application(returned, wrong, scene.student)
        with write():
            mended = wish(*scene.offers[:2], motivation="For the course on bridges.")
            services.submit_application(returned, mended, scene.student)
    application = get()
    assert (application.status, application.note) == (S.SUBMITTED, "")
    assert [c.motivation for c in application.choices] == ["For the course on bridges."] * 2


def test_mending_ends_on_its_date(scene, returned, write, wish):
    moment = scene.call.mending_until
    with clock.at(moment), write(), pytest.raises(Conflict, match="mending ended"):
        services.submit_application(returned, wish(*scene.offers[:2]), scene.student)
    assert get().status is S.RETURNED


def test_returned_before_the_deadline_is_an_ordinary_draft(scene, submitted, write, wish):
    with write():
        services.return_application(submitted, "Too short.", scene.coordinator)
    with write():
        services.submit_application(submitted, wish(scene.offers[2]), scene.student)
    assert ranked(get()) == [(1, scene.offers[2].id)]


def test_nothing_is_returned_when_it_can_no_longer_be_mended(scene, submitted, write):
    moment = scene.call.mending_until
    with clock.at(moment), write(), pytest.raises(Conflict, match="approve or reject"):
        services.return_application(submitted, "Late.", scene.coordinator)


@pytest.mark.parametrize("score", [-0.01, 100.01, 50.125, float("nan")])
def test_scores_are_0_to_100_with_two_decimals(scene, submitted, write, score):
    with write(), pytest.raises(Invalid) as refused:
        services.score_application(submitted, score, scene.coordinator)
    assert refused.value.field == "score"


def test_a_score_changed_after_the_deadline_needs_a_reason(scene, submitted, write):
    with clock.at(scene.call.closes_at):
        with write():
            services.score_application(submitted, 70, scene.coordinator, comment="Good.")
        with write(), pytest.raises(Invalid) as refused:
            services.score_application(submitted, 75, scene.coordinator)
        assert refused.value.field == "reason"
        with write():
            services.score_application(submitted, 75, scene.coordinator, reason="Typing error.")
    event = audit.history(get())[-1]
    assert (event.reason, event.details) == ("Typing error.", {"score": 75.0, "before": 70.0})


def test_approval_needs_a_score(scene, submitted, write, mailbox):
    with write(), pytest.raises(Conflict, match="no score"):
        services.approve_application(submitted, scene.coordinator)
    with write():
        services.score_application(submitted, 88.5, scene.coordinator)
        services.approve_application(submitted, scene.coordinator)
    assert get().status is S.APPROVED
    assert mailbox()[-1].subject.startswith("Approved")


def test_approval_needs_a_choice_that_counts(scene, submitted, write):
    with write():
        services.score_application(submitted, 60, scene.coordinator)
        scene.student.profile.eqf_level = 8
        db.session.merge(scene.student.profile)
    with write(), pytest.raises(Conflict, match="eligible for none"):
        services.approve_application(submitted, scene.coordinator)


def test_rejection_says_why(scene, submitted, write, mailbox):
    with write(), pytest.raises(Invalid):
        services.reject_application(submitted, "  ", scene.coordinator)
    with write():
        services.reject_application(submitted, "Not enrolled.", scene.coordinator)
    assert (get().status, get().note) == (S.REJECTED, "Not enrolled.")
    assert "Not enrolled." in mailbox()[-1].text


def test_second_coordinator_meets_the_new_state(scene, submitted, write):
    seen = get().version
    with write():
        services.score_application(submitted, 80, scene.coordinator, version=seen)
    with write(), pytest.raises(Conflict, match="was changed after you had opened it"):
        services.score_application(submitted, 20, scene.colleague, version=seen)
    assert get().score == 80


def test_frozen_applications_do_not_change(scene, submitted, write, wish):
    with write(), pytest.raises(Conflict, match="not closed"):
        services.lock_applications(scene.call, scene.admin)
    with clock.at(scene.call.closes_at + timedelta(hours=1)):
        with write(), pytest.raises(Conflict, match="1 application is still undecided"):
            services.lock_applications(scene.call, scene.admin)
        with write():
            services.score_application(submitted, 80, scene.coordinator)
            services.approve_application(submitted, scene.coordinator)
        with write():
            services.lock_applications(scene.call, scene.admin)
        for act in (
            lambda: services.reopen_application(submitted, "Wait.", scene.coordinator),
            lambda: services.score_application(submitted, 90, scene.coordinator, reason="x"),
            lambda: services.submit_application(submitted, wish(scene.offers[2]), scene.student),
        ):
            with write(), pytest.raises(Conflict, match="frozen"):
                act()
        with write():
            services.unlock_applications(scene.call, scene.admin)
            services.reopen_application(submitted, "Wait.", scene.coordinator)
    assert get().status is S.SUBMITTED


def test_round_takes_the_approved_and_waits_for_the_undecided(scene, write):
    with write():
        made = {
            status: factories.application(
                factories.student(scene.home), scene.call, scene.offers[:1], status=status
            )
            for status in S
        }
    (entry,) = entries_of(scene.call, scene.offers)
    assert entry.application_id == made[S.APPROVED].id
    assert entry.choices == [scene.offers[0].id]
    assert set(undecided_applications(scene.call)) == {made[S.SUBMITTED], made[S.RETURNED]}


# What each deed does to each status; what is absent is refused.
STEPS = {
    "submit": {S.DRAFT: S.SUBMITTED, S.WITHDRAWN: S.SUBMITTED, S.RETURNED: S.SUBMITTED,
               S.APPROVED: S.SUBMITTED, S.SUBMITTED: S.SUBMITTED},
    "withdraw": {S.SUBMITTED: S.WITHDRAWN, S.RETURNED: S.WITHDRAWN, S.APPROVED: S.WITHDRAWN},
    "mend": {S.RETURNED: S.SUBMITTED},
    "score": {S.SUBMITTED: S.SUBMITTED, S.APPROVED: S.APPROVED},
    "review": {S.SUBMITTED: S.SUBMITTED, S.APPROVED: S.APPROVED},
    "return": {S.SUBMITTED: S.RETURNED},
    "approve": {S.SUBMITTED: S.APPROVED},
    "reject": {S.SUBMITTED: S.REJECTED, S.RETURNED: S.REJECTED},
    "pre-place": {S.APPROVED: S.PRE_PLACED},
    "release": {S.PRE_PLACED: S.APPROVED},
    "exclude": {S.SUBMITTED: S.EXCLUDED, S.RETURNED: S.EXCLUDED, S.APPROVED: S.EXCLUDED},
    "readmit": {S.EXCLUDED: S.SUBMITTED},
    "undo": {S.APPROVED: S.SUBMITTED, S.REJECTED: S.SUBMITTED, S.RETURNED: S.SUBMITTED},
    "undo-to-returned": {S.REJECTED: S.RETURNED},
    "undo-assign": {s: s for s in (S.SUBMITTED, S.RETURNED, S.APPROVED, S.REJECTED)},
    "assign": {s: s for s in (S.SUBMITTED, S.RETURNED, S.APPROVED, S.REJECTED)},
    "reopen": {S.APPROVED: S.SUBMITTED, S.REJECTED: S.SUBMITTED, S.RETURNED: S.SUBMITTED},
}  # fmt: skip


@pytest.mark.parametrize("action", sorted(WORKFLOW.steps))
@pytest.mark.parametrize("status", list(S), ids=lambda s: s.value)
def test_workflow(scene, write, status, action):
    with write():
        application = factories.application(
            scene.student, scene.call, scene.offers[:1], status=status, score=80, note="Because."
        )
        application.submitted_at = clock.now()
        values = {
            "pre-place": {"pre_placed_offer": scene.offers[0]},
            "release": {"pre_placed_offer": None},
        }.get(action)
        if target := STEPS[action].get(status):
            WORKFLOW.advance(application, action, actor=scene.admin, reason="r", values=values)
            assert application.status is target
            [event] = audit.history(application)
            assert event.action == f"application.{action}"
        else:
            with pytest.raises(Conflict, match=str(status.label)):
                WORKFLOW.advance(application, action, actor=scene.admin)
            assert application.status is status


def test_applications_are_numbered_without_names(scene, begun):
    [number] = db.session.scalars(select(Application.pseudonym))
    assert len(number) == 12


def test_a_student_agrees_that_the_file_opens_and_takes_it_back(scene, write):
    with write():
        scene.call.public_file = True
        made = factories.application(scene.student, scene.call, scene.offers)
    for agrees in (True, True, False):
        before = made.version
        with write():
            services.agree_to_open_file(made, scene.student, agrees=agrees)
        db.session.expire_all()
        assert made.agrees_to_open_file is agrees
        assert made.version == before  # whoever is checking it is not disturbed
    done = [event.action for event in audit.history(made)]
    assert done.count("application.agree-open-file") == 1
    assert done.count("application.refuse-open-file") == 1


def test_nobody_agrees_where_the_rules_keep_the_file(scene, write):
    with write():
        made = factories.application(scene.student, scene.call, scene.offers)
    with pytest.raises(Conflict, match="keep the file"), write():
        services.agree_to_open_file(made, scene.student, agrees=True)


def test_nobody_agrees_after_the_freeze(scene, write):
    with write():
        scene.call.public_file = True
        made = factories.application(scene.student, scene.call, scene.offers, locked_at=clock.now())
    with pytest.raises(Conflict, match="frozen"), write():
        services.agree_to_open_file(made, scene.student, agrees=True)
