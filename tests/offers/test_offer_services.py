"""Places are opened under conditions in force; what people chose by changes only with a reason."""

from datetime import date, timedelta

import pytest

from mobility import clock
from mobility.agreements.models import AgreementStatus, Direction
from mobility.agreements.services import approve_agreement, terminate_agreement
from mobility.audit import history
from mobility.db import db
from mobility.errors import Conflict, Invalid
from mobility.offers import queries, services
from mobility.offers.models import OFFER_WORKFLOW, CallStatus, OfferStatus

from .. import factories

VALUES = {
    "title_en": "Robotics",
    "seats": 3,
    "language": "en",
    "starts_on": date(2027, 2, 1),
    "ends_on": date(2027, 5, 31),
    "hours_per_week": 20,
}


@pytest.fixture
def world(app, write):
    """A draft call of internships from one HEI to another under a condition in force."""

    class World:
        pass

    with write():
        w = World()
        w.sending, w.receiving = factories.institution(), factories.institution()
        w.unit = factories.unit(w.receiving)
        w.admin = factories.admin()
        w.host = factories.coordinator(w.receiving)
        w.unit_host = factories.coordinator(w.receiving, w.unit)
        w.condition = factories.condition(
            w.sending, w.receiving, eqf_levels=[6, 7], isced_fields=["06", "011"]
        )
        w.call = factories.call(status=CallStatus.DRAFT)
        yield w


def opened(world):
    """Move the call of the world into its open days."""
    world.call.status = CallStatus.ANNOUNCED
    world.call.opens_at = clock.now() - timedelta(days=1)
    db.session.flush()


def closed(world):
    opened(world)
    world.call.closes_at = clock.now() - timedelta(hours=1)
    db.session.flush()


def make(world, actor=None, **values):
    return services.create_offer(
        world.call, actor or world.host, **{**VALUES, "condition": world.condition, **values}
    )


def test_offer_is_drafted_with_the_next_code_and_opened(world):
    first, second = make(world), make(world)
    assert (first.code, second.code) == ("INT-01", "INT-02")
    assert first.status is OfferStatus.DRAFT
    services.open_offer(first, world.host)
    assert first.is_open
    assert [event.action for event in history(first)] == ["offer.create", "offer.open"]


def test_terminating_the_agreement_closes_the_offer_without_touching_it(world):
    offer = make(world)
    services.open_offer(offer, world.host)
    version = offer.version
    terminate_agreement(world.condition.agreement, world.admin, "over")
    assert not offer.is_open
    assert (offer.status, offer.version) == (OfferStatus.OPEN, version)
    assert queries.offers_of(world.call) == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AgreementStatus.DRAFT, "not approved by both partners yet"),
        (AgreementStatus.PROPOSED, "not approved by both partners yet"),
        (AgreementStatus.TERMINATED, "was terminated"),
    ],
)
def test_no_offer_before_both_approved(world, status, words):
    ready = make(world)
    factories.settle(world.condition.agreement, status)
    with pytest.raises(Invalid, match=words) as refused:
        make(world)
    assert refused.value.field == "condition"
    with pytest.raises(Conflict, match=words):
        services.open_offer(ready, world.host)
    assert ready.status is OfferStatus.DRAFT


def test_no_offer_with_one_approval_only(world):
    agreement = world.condition.agreement
    factories.settle(agreement, AgreementStatus.PROPOSED)
    approve_agreement(agreement, world.host)
    with pytest.raises(Invalid, match="not approved by both"):
        make(world)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"condition": "courses"}, "condition"),
        ({"condition": "other years"}, "condition"),
        ({"unit": "stranger"}, "unit"),
        ({"code": "TAKEN"}, "code"),
        ({"title_en": " "}, "title_en"),
        ({"seats": 0}, "seats"),
        ({"seats": 501}, "seats"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"eqf_levels": [8]}, "eqf_levels"),
        ({"isced_fields": ["02"]}, "isced_fields"),
        ({"isced_fields": ["01"]}, "isced_fields"),
        ({"hours_per_week": None}, "hours_per_week"),
        ({"hours_per_week": 61}, "hours_per_week"),
    ],
)
def test_bad_offers_are_refused_at_their_field(world, values, field):
    make(world, code="TAKEN")
    year = world.call.academic_year
    things = {
        "courses": factories.condition(world.sending, world.receiving, direction=Direction.COURSES),
        "other years": factories.condition(
            world.sending, world.receiving, first_year=year + 1, last_year=year + 2
        ),
        "stranger": factories.unit(world.sending),
    }
    values = {k: things.get(v, v) if isinstance(v, str) else v for k, v in values.items()}
    with pytest.raises(Invalid) as refused:
        make(world, **values)
    assert refused.value.field == field


def test_offer_narrows_levels_and_fields_of_its_condition(world):
    offer = make(world, eqf_levels=[7], isced_fields=["0613", "0611"])
    assert (offer.levels, offer.fields) == ([7], ["0611", "0613"])
    assert (make(world).levels, make(world).fields) == ([6, 7], ["06", "011"])


def test_courses_need_their_credits(world):
    world.call.direction = Direction.COURSES
    world.condition.direction = Direction.COURSES
    with pytest.raises(Invalid) as refused:
        make(world)
    assert refused.value.field == "ects"
    offer = make(world, ects=5.0, local_credits=5.0, course_code="KAZ1101")
    assert (offer.code, offer.ects, offer.hours_per_week) == ("CRS-01", 5.0, None)


def test_unit_coordinator_offers_places_of_the_own_unit_only(world):
    assert make(world, world.unit_host, unit=world.unit).unit is world.unit
    for unit in (None, factories.unit(world.receiving)):
        with pytest.raises(Invalid, match="that you coordinate") as refused:
            make(world, world.unit_host, unit=unit)
        assert refused.value.field == "unit"


def test_condition_of_a_unit_binds_its_places_to_it(world):
    world.condition.receiving_unit = world.unit
    with pytest.raises(Invalid) as refused:
        make(world)
    assert refused.value.field == "unit"
    assert make(world, unit=world.unit).unit is world.unit


def test_seats_of_a_seen_place_change_only_with_a_reason(world):
    offer = make(world)
    services.open_offer(offer, world.host)
    services.edit_offer(offer, world.host, seats=4)
    opened(world)
    with pytest.raises(Invalid) as refused:
        services.edit_offer(offer, world.host, seats=1)
    assert (refused.value.field, offer.seats) == ("reason", 4)
    services.edit_offer(offer, world.host, seats=1, reason="A laboratory is being rebuilt")
    event = history(offer)[-1]
    assert (event.reason, event.details) == (
        "A laboratory is being rebuilt",
        {"changes": {"seats": [4, 1]}},
    )
    services.edit_offer(offer, world.host, supervisor="Prof. Ivanova")
    assert offer.supervisor == "Prof. Ivanova"


def test_offer_opens_late_only_with_a_reason_and_never_after_closing(world):
    offer = make(world)
    opened(world)
    with pytest.raises(Invalid) as refused:
        services.open_offer(offer, world.host)
    assert (refused.value.field, offer.status) == ("reason", OfferStatus.DRAFT)
    services.open_offer(offer, world.host, "The partner confirmed late")
    assert offer.is_open
    late = make(world)
    closed(world)
    with pytest.raises(Conflict, match="no places can be added"):
        services.open_offer(late, world.host, "please")
    with pytest.raises(Conflict, match="no places can be added"):
        make(world)


def test_withdrawing_a_seen_place_takes_a_reason(world):
    offer = make(world)
    services.open_offer(offer, world.host)
    services.withdraw_offer(offer, world.host)
    services.open_offer(offer, world.host)
    opened(world)
    with pytest.raises(Invalid):
        services.withdraw_offer(offer, world.host, " ")
    services.withdraw_offer(offer, world.host, "The supervisor left")
    assert offer.status is OfferStatus.WITHDRAWN


@pytest.mark.parametrize("status", OfferStatus)
@pytest.mark.parametrize("action", ["open", "withdraw", "amend"])
def test_every_action_in_every_status(world, status, action):
    offer = make(world)
    offer.status = status
    step = {
        "open": services.open_offer,
        "withdraw": services.withdraw_offer,
        "amend": services.edit_offer,
    }[action]
    leads = {
        ("draft", "open"): "open",
        ("withdrawn", "open"): "open",
        ("open", "withdraw"): "withdrawn",
        ("draft", "amend"): "draft",
        ("open", "amend"): "open",
        ("withdrawn", "amend"): "withdrawn",
    }
    target = leads.get((status.value, action))
    if target is None:
        with pytest.raises(Conflict):
            step(offer, world.host)
        assert offer.status is status
    else:
        step(offer, world.host)
        assert offer.status.value == target
    assert set(OFFER_WORKFLOW.steps) == {"open", "withdraw", "amend"}


def test_a_stale_edit_is_a_conflict(world):
    offer = make(world)
    version = offer.version
    services.edit_offer(offer, world.host, version=version, seats=4)
    with pytest.raises(Conflict, match="was changed after you had opened it"):
        services.edit_offer(offer, world.admin, version=version, seats=5)
    assert offer.seats == 4


def test_seats_under_a_condition_are_summed_over_the_year(world):
    services.open_offer(make(world), world.host)
    services.open_offer(make(world, seats=5), world.host)
    make(world, seats=7)
    year = world.call.academic_year
    assert queries.seats_under(world.condition, year) == 8
    assert queries.seats_under(world.condition, year + 1) == 0


def test_drafts_of_are_those_in_ones_own_hands(world):
    make(world)
    own = make(world, unit=world.unit)
    assert list(queries.drafts_of(world.unit_host)) == [own]
    assert len(queries.drafts_of(world.host)) == 2
    assert list(queries.drafts_of(factories.coordinator(world.sending))) == []
