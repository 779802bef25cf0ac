"""Drafting, proposing and approving: an agreement is valid only when both approved one content."""

import threading
from datetime import date

import pytest
from sqlalchemy import select

from mobility.accounts.models import Cefr, User
from mobility.agreements import services
from mobility.agreements.models import (
    WORKFLOW,
    Agreement,
    AgreementStatus,
    CooperationCondition,
    Direction,
    Standing,
    academic_year_of,
)
from mobility.agreements.queries import this_year, waiting_for
from mobility.audit import history
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid, Refused
from mobility.mail import Mail

from .. import factories

VALUES = {
    "direction": Direction.INTERNSHIP,
    "first_year": 2026,
    "last_year": 2028,
    "mobilities_per_year": 10,
    "eqf_levels": [7, 6],
    "isced_fields": ["0613", "06", "011"],
    "language": "ru",
    "cefr": Cefr.B1,
}


@pytest.fixture
def partners(app, write):
    """Two partners with a coordinator each, and an agreement in draft with one condition."""
    with write():
        a, b = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
        people = factories.admin(), factories.coordinator(a), factories.coordinator(b)
        agreement = services.create_agreement(
            people[0], partner_a=a, partner_b=b, title_en="Memorandum", text="Words"
        )
        services.add_condition(agreement, people[0], sending=a, receiving=b, **VALUES)
        ids = [agreement.id, *(person.id for person in people)]
    with write():
        yield (
            db.session.get_one(Agreement, ids[0]),
            *(db.session.get_one(User, one) for one in ids[1:]),
        )


def actions(agreement):
    return [event.action for event in history(agreement)]


def test_condition_is_kept_in_canonical_form(partners):
    agreement, *_ = partners
    condition = agreement.conditions[0]
    assert condition.eqf_levels == [6, 7]
    assert condition.isced_fields == ["011", "06"]


def test_one_approval_is_not_enough_and_two_conclude(partners):
    agreement, admin, a, b = partners
    services.propose_agreement(agreement, admin)
    assert agreement.standing(2026) is Standing.PROPOSED
    services.approve_agreement(agreement, a, agreement.content_hash)
    assert agreement.status is AgreementStatus.PROPOSED
    assert agreement.standing(2026) is Standing.ONE_SIDED
    assert agreement.missing_approvals == [agreement.partner_b]
    assert not agreement.conditions[0].in_force(2026)
    services.approve_agreement(agreement, b, agreement.content_hash)
    assert agreement.status is AgreementStatus.APPROVED
    assert [agreement.standing(year) for year in (2025, 2026, 2028, 2029)] == [
        Standing.LATER, Standing.IN_FORCE, Standing.IN_FORCE, Standing.EXPIRED,
    ]  # fmt: skip
    assert actions(agreement) == [
        "agreement.create",
        "agreement.amend",
        "agreement.propose",
        "agreement.approve",
        "agreement.approve",
        "agreement.conclude",
    ]


def test_coordinators_are_written_to_at_each_step(partners):
    agreement, admin, a, b = partners
    services.propose_agreement(agreement, admin)
    services.approve_agreement(agreement, a)
    services.approve_agreement(agreement, b)
    letters = db.session.scalars(select(Mail).order_by(Mail.id))
    assert [(mail.recipient, mail.subject) for mail in letters] == [
        (a.email, "An agreement waits for your approval: Memorandum"),
        (b.email, "An agreement waits for your approval: Memorandum"),
        (b.email, f"{agreement.partner_a.name} approved: Memorandum"),
        (a.email, "Approved by both partners: Memorandum"),
        (b.email, "Approved by both partners: Memorandum"),
    ]


def test_approval_of_a_content_that_changed_is_a_conflict(partners):
    agreement, admin, a, _b = partners
    services.propose_agreement(agreement, admin)
    read = agreement.content_hash
    services.edit_agreement(agreement, admin, title_en="Memorandum", text="Other words")
    services.propose_agreement(agreement, admin)
    assert agreement.content_hash != read
    with pytest.raises(Conflict, match="has changed since you opened it"):
        services.approve_agreement(agreement, a, read)
    assert agreement.approvals == []


def test_approval_of_words_changed_past_the_services_is_a_conflict(partners):
    agreement, admin, a, _b = partners
    services.propose_agreement(agreement, admin)
    agreement.partner_a.schac = "abaiuniversity.edu.kz"
    with pytest.raises(Conflict, match="has changed since you opened it"):
        services.approve_agreement(agreement, a, agreement.content_hash)


@pytest.mark.parametrize("change", ["words", "added", "changed", "removed", "withdrawn"])
def test_a_change_after_the_first_approval_voids_it(partners, change):
    agreement, admin, a, b = partners
    condition = agreement.conditions[0]
    sides = {"sending": condition.sending, "receiving": condition.receiving}
    services.propose_agreement(agreement, admin)
    services.approve_agreement(agreement, a)
    if change == "words":
        services.edit_agreement(agreement, b, title_en="Memorandum", text="Other")
    elif change == "added":
        services.add_condition(agreement, b, **VALUES, **sides)
    elif change == "changed":
        services.edit_condition(condition, b, **{**VALUES, "mobilities_per_year": 11}, **sides)
    elif change == "removed":
        services.remove_condition(condition, b)
    else:
        services.withdraw_agreement(agreement, b, "Not yet")
    assert agreement.status is AgreementStatus.DRAFT
    assert agreement.approvals == []
    assert agreement.content_hash is None


def test_a_changed_condition_makes_a_new_version(partners):
    agreement, admin, *_ = partners
    condition = agreement.conditions[0]
    before = agreement.version
    sides = {"sending": condition.sending, "receiving": condition.receiving}
    services.edit_condition(condition, admin, version=before, **VALUES, **sides)
    assert agreement.version == before + 1
    with pytest.raises(Conflict, match="was changed after you had opened it"):
        services.edit_condition(condition, admin, version=before, **VALUES, **sides)


def test_a_partner_approves_once_and_only_for_itself(partners):
    agreement, admin, a, _b = partners
    services.propose_agreement(agreement, admin)
    services.approve_agreement(agreement, a)
    with pytest.raises(Conflict, match="Your institution has approved"):
        services.approve_agreement(agreement, a)
    with pytest.raises(Refused):
        services.approve_agreement(agreement, admin)
    of_a_unit = factories.coordinator(agreement.partner_b, factories.unit(agreement.partner_b))
    with pytest.raises(Refused):
        services.approve_agreement(agreement, of_a_unit)
    assert len(agreement.approvals) == 1


@pytest.mark.parametrize("status", AgreementStatus)
@pytest.mark.parametrize("action", ["propose", "amend", "approve", "withdraw", "terminate"])
def test_every_action_in_every_status(partners, status, action):
    agreement, admin, a, _b = partners
    factories.settle(agreement, status)
    step = {
        "propose": lambda: services.propose_agreement(agreement, admin),
        "amend": lambda: services.edit_agreement(agreement, admin, title_en="New", text=""),
        "approve": lambda: services.approve_agreement(agreement, a),
        "withdraw": lambda: services.withdraw_agreement(agreement, admin, "why"),
        "terminate": lambda: services.terminate_agreement(agreement, admin, "why"),
    }[action]
    leads = {
        ("draft", "propose"): "proposed",
        ("draft", "amend"): "draft",
        ("proposed", "amend"): "draft",
        ("proposed", "withdraw"): "draft",
        ("proposed", "approve"): "proposed",
        ("approved", "terminate"): "terminated",
    }
    target = leads.get((status.value, action))
    if target is None:
        with pytest.raises(Conflict):
            step()
        assert agreement.status is status
    else:
        step()
        assert agreement.status.value == target


def test_every_step_of_the_workflow_is_named_by_a_service():
    assert set(WORKFLOW.steps) == {
        "propose", "amend", "approve", "conclude", "terminate",
        "give_notice", "withdraw_notice", "open_version", "take_over", "replace", "drop",
    }  # fmt: skip


def test_an_agreement_without_conditions_cannot_be_proposed(partners):
    agreement, admin, *_ = partners
    services.remove_condition(agreement.conditions[0], admin)
    with pytest.raises(Conflict, match="without conditions"):
        services.propose_agreement(agreement, admin)


def test_termination_needs_a_reason_and_ends_what_is_in_force(partners):
    agreement, admin, *_ = partners
    factories.settle(agreement, AgreementStatus.APPROVED)
    assert agreement.conditions[0].in_force(2026)
    with pytest.raises(Invalid) as refused:
        services.terminate_agreement(agreement, admin, "  ")
    assert refused.value.field == "reason"
    services.terminate_agreement(agreement, admin, "The programme ended")
    assert not agreement.conditions[0].in_force(2026)
    assert history(agreement)[-1].reason == "The programme ended"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sending": "stranger"}, "sending"),
        ({"receiving": "stranger"}, "receiving"),
        ({"receiving": "a"}, "receiving"),
        ({"sending_unit": "of b"}, "sending_unit"),
        ({"receiving_unit": "of a"}, "receiving_unit"),
        ({"first_year": 26}, "first_year"),
        ({"last_year": 2025}, "last_year"),
        ({"mobilities_per_year": -1}, "mobilities_per_year"),
        ({"months_per_year": -1}, "months_per_year"),
        ({"eqf_levels": [4]}, "eqf_levels"),
        ({"isced_fields": ["0699"]}, "isced_fields"),
        ({"isced_fields": ["6"]}, "isced_fields"),
        ({"cefr": None}, "cefr"),
        ({"language": ""}, "language"),
    ],
)
def test_bad_conditions_are_refused_at_their_field(partners, values, field):
    agreement, admin, *_ = partners
    a, b = agreement.partners
    things = {
        "stranger": factories.institution(),
        "a": a,
        "of a": factories.unit(a),
        "of b": factories.unit(b),
    }
    values = {
        name: things[value] if isinstance(value, str) and value in things else value
        for name, value in values.items()
    }
    with pytest.raises(Invalid) as refused:
        services.add_condition(
            agreement, admin, **{**VALUES, "sending": a, "receiving": b, **values}
        )
    assert refused.value.field == field
    db.session.flush()
    assert len(agreement.conditions) == 1


def test_bad_agreements_are_refused_at_their_field(app, write):
    with write():
        a, b, c = (factories.institution() for _ in range(3))
        admin, own = factories.admin(), factories.coordinator(a)
        for actor, first, second, title, field in (
            (admin, a, a, "Memorandum", "partner_b"),
            (own, b, c, "Memorandum", "partner_a"),
            (admin, a, b, " ", "title_en"),
        ):
            with pytest.raises(Invalid) as refused:
                services.create_agreement(actor, partner_a=first, partner_b=second, title_en=title)
            assert refused.value.field == field
        assert db.session.scalars(select(Agreement)).all() == []
        made = services.create_agreement(own, partner_a=a, partner_b=b, title_kk="Меморандум")
        assert made.title == "Меморандум"


def test_waiting_for_lists_what_the_own_side_has_not_approved(partners):
    agreement, admin, a, b = partners
    assert waiting_for(a) == []
    services.propose_agreement(agreement, admin)
    assert [list(waiting_for(one)) for one in (admin, a, b)] == [[], [agreement], [agreement]]
    services.approve_agreement(agreement, a)
    assert [list(waiting_for(one)) for one in (a, b)] == [[], [agreement]]


def test_two_partners_who_approve_at_once_conclude_it(app, write):
    with write():
        a, b = factories.institution(), factories.institution()
        people = [factories.coordinator(a), factories.coordinator(b)]
        condition = factories.condition(a, b, agreement_status=AgreementStatus.PROPOSED)
        agreement_id, ids = condition.agreement_id, [one.id for one in people]
    barrier = threading.Barrier(2)
    failures = []

    def approve(user_id):
        with app.app_context():
            barrier.wait()
            try:
                with transaction() as session:
                    services.approve_agreement(
                        session.get_one(Agreement, agreement_id), session.get_one(User, user_id)
                    )
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with write():
        agreement = db.session.get_one(Agreement, agreement_id)
        assert agreement.status is AgreementStatus.APPROVED
        assert len(agreement.approvals) == 2


def test_academic_year_begins_in_september():
    assert academic_year_of(date(2026, 8, 31)) == 2025
    assert academic_year_of(date(2026, 9, 1)) == 2026
    assert academic_year_of(date(2027, 1, 15)) == 2026


def test_factories_make_a_condition_in_force(app, write):
    with write():
        made = factories.condition(factories.institution(), factories.institution())
        assert db.session.get_one(CooperationCondition, made.id).in_force(this_year())
