"""An agreement ends at once or with notice; what ends is read from the clock, not from a job."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from mobility import clock, i18n
from mobility.agreements import services
from mobility.agreements.models import Standing
from mobility.agreements.queries import conditions_in_force, this_year
from mobility.audit import history
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.mail import Mail
from mobility.offers.models import CallStatus, OfferStatus
from mobility.offers.queries import conditions_for, offers_of, offers_under
from mobility.offers.services import create_offer, open_offer
from mobility.offers.terms import begins_on
from mobility.reports.queries import conditions as reported

from .. import factories


def on(day: date):
    return clock.at(datetime.combine(day, time(12), UTC))


def today():
    return clock.now().date()


def test_with_notice_it_holds_until_its_last_day_and_then_ends_by_the_clock(scene):
    agreement, condition = scene.agreement, scene.condition
    last = today() + timedelta(days=30)
    services.give_notice(agreement, scene.a, "The partners part", last)
    year = this_year()
    for day, standing, holds in (
        (today(), Standing.ENDING, True),
        (last, Standing.ENDING, True),
        (last + timedelta(days=1), Standing.ENDED, False),
    ):
        with on(day):
            assert agreement.standing(year) is standing
            assert condition.in_force(year) is holds
            assert (condition in conditions_in_force(year)) is holds
    event = history(agreement)[-1]
    assert (event.action, event.reason, event.details) == (
        "agreement.give_notice",
        "The partners part",
        {"last_day": last.isoformat()},
    )


def test_both_partners_are_told_of_the_notice_and_its_day(scene):
    before = len(db.session.scalars(select(Mail)).all())
    last = today() + timedelta(days=90)
    services.give_notice(scene.agreement, scene.a, "It is over", last)
    letters = db.session.scalars(select(Mail).order_by(Mail.id)).all()[before:]
    assert [(mail.recipient, mail.subject) for mail in letters] == [
        (scene.a.email, f"Ends on {i18n.day(last)}: Memorandum"),
        (scene.b.email, f"Ends on {i18n.day(last)}: Memorandum"),
    ]
    assert all("It is over" in mail.text for mail in letters)


def test_notice_needs_a_reason_and_a_day_within_two_years(scene):
    for reason, day, field in (
        (" ", today(), "reason"),
        ("Over", today() - timedelta(days=1), "last_day"),
        ("Over", today() + timedelta(days=731), "last_day"),
        ("Over", date.max, "last_day"),
    ):
        with pytest.raises(Invalid) as refused:
            services.give_notice(scene.agreement, scene.a, reason, day)
        assert refused.value.field == field
    assert scene.agreement.ends_on is None
    services.give_notice(scene.agreement, scene.a, "Over", today() + timedelta(days=730))
    services.give_notice(scene.agreement, scene.a, "Over", today())
    assert scene.agreement.standing(this_year()) is Standing.ENDING


def test_a_second_notice_only_brings_an_earlier_day(scene):
    last = today() + timedelta(days=30)
    services.give_notice(scene.agreement, scene.a, "Over", last)
    for later in (last, last + timedelta(days=1)):
        with pytest.raises(Invalid, match="earlier day"):
            services.give_notice(scene.agreement, scene.b, "Later", later)
    services.give_notice(scene.agreement, scene.b, "Sooner", today())
    assert scene.agreement.ends_on == today()


def test_nothing_more_is_done_to_what_has_ended(scene):
    services.give_notice(scene.agreement, scene.a, "Over", today())
    draft = services.open_version(scene.agreement, scene.a)
    services.edit_agreement(draft, scene.a, title_en="Other")
    services.propose_agreement(draft, scene.a)
    with on(today() + timedelta(days=1)):
        for step in (
            lambda: services.terminate_agreement(scene.agreement, scene.a, "Again"),
            lambda: services.give_notice(scene.agreement, scene.a, "Again", today()),
            lambda: services.open_version(scene.agreement, scene.a),
            lambda: services.approve_agreement(draft, scene.a),
        ):
            with pytest.raises(Conflict, match="ended on"):
                step()


def test_in_its_notice_it_can_still_be_terminated_at_once(scene):
    services.give_notice(scene.agreement, scene.a, "Over", today() + timedelta(days=30))
    services.terminate_agreement(scene.agreement, scene.b, "Now")
    assert scene.agreement.standing(this_year()) is Standing.TERMINATED


def test_a_new_version_leaves_the_notice_as_it_is(scene):
    last = today() + timedelta(days=30)
    services.give_notice(scene.agreement, scene.a, "Over", last)
    draft = services.open_version(scene.agreement, scene.a)
    services.edit_agreement(draft, scene.a, title_en="Other")
    scene.conclude(draft)
    assert (scene.agreement.title_en, scene.agreement.ends_on) == ("Other", last)


@pytest.mark.parametrize(
    ("term", "day"),
    [("2026/2027-1", date(2026, 9, 1)), ("2026/2027-2", date(2027, 2, 1))],
)
def test_terms_begin_in_september_and_february(term, day):
    assert begins_on(term) == day


@pytest.mark.parametrize("half", [1, 2])
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_offers_open_only_for_terms_that_begin_by_the_last_day(scene, half, days):
    year = this_year() + 1
    term = f"{year}/{year + 1}-{half}"
    call = factories.call(term=term)
    opened = factories.offer(call, scene.condition)
    draft = factories.offer(call, scene.condition, status=OfferStatus.DRAFT)
    services.give_notice(scene.agreement, scene.a, "Over", begins_on(term) + timedelta(days=days))
    values = {
        "condition": scene.condition, "title_en": "X", "seats": 1, "language": "en",
        "starts_on": opened.starts_on, "ends_on": opened.ends_on, "hours_per_week": 20,
    }  # fmt: skip
    holds = days >= 0
    assert opened.is_open is holds
    assert list(offers_of(call)) == ([opened] if holds else [])
    assert (scene.condition in conditions_for(call, scene.admin)) is holds
    if holds:
        open_offer(draft, scene.admin, "Late")
        assert create_offer(call, scene.admin, **values).status is OfferStatus.DRAFT
        return
    with pytest.raises(Conflict, match="the term of this call begins after that"):
        open_offer(draft, scene.admin, "Late")
    with pytest.raises(Invalid, match="the term of this call begins after that") as refused:
        create_offer(call, scene.admin, **values)
    assert refused.value.field == "condition"


def test_only_places_that_are_open_are_listed_under_a_condition(scene):
    year = this_year() + 1
    offers = [
        factories.offer(factories.call(term=f"{year}/{year + 1}-{half}"), scene.condition)
        for half in (1, 2)
    ]
    services.give_notice(scene.agreement, scene.a, "Over", date(year, 12, 31))
    assert [call for call, _places, _seats in offers_under(scene.condition)] == [offers[0].call]


def test_sql_and_python_agree_on_what_is_in_force(scene):
    """Each term around the last day, in calls announced for it, asked both ways."""
    year = this_year()
    offers = [
        factories.offer(
            factories.call(term=f"{one}/{one + 1}-{half}", status=CallStatus.ANNOUNCED),
            scene.condition,
        )
        for one in range(year - 1, year + 5)
        for half in (1, 2)
    ]
    for last in (None, date(year + 1, 1, 31), date(year + 1, 2, 1), date(year + 2, 8, 31)):
        scene.agreement.ends_on = last
        db.session.flush()
        for day in (today(), date(year + 1, 2, 1), date(year + 1, 2, 2)):
            with on(day):
                assert [len(offers_of(offer.call)) == 1 for offer in offers] == [
                    offer.is_open for offer in offers
                ]


def test_reports_of_a_year_keep_what_held_in_it(scene):
    year = this_year()
    condition = scene.condition
    services.give_notice(scene.agreement, scene.a, "Over", today())
    with on(date(year + 1, 10, 1)):
        assert condition in reported(scene.admin, year)
        assert condition not in reported(scene.admin, year + 1)
