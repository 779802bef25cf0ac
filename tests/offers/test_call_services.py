"""A call's rules stand before its deadline; what changes after the opening is on the record."""

from datetime import UTC, datetime, timedelta

import pytest

from mobility import clock
from mobility.agreements.models import Direction
from mobility.audit import history
from mobility.errors import Conflict, Invalid
from mobility.i18n import speaking
from mobility.offers import services
from mobility.offers.models import CALL_WORKFLOW, CallStatus, Phase
from mobility.offers.terms import term_text, year_of

from .. import factories

OPENS = datetime(2027, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2027, 4, 1, 18, tzinfo=UTC)
MENDING = datetime(2027, 4, 8, 18, tzinfo=UTC)
VALUES = {
    "direction": Direction.INTERNSHIP,
    "title_en": "Internships in Chelyabinsk",
    "term": "2027/2028-1",
    "opens_at": OPENS,
    "closes_at": CLOSES,
    "mending_until": MENDING,
    "rules_en": "Rank up to five places.",
}
HOUR = timedelta(hours=1)


@pytest.fixture
def admin(app, write):
    with write():
        yield factories.admin()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"opens_at": OPENS - 26 * HOUR}, "opens_at"),
        ({"opens_at": OPENS.replace(year=1999)}, "opens_at"),
        ({"term": "2025/2026-2"}, "term"),
    ],
)
def test_what_is_over_is_refused_at_its_field(call, admin, values, field):
    with clock.at(OPENS - HOUR):
        for act in (lambda: services.create_call(admin, **{**VALUES, **values}),
                    lambda: services.edit_call(call, admin, **values)):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                act()
            assert refused.value.field == field
        services.create_call(admin, **{**VALUES, "opens_at": OPENS - 20 * HOUR})
        services.create_call(admin, **{**VALUES, "term": "2026/2027-1"})
    with clock.at(OPENS + 99 * HOUR):
        services.edit_call(call, admin, title_en="A draft whose opening has passed")


@pytest.fixture
def call(admin):
    with clock.at(OPENS - HOUR):
        yield services.create_call(admin, **VALUES)


def announced(call, admin):
    with clock.at(OPENS - HOUR):
        services.announce_call(call, admin)
    return call


def test_call_is_drafted_announced_opens_and_closes_by_the_clock(call, admin):
    phases = [call.phase]
    announced(call, admin)
    for moment in (OPENS - HOUR, OPENS, CLOSES - HOUR, CLOSES):
        with clock.at(moment):
            phases.append(call.phase)
    assert phases == [Phase.DRAFT, Phase.UPCOMING, Phase.OPEN, Phase.OPEN, Phase.CLOSED]
    assert (call.min_choices, call.max_choices, call.merit_weight, call.answer_days) == (1, 5, 1, 7)


def test_a_call_announced_after_its_opening_opens_at_that_moment(call, admin):
    with clock.at(OPENS + HOUR):
        services.announce_call(call, admin)
        assert (call.opens_at, call.phase) == (OPENS + HOUR, Phase.OPEN)


def test_announcing_needs_a_deadline_to_come_and_rules(call, admin):
    with clock.at(CLOSES), pytest.raises(Conflict, match="has passed already"):
        services.announce_call(call, admin)
    services.edit_call(call, admin, rules_en="")
    with pytest.raises(Conflict, match="Write the rules"):
        services.announce_call(call, admin)
    assert call.status is CallStatus.DRAFT


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title_en": ""}, "title_en"),
        ({"term": "2027/2029-1"}, "term"),
        ({"term": "2027/2028-3"}, "term"),
        ({"term": "autumn"}, "term"),
        ({"closes_at": OPENS}, "closes_at"),
        ({"mending_until": CLOSES - HOUR}, "mending_until"),
        ({"max_choices": 21}, "max_choices"),
        ({"min_choices": 0}, "min_choices"),
        ({"min_choices": 6}, "min_choices"),
        ({"answer_days": 0}, "answer_days"),
        ({"merit_weight": 101}, "merit_weight"),
    ],
)
def test_bad_calls_are_refused_at_their_field(admin, values, field):
    with pytest.raises(Invalid) as refused:
        services.create_call(admin, **{**VALUES, **values})
    assert refused.value.field == field


@pytest.mark.parametrize(
    "values",
    [
        {"closes_at": CLOSES + HOUR, "mending_until": MENDING + HOUR},
        {"rules_en": "Other rules"},
        {"max_choices": 3},
        {"min_choices": 2},
        {"merit_weight": 2},
    ],
)
def test_rules_of_an_open_call_change_only_with_a_reason(call, admin, values):
    announced(call, admin)
    with clock.at(OPENS + HOUR):
        with pytest.raises(Invalid) as refused:
            services.edit_call(call, admin, **values)
        assert refused.value.field == "reason"
        services.edit_call(call, admin, reason="The partner asked", **values)
    event = history(call)[-1]
    assert (event.action, event.reason) == ("call.amend", "The partner asked")
    assert event.details["changes"].keys() == values.keys()


def test_deadline_of_an_open_call_cannot_move_into_the_past(call, admin):
    announced(call, admin)
    with clock.at(OPENS + 3 * HOUR), pytest.raises(Invalid, match="into the past") as refused:
        services.edit_call(call, admin, reason="hurry", closes_at=OPENS + 2 * HOUR)
    assert (refused.value.field, call.closes_at) == ("closes_at", CLOSES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("direction", Direction.COURSES),
        ("term", "2028/2029-1"),
        ("opens_at", OPENS + HOUR),
        ("closes_at", CLOSES + 9 * HOUR),
        ("max_choices", 3),
        ("min_choices", 2),
        ("merit_weight", 5),
        ("rules_en", "Other"),
    ],
)
def test_what_was_applied_under_stands_after_closing(call, admin, name, value):
    announced(call, admin)
    with clock.at(CLOSES + HOUR), pytest.raises(Invalid, match="this stands") as refused:
        services.edit_call(call, admin, reason="please", **{name: value})
    assert refused.value.field == name


def test_mending_may_be_extended_after_closing_with_a_reason(call, admin):
    announced(call, admin)
    with clock.at(CLOSES + HOUR):
        services.edit_call(call, admin, reason="Many illnesses", mending_until=MENDING + HOUR)
    assert call.mending_until == MENDING + HOUR


def test_closing_early_takes_a_reason_and_keeps_the_deadline_on_record(call, admin):
    announced(call, admin)
    with clock.at(OPENS + HOUR):
        with pytest.raises(Invalid):
            services.close_call(call, admin, "")
        services.close_call(call, admin, "Everybody has applied")
        assert (call.phase, call.closes_at) == (Phase.CLOSED, OPENS + HOUR)
        with pytest.raises(Conflict, match="Only a call that is open"):
            services.close_call(call, admin, "again")
    event = history(call)[-1]
    assert (event.reason, event.details) == (
        "Everybody has applied",
        {"deadline": CLOSES.isoformat()},
    )


MOMENTS = {
    "draft": None,
    "upcoming": OPENS - HOUR,
    "open": OPENS + HOUR,
    "closed": CLOSES + HOUR,
    "cancelled": OPENS - HOUR,
}


@pytest.mark.parametrize("phase", MOMENTS)
@pytest.mark.parametrize("action", ["announce", "close", "cancel", "amend"])
def test_every_action_in_every_phase(call, admin, phase, action):
    if phase != "draft":
        announced(call, admin)
    if phase == "cancelled":
        services.cancel_call(call, admin, "why")
    step = {
        "announce": lambda: services.announce_call(call, admin),
        "close": lambda: services.close_call(call, admin, "why"),
        "cancel": lambda: services.cancel_call(call, admin, "why"),
        "amend": lambda: services.edit_call(call, admin, reason="why", answer_days=9),
    }[action]
    allowed = {
        "announce": {"draft"},
        "close": {"open"},
        "cancel": {"draft", "upcoming", "open"},
        "amend": {"draft", "upcoming", "open", "closed"},
    }[action]
    with clock.at(MOMENTS[phase] or OPENS - HOUR):
        if phase in allowed:
            step()
            assert history(call)[-1].action == f"call.{action}"
        else:
            events = len(history(call))
            with pytest.raises(Conflict):
                step()
            assert len(history(call)) == events
    assert set(CALL_WORKFLOW.steps) == {"create", "announce", "close", "cancel", "amend"}


def test_a_stale_edit_is_a_conflict(call, admin):
    version = call.version
    services.edit_call(call, admin, version=version, answer_days=9)
    with pytest.raises(Conflict, match="was changed after you had opened it"):
        services.edit_call(call, admin, version=version, answer_days=10)
    assert call.answer_days == 9


def test_terms_are_read_and_said():
    assert [year_of(term) for term in ("2026/2027-1", "2026/2027-2", "2026/2028-1", "x")] == [
        2026, 2026, None, None,
    ]  # fmt: skip


def test_terms_in_words(app):
    with speaking("en"):
        assert term_text("2026/2027-2") == "second semester of 2026/2027"
