"""Notice is withdrawn by who gave it while the agreement holds, and all is as before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility import clock
from mobility.access import can
from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.models import Agreement, Standing
from mobility.agreements.notices import Notice
from mobility.agreements.queries import this_year
from mobility.audit import history
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.mail import Mail
from mobility.offers.models import CallStatus
from mobility.offers.queries import conditions_for, offers_of

from .. import factories
from .test_memorandum import read

LATER, SOONER = timedelta(days=30), timedelta(days=20)


def today() -> date:
    return clock.now().date()


def after(agreement):
    """The day after the last one."""
    return clock.at(clock.now() + (agreement.ends_on - today()) + timedelta(days=1))


def test_what_was_withdrawn_leaves_the_agreement_as_before(scene):
    agreement, condition, year = scene.agreement, scene.condition, this_year() + 1
    call = factories.call(term=f"{year}/{year + 1}-1", status=CallStatus.ANNOUNCED)
    offer = factories.offer(call, condition)

    def state():
        return (
            agreement.standing(this_year()),
            agreement.canonical(),
            agreement.content_hash,
            [version.number for version in agreement.versions],
            [one.id for one in agreement.approvals],
            condition.in_force(year),
            offer.is_open,
            list(offers_of(call)),
            condition in conditions_for(call, scene.admin),
        )

    before = state()
    assert before[0] is Standing.IN_FORCE
    services.give_notice(agreement, scene.a, "Over", today())
    assert (state()[0], offer.is_open) == (Standing.ENDING, False)
    services.withdraw_notice(agreement, scene.a, " We stay ")
    assert state() == before
    assert (agreement.ends_on, db.session.scalars(select(Notice)).all()) == (None, [])
    event = history(agreement)[-1]
    assert (event.action, event.actor_id, event.reason, event.details) == (
        "agreement.withdraw_notice",
        scene.a.id,
        "We stay",
        {},
    )
    services.give_notice(agreement, scene.b, "Over after all", today() + LATER)
    assert agreement.ends_on == today() + LATER


def test_both_partners_are_told_that_it_is_withdrawn(scene):
    services.give_notice(scene.agreement, scene.a, "Over", today() + LATER)
    before = len(db.session.scalars(select(Mail)).all())
    services.withdraw_notice(scene.agreement, scene.a, "We stay")
    letters = db.session.scalars(select(Mail).order_by(Mail.id)).all()[before:]
    assert [(mail.recipient, mail.subject) for mail in letters] == [
        (scene.a.email, "Notice withdrawn: Memorandum"),
        (scene.b.email, "Notice withdrawn: Memorandum"),
    ]
    for mail in letters:
        assert "We stay" in mail.text
        assert "It stays in force" in mail.text


@pytest.mark.parametrize("who", ["a", "admin"])
def test_the_notice_of_the_other_partner_stands(scene, who):
    """B's names the earlier day: what A or an admin withdraws is never both."""
    agreement = scene.agreement
    services.give_notice(agreement, scene.a, "Over", today() + LATER)
    services.give_notice(agreement, scene.b, "Sooner", today() + SOONER)
    services.withdraw_notice(agreement, getattr(scene, who), "No")
    left = {"a": (scene.b, SOONER), "admin": (scene.a, LATER)}[who]
    assert agreement.ends_on == today() + left[1]
    assert history(agreement)[-1].details == {"last_day": agreement.ends_on.isoformat()}
    last_letter = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert "Another notice stands" in last_letter.text
    services.withdraw_notice(agreement, left[0], "No")
    assert agreement.ends_on is None


def test_a_partner_has_one_notice_however_often_it_names_an_earlier_day(scene):
    services.give_notice(scene.agreement, scene.a, "Over", today() + LATER)
    services.give_notice(scene.agreement, scene.a, "Sooner", today() + SOONER)
    assert [one.last_day for one in scene.agreement.notices] == [today() + SOONER]
    services.withdraw_notice(scene.agreement, scene.a, "No")
    assert scene.agreement.ends_on is None


def test_only_who_gave_it_or_an_admin_may_withdraw_it(scene):
    agreement = scene.agreement
    outsider = factories.coordinator(factories.institution())
    of_unit = factories.coordinator(agreement.partner_a, factories.unit(agreement.partner_a))

    def allowed() -> list[bool]:
        people = scene.admin, scene.a, scene.b, of_unit, outsider, None
        return [can(one, "agreement:withdraw-notice", agreement) for one in people]

    services.give_notice(agreement, scene.a, "Over", today() + LATER)
    assert allowed() == [True, True, False, False, False, False]
    services.withdraw_notice(agreement, scene.admin, "A slip")
    services.give_notice(agreement, scene.admin, "Over", today() + LATER)
    assert allowed() == [True, False, False, False, False, False]


def test_it_is_refused_without_a_reason_or_a_notice_and_once_all_is_over(scene):
    agreement = scene.agreement
    with pytest.raises(Conflict, match="No notice"):
        services.withdraw_notice(agreement, scene.a, "No")
    services.give_notice(agreement, scene.a, "Over", today() + LATER)
    with pytest.raises(Invalid) as refused:
        services.withdraw_notice(agreement, scene.a, " ")
    assert refused.value.field == "reason"
    with after(agreement), pytest.raises(Conflict, match="ended on"):
        services.withdraw_notice(agreement, scene.a, "No")
    services.terminate_agreement(agreement, scene.b, "Now")
    with pytest.raises(Conflict, match="No notice"):
        services.withdraw_notice(agreement, scene.a, "No")
    assert len(agreement.notices) == 1


def test_it_is_withdrawn_on_the_page_by_who_gave_it(made, write, visitor):
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        admin, a, b = (db.session.get_one(User, one) for one in made[1:])
        services.give_notice(agreement, a, "Over", today() + LATER)
    page, label = f"/agreements/{made[0]}", "Withdraw the notice"
    assert [label in visitor(one).read(page) for one in (admin, a, b)] == [True, True, False]
    browser = visitor(a)
    assert "as the last day" in browser.read(f"{page}/notice/withdraw")
    refused = browser.post(f"{page}/notice/withdraw", {"reason": ""})
    assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)
    assert visitor(b).post(f"{page}/notice/withdraw", {"reason": "No"}).status_code == 403
    assert browser.post(f"{page}/notice/withdraw", {"reason": "We stay"}).status_code == 303
    text = browser.read(page)
    assert "In force: both partners have approved this content." in text
    assert "withdrew the notice to end it Reason: We stay" in text
    assert label not in text
    assert "We stay" not in visitor(None).read(page)
    assert browser.post(f"{page}/notice/withdraw", {"reason": "Again"}).status_code == 409


def test_the_memorandum_reads_as_before(made, write, visitor):
    """But for the note of its standing, which says that notice is given while it is."""
    with write():
        agreement = db.session.get_one(Agreement, made[0])
        a = db.session.get_one(User, made[2])
    browser, address = visitor(a), f"/agreements/{made[0]}/memorandum.pdf"
    before = read(browser, address)
    with write():
        services.give_notice(db.session.merge(agreement), db.session.merge(a), "Over", today())
    assert read(browser, address) != before
    with write():
        services.withdraw_notice(db.session.merge(agreement), db.session.merge(a), "We stay")
    assert read(browser, address) == before
