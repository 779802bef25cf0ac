"""A call is decided with another: same rules, same year, before either has opened."""

import pytest

from mobility import clock
from mobility.errors import Conflict, Invalid
from mobility.offers import services
from mobility.offers.queries import calls_to_join, rule_changes

from .. import factories
from .test_matching_rules import CLOSES, HOUR, OPENS
from .test_matching_rules import VALUES as RULES

VALUES = {**RULES, "title_en": "Lead"}


@pytest.fixture
def admin(app, write):
    with write():
        made = factories.admin()
    return made


@pytest.fixture
def lead(admin, write):
    with clock.at(OPENS - HOUR), write():
        made = services.create_call(admin, **VALUES)
    return made


def joined(lead, admin, **values):
    return services.create_call(
        admin, **{**VALUES, "title_en": "Joined", "decided_with_id": lead.id, **values}
    )


@pytest.fixture
def follower(lead, admin, write):
    with clock.at(OPENS - HOUR), write():
        made = joined(lead, admin)
        services.announce_call(lead, admin)
    with clock.at(OPENS - HOUR), write():
        services.announce_call(made, admin)
    return made


def test_a_joined_call_is_decided_with_its_lead(lead, follower):
    assert follower.lead == lead == lead.lead
    assert lead.together == follower.together == [lead, follower]
    assert lead.round_title == "Lead · Joined"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"answer_days": 3}, "matching rules differ from those of “Lead”"),
        ({"balance_tolerance": 2}, "matching rules differ from those of “Lead”"),
        ({"term": "2028/2029-1"}, "another academic year"),
        ({"decided_with_id": 999_999}, "Choose another call"),
    ],
)
def test_what_cannot_be_decided_in_one_round_is_refused_at_the_field(
    lead, admin, write, values, said
):
    with clock.at(OPENS - HOUR), write(), pytest.raises(Invalid, match=said) as refused:
        joined(lead, admin, **values)
    assert refused.value.field == "decided_with_id"


def test_a_call_joins_none_that_joins_another_or_is_joined(lead, follower, admin, write):
    with clock.at(OPENS - HOUR), write():
        third = services.create_call(admin, **VALUES)
        for call, other, said in (
            (third, follower, "“Joined” is itself decided with “Lead”"),
            (lead, third, "Other calls are decided with this one already"),
            (lead, lead, "Choose another call"),
        ):
            with pytest.raises(Invalid, match=said):
                services.edit_call(call, admin, decided_with_id=other.id)
        assert calls_to_join(third) == [lead]
        assert set(calls_to_join(follower)) == {lead, third}


def test_only_until_either_has_opened(lead, admin, write):
    with clock.at(OPENS - HOUR), write():
        services.announce_call(lead, admin)
    with clock.at(OPENS + HOUR), write(), pytest.raises(Invalid, match="“Lead” has opened"):
        joined(lead, admin)


def test_an_open_call_stays_where_it_is_decided(lead, follower, admin, write):
    with clock.at(OPENS + HOUR), write(), pytest.raises(Invalid, match="opened; this stands"):
        services.edit_call(follower, admin, decided_with_id=None, reason="Alone after all.")


def test_it_is_announced_after_its_lead_and_before_that_closes(lead, admin, write):
    with clock.at(OPENS - HOUR), write():
        early, late = (
            joined(lead, admin),
            joined(lead, admin, closes_at=CLOSES + 9 * HOUR, vacated_until=lead.vacated_until),
        )
    with clock.at(OPENS - HOUR), write(), pytest.raises(Conflict, match="announce that one first"):
        services.announce_call(early, admin)
    with clock.at(OPENS - HOUR), write():
        services.announce_call(lead, admin)
    with clock.at(CLOSES + HOUR), write(), pytest.raises(Conflict, match="has closed already"):
        services.announce_call(late, admin)


def test_a_lead_is_not_cancelled_under_those_that_join_it(lead, follower, admin, write):
    with clock.at(OPENS - HOUR), write():
        with pytest.raises(Conflict, match="“Joined” is decided with this call"):
            services.cancel_call(lead, admin, "No money.")
        services.cancel_call(follower, admin, "No money.")
        services.cancel_call(lead, admin, "No money.")


def test_rules_change_in_the_lead_and_both_follow_on_the_record(lead, follower, admin, write):
    with clock.at(OPENS + HOUR), write():
        services.edit_call(lead, admin, answer_days=9, reason="A holiday.")
        assert follower.answer_days == 9
    assert [change.changes for change in rule_changes(follower)] == [{"answer_days": [7, 9]}]
    with clock.at(OPENS + HOUR), write(), pytest.raises(Invalid, match="matching rules differ"):
        services.edit_call(follower, admin, answer_days=5, reason="Alone.")


def test_the_rule_of_the_lead_keeps_the_minimums_of_those_that_join(lead, admin, write):
    with clock.at(OPENS - HOUR), write():
        call = joined(lead, admin)
        home, host = factories.institution("kaznpu.kz"), factories.institution("susu.ru")
        factories.offer(call, factories.condition(home, host), min_seats=1)
    with clock.at(OPENS - HOUR), write(), pytest.raises(Invalid, match="least number of people"):
        services.edit_call(
            lead, admin, policy="rank_maximal", keeps_annual_quotas=False, balance_tolerance=None
        )


def test_it_is_chosen_in_the_form(lead, admin, write, visitor):
    with clock.at(OPENS - HOUR):
        page = visitor(admin).get("/calls/new").text
    assert "Decided together with" in page
    assert f'<option value="{lead.id}">Lead' in page


def test_a_lead_stays_in_the_year_of_those_that_join_it(lead, follower, admin, write):
    with clock.at(OPENS - HOUR), write(), pytest.raises(Invalid, match="another academic year"):
        services.edit_call(lead, admin, term="2028/2029-1")


def test_a_rule_changes_with_a_reason_once_a_joined_call_has_opened(lead, admin, write):
    with clock.at(OPENS - HOUR), write():
        later = services.create_call(admin, **{**VALUES, "opens_at": OPENS + 9 * HOUR})
        first = joined(later, admin)
        services.announce_call(later, admin)
    with clock.at(OPENS - HOUR), write():
        services.announce_call(first, admin)
    with clock.at(OPENS + HOUR), write(), pytest.raises(Invalid, match="Say why it changes"):
        services.edit_call(later, admin, answer_days=9)
    with clock.at(OPENS + HOUR), write(), pytest.raises(Invalid, match="opened without this"):
        services.edit_call(later, admin, public_file=True, reason="To show off.")
    assert rule_changes(first) == []
