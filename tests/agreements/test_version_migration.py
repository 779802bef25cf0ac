"""The migration to versions keeps what was approved, and its way back keeps what is in force."""

from datetime import timedelta

from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from mobility import clock
from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.models import Agreement, AgreementStatus, CooperationCondition, digest_of
from mobility.agreements.notices import Notice
from mobility.agreements.queries import this_year
from mobility.db import db

from .. import factories

BEFORE = "0020"


def there_and_back(before=BEFORE):
    db.session.remove()  # the tables are changed by somebody else, who waits for us
    downgrade(revision=before)
    upgrade()


def test_what_was_approved_before_becomes_the_first_version(made, write):
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        a, b = agreement.partners
        agreement.conditions[0].sending_unit = factories.unit(a)
        agreement.conditions[0].other_terms = 'Әріптестер "келісті" \\ –'
        agreement.signed_on = clock.now().date()
        agreement.versions[0].content = {}
        factories.settle(agreement, AgreementStatus.APPROVED)
        drafts = factories.condition(a, b, agreement_status=AgreementStatus.PROPOSED).agreement_id
        over = factories.condition(a, b, agreement_status=AgreementStatus.TERMINATED).agreement_id
    there_and_back()
    with write():
        for number in (made[0], over):
            agreement = db.session.get_one(Agreement, number)
            [version] = agreement.versions
            assert version.content == agreement.canonical()
            assert digest_of(version.content) == version.content_hash == agreement.content_hash
            assert version.condition_ids == [one.id for one in agreement.in_canonical_order()]
            assert {one.institution for one in version.approvals} == set(agreement.partners)
            assert version.concluded_at == max(one.at for one in version.approvals)
        assert db.session.get_one(Agreement, drafts).versions == []


def test_the_way_back_keeps_what_is_in_force(made, write):
    year = this_year()
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        admin, a, b = (db.session.get_one(User, one) for one in made[1:])
        removed = agreement.conditions[1].id
        agreement.conditions[1].first_year = year - 2
        factories.settle(agreement, AgreementStatus.APPROVED)
        draft = services.open_version(agreement, admin)
        services.remove_condition(draft.conditions[1], admin)
        services.propose_agreement(draft, admin)
        services.approve_agreement(draft, a)
        services.approve_agreement(draft, b)
        services.open_version(agreement, admin)
        ending = factories.condition(*agreement.partners).agreement
        services.give_notice(ending, admin, "Over", clock.now().date())
        ending.ends_on = clock.now().date() - timedelta(days=3)
        hashed, over = agreement.content_hash, ending.id
    db.session.remove()
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, status, content_hash FROM agreement")).all()
        last = connection.scalar(
            text("SELECT last_year FROM cooperation_condition WHERE id = :id"), {"id": removed}
        )
        count = connection.scalar(
            text("SELECT COUNT(*) FROM approval WHERE agreement_id = :id AND content_hash = :hash"),
            {"id": made[0], "hash": hashed},
        )
    assert {row.id: row.status for row in rows} == {made[0]: "approved", over: "terminated"}
    assert (last, count) == (year - 1, 2)
    upgrade()
    with write():
        [condition, _cut] = db.session.scalars(
            select(CooperationCondition)
            .where(CooperationCondition.agreement_id == made[0])
            .order_by(CooperationCondition.id)
        )
        assert condition.in_force(year)


def test_a_notice_that_stands_is_of_the_partner_that_gave_it(made, write):
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        admin, _a, b = (db.session.get_one(User, one) for one in made[1:])
        by_admin = factories.condition(*agreement.partners).agreement
        days = [clock.now().date() + timedelta(days=left) for left in (9, 5)]
        services.give_notice(agreement, b, "Over", days[0])
        services.give_notice(by_admin, admin, "Over", days[1])
        expected = [(agreement.id, agreement.partner_b_id, days[0]), (by_admin.id, None, days[1])]
    there_and_back("0030")
    with write():
        found = db.session.scalars(select(Notice).order_by(Notice.agreement_id))
        assert [(one.agreement_id, one.institution_id, one.last_day) for one in found] == expected
