"""Calls that give several seats at once: what they need, refused at its field, and in words."""

from datetime import UTC, datetime, timedelta

import pytest

from mobility import clock
from mobility.agreements.models import Direction
from mobility.errors import Invalid
from mobility.offers import services
from mobility.offers.models import VacatedSeats
from mobility.rounds.words import rules

from .. import factories

CLOSES = datetime(2027, 4, 1, 18, tzinfo=UTC)
VALUES = {
    "title_en": "A call",
    "term": "2027/2028-1",
    "opens_at": CLOSES - timedelta(days=30),
    "closes_at": CLOSES,
    "rules_en": "Rank.",
}
COURSES = {**VALUES, "direction": Direction.COURSES, "max_credits": 15.0}
RESEARCH = {**VALUES, "direction": Direction.RESEARCH, "teams": True}


@pytest.fixture
def admin(app, write):
    with write(), clock.at(CLOSES - timedelta(days=60)):
        yield factories.admin()


@pytest.mark.parametrize("values", [COURSES, RESEARCH], ids=["courses", "research"])
def test_left_out_rules_are_those_that_such_a_call_can_have(admin, values):
    call = services.create_call(admin, **values)
    assert (call.vacated, call.vacated_until, call.appeal_days) == (VacatedSeats.NONE, None, 0)
    assert (call.gives_several, call.has_pools) == (
        values["direction"] is Direction.COURSES,
        values["direction"] is Direction.RESEARCH,
    )


BY_MERIT = {"policy": "deferred_acceptance", "keeps_annual_quotas": False}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**COURSES, **BY_MERIT}, "policy"),
        ({**RESEARCH, **BY_MERIT}, "policy"),
        ({**COURSES, "vacated": VacatedSeats.SECOND_ROUND}, "vacated"),
        ({**RESEARCH, "vacated": VacatedSeats.WAITING_ORDER}, "vacated"),
        ({**COURSES, "appeal_days": 7}, "appeal_days"),
        ({**COURSES, "max_credits": 0.5}, "max_credits"),
        ({**COURSES, "max_credits": 61.0}, "max_credits"),
        ({**RESEARCH, "max_credits": 10.0}, "max_credits"),
        ({**COURSES, "teams": True}, "teams"),
        ({**VALUES, "direction": Direction.INTERNSHIP, "teams": True}, "teams"),
    ],
)
def test_what_such_a_call_cannot_have_is_refused_at_its_field(admin, values, field):
    with pytest.raises(Invalid) as refused:
        services.create_call(admin, **values)
    assert refused.value.field == field


def test_rules_are_told_in_words(admin):
    told = " ".join(rules.steps(services.create_call(admin, **COURSES)))
    assert "never two that meet at one time" in told
    assert "a course that is not given counts nothing" in told
    said = " ".join(rules.limits(services.create_call(admin, **RESEARCH)))
    assert "Seats for students go to students" in said
    assert "get a seat each at one place, or none" in said
