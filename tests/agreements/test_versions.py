"""A new version takes the place of the one in force only once both approved it, and keeps rows."""

import threading

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.models import (
    Agreement,
    AgreementStatus,
    AgreementVersion,
    CooperationCondition,
    Direction,
    digest_of,
)
from mobility.agreements.queries import open_version_of, this_year, waiting_for
from mobility.audit import history
from mobility.db import db, transaction
from mobility.errors import Conflict, Invalid
from mobility.mail import Mail
from mobility.offers.services import create_offer, open_offer
from mobility.placements.queries import live_under
from mobility.placements.services import place

from .. import factories


def edited(scene, condition, **changes):
    """Change a condition of a draft, the rest as it stands."""
    values = {
        name: getattr(condition, name)
        for name in (
            "direction", "sending", "receiving", "first_year", "last_year",
            "mobilities_per_year", "eqf_levels", "isced_fields", "language", "cefr",
        )
    }  # fmt: skip
    services.edit_condition(condition, scene.admin, **{**values, **changes})


def test_a_new_version_starts_as_a_copy(scene):
    draft = services.open_version(scene.agreement, scene.a)
    assert draft.status is AgreementStatus.DRAFT
    assert draft.digest() == scene.agreement.digest() == scene.agreement.content_hash
    assert [one.amends_id for one in draft.conditions] == [
        one.id for one in scene.agreement.conditions
    ]
    assert open_version_of(scene.agreement) is draft
    assert history(scene.agreement)[-1].action == "agreement.open_version"


def test_the_old_version_holds_until_both_have_approved(scene):
    agreement, condition = scene.agreement, scene.condition
    before = agreement.content_hash
    draft = services.open_version(agreement, scene.a)
    edited(scene, draft.conditions[0], mobilities_per_year=25)
    services.propose_agreement(draft, scene.a)
    services.approve_agreement(draft, scene.a, draft.content_hash)
    assert (agreement.content_hash, condition.mobilities_per_year) == (before, 10)
    assert condition.in_force(this_year())
    assert not draft.conditions[0].in_force(this_year())
    services.approve_agreement(draft, scene.b, draft.content_hash)
    assert agreement.content_hash == draft.content_hash == agreement.digest()
    assert condition.mobilities_per_year == 25
    assert (draft.status, agreement.status) == (AgreementStatus.APPLIED, AgreementStatus.APPROVED)
    assert agreement.missing_approvals == []


def test_a_condition_that_continues_keeps_its_row_with_places_and_counts(scene):
    agreement, condition = scene.agreement, scene.condition
    call = factories.call(term=f"{this_year()}/{this_year() + 1}-2")
    offer = factories.offer(call, condition)
    student = factories.student(agreement.partner_a)
    application = factories.application(student, call, [offer])
    placed = place(application, offer, 1, call.vacated_until, scene.admin)
    draft = services.open_version(agreement, scene.a)
    edited(scene, draft.conditions[0], last_year=condition.last_year + 5, cefr="B2")
    scene.conclude(draft)
    assert agreement.conditions[0].id == condition.id == offer.condition_id
    assert offer.is_open
    assert placed.offer.condition.last_year == this_year() + 8
    assert live_under([condition.id], this_year()) == {condition.id: 1}


def test_a_removed_condition_stays_as_a_row_no_longer_in_force(scene):
    agreement, condition = scene.agreement, scene.condition
    offer = factories.offer(factories.call(term=f"{this_year()}/{this_year() + 1}-2"), condition)
    assert offer.is_open
    draft = services.open_version(agreement, scene.a)
    services.remove_condition(draft.conditions[0], scene.a)
    scene.conclude(draft)
    assert len(agreement.conditions) == 1
    assert condition.ended_on == clock.now().date()
    assert not condition.in_force(this_year())
    assert not offer.is_open
    assert offer.condition is condition
    with pytest.raises(Invalid, match="does not hold this condition any more"):
        create_offer(offer.call, scene.admin, condition=condition, title_en="X", seats=1,
                     language="en", starts_on=offer.starts_on, ends_on=offer.ends_on,
                     hours_per_week=20)  # fmt: skip


def test_an_added_condition_takes_offers_once_it_is_in_force(scene):
    draft = services.open_version(scene.agreement, scene.a)
    added = scene.values(mobilities_per_year=3)
    services.add_condition(draft, scene.a, **added)
    scene.conclude(draft)
    [*_, condition] = scene.agreement.conditions
    assert (condition.mobilities_per_year, condition.amends_id) == (3, None)
    offer = factories.offer(factories.call(term=f"{this_year()}/{this_year() + 1}-2"), condition)
    assert offer.is_open


@pytest.mark.parametrize("field", ["direction", "sending"])
def test_a_condition_that_continues_keeps_direction_and_partners(scene, field):
    draft = services.open_version(scene.agreement, scene.a)
    condition = draft.conditions[0]
    changes = {"direction": next(one for one in Direction if one is not condition.direction)}
    if field == "sending":
        changes = {"sending": condition.receiving, "receiving": condition.sending}
    with pytest.raises(Invalid, match="keeps its direction and its partners") as refused:
        edited(scene, condition, **changes)
    assert refused.value.field == field


def test_every_version_stays_readable_with_its_hash_and_approvals(scene):
    agreement = scene.agreement
    draft = services.open_version(agreement, scene.a)
    services.edit_agreement(draft, scene.a, title_en="Memorandum", text="Other words")
    scene.conclude(draft)
    back = services.open_version(agreement, scene.b)
    services.edit_agreement(back, scene.b, title_en="Memorandum", text="One\n\nTwo")
    scene.conclude(back)
    assert [version.number for version in agreement.versions] == [1, 2, 3]
    first, second, third = agreement.versions
    assert first.content_hash == third.content_hash != second.content_hash
    for version in agreement.versions:
        assert digest_of(version.content) == version.content_hash
        assert [approval.user for approval in version.approvals] == [scene.a, scene.b]
        assert {one.content_hash for one in version.approvals} == {version.content_hash}
        assert sorted(version.condition_ids) == [one.id for one in agreement.conditions]
    assert second.content["text"] == "Other words"
    latest = agreement.approval_of(agreement.partner_a_id)
    assert latest.kept_version is third


def test_only_one_version_is_prepared_at_a_time(scene):
    draft = services.open_version(scene.agreement, scene.a)
    with pytest.raises(Conflict, match="is being prepared already"):
        services.open_version(scene.agreement, scene.b)
    services.drop_version(draft, scene.b, "Not now")
    assert draft.status is AgreementStatus.DROPPED
    assert services.open_version(scene.agreement, scene.b) is not draft


def test_a_version_that_changes_nothing_is_not_proposed(scene):
    draft = services.open_version(scene.agreement, scene.a)
    with pytest.raises(Conflict, match="Change something"):
        services.propose_agreement(draft, scene.a)


@pytest.mark.parametrize("status", list(AgreementStatus))
def test_only_what_both_approved_gets_a_new_version(scene, status):
    a, b = scene.agreement.partners
    agreement = factories.condition(a, b, agreement_status=status).agreement
    if status is AgreementStatus.APPROVED:
        assert services.open_version(agreement, scene.a).amends is agreement
    else:
        with pytest.raises(Conflict, match="Only an agreement that both partners approved"):
            services.open_version(agreement, scene.a)


def test_termination_drops_the_version_in_preparation(scene):
    draft = services.open_version(scene.agreement, scene.a)
    edited(scene, draft.conditions[0], mobilities_per_year=25)
    services.propose_agreement(draft, scene.a)
    services.terminate_agreement(scene.agreement, scene.b, "Over")
    assert draft.status is AgreementStatus.DROPPED
    with pytest.raises(Conflict):
        services.approve_agreement(draft, scene.a)


def test_a_change_voids_the_approval_of_a_version_too(scene):
    draft = services.open_version(scene.agreement, scene.a)
    edited(scene, draft.conditions[0], mobilities_per_year=25)
    services.propose_agreement(draft, scene.a)
    services.approve_agreement(draft, scene.a)
    assert list(waiting_for(scene.b)) == [draft]
    read = draft.content_hash
    edited(scene, draft.conditions[0], mobilities_per_year=26)
    assert draft.approvals == []
    services.propose_agreement(draft, scene.b)
    with pytest.raises(Conflict, match="has changed since you opened it"):
        services.approve_agreement(draft, scene.b, read)


def test_letters_speak_of_a_version_as_one(scene):
    before = len(db.session.scalars(select(Mail)).all())
    draft = services.open_version(scene.agreement, scene.a)
    edited(scene, draft.conditions[0], mobilities_per_year=25)
    scene.conclude(draft)
    letters = db.session.scalars(select(Mail).order_by(Mail.id)).all()[before:]
    assert [(mail.recipient, mail.subject.partition(":")[0]) for mail in letters] == [
        (scene.a.email, "A new version of an agreement waits for your approval"),
        (scene.b.email, "A new version of an agreement waits for your approval"),
        (scene.b.email, f"{scene.agreement.partner_a.name} approved the new version"),
        (scene.a.email, "A new version is approved by both partners"),
        (scene.b.email, "A new version is approved by both partners"),
    ]


def test_dropping_a_proposed_version_is_told_and_needs_a_reason(scene):
    draft = services.open_version(scene.agreement, scene.a)
    edited(scene, draft.conditions[0], mobilities_per_year=25)
    services.propose_agreement(draft, scene.a)
    with pytest.raises(Invalid) as refused:
        services.drop_version(draft, scene.a, " ")
    assert refused.value.field == "reason"
    services.drop_version(draft, scene.a, "The rector refused")
    last = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert (last.recipient, "The rector refused" in last.text) == (scene.b.email, True)
    with pytest.raises(Conflict, match="Only a new version"):
        services.drop_version(scene.agreement, scene.a, "No")


def test_two_partners_who_approve_a_version_at_once_conclude_it(app, made, write):
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        admin = db.session.get_one(User, made[1])
        draft = services.open_version(agreement, admin)
        services.edit_agreement(draft, admin, title_en="Other")
        services.propose_agreement(draft, admin)
        number = draft.id
    barrier, failures = threading.Barrier(2), []

    def approve(user_id):
        with app.app_context():
            barrier.wait()
            try:
                with transaction() as session:
                    services.approve_agreement(
                        session.get_one(Agreement, number), session.get_one(User, user_id)
                    )
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(one,)) for one in made[2:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        assert (agreement.title_en, len(agreement.versions)) == ("Other", 2)


def test_offers_open_under_a_version_in_force_alone(scene):
    draft = services.open_version(scene.agreement, scene.a)
    call = factories.call(term=f"{this_year()}/{this_year() + 1}-2")
    offer = factories.offer(call, draft.conditions[0], status=factories.OfferStatus.DRAFT)
    with pytest.raises(Conflict, match="not approved by both partners yet"):
        open_offer(offer, scene.admin, "Late")


def test_versions_belong_to_conditions_that_exist(scene):
    rows = set(db.session.scalars(select(CooperationCondition.id)))
    for version in db.session.scalars(select(AgreementVersion)):
        assert set(version.condition_ids) <= rows
