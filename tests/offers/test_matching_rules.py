"""A call's matching rules: in plain words, frozen at the opening, every later change shown."""

from datetime import UTC, datetime, timedelta

import pytest

from matching import POLICIES as ENGINE
from mobility import clock
from mobility.agreements.models import Direction
from mobility.errors import Invalid
from mobility.i18n import LANGUAGES, speaking
from mobility.offers import services
from mobility.offers.models import MATCHING_RULES, POLICIES, VacatedSeats
from mobility.offers.queries import rule_changes
from mobility.rounds.words import rules, wording

from .. import factories

OPENS = datetime(2027, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2027, 4, 1, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
VALUES = {
    "direction": Direction.INTERNSHIP,
    "title_en": "Internships in Chelyabinsk",
    "term": "2027/2028-1",
    "opens_at": OPENS,
    "closes_at": CLOSES,
    "rules_en": "Rank up to five places.",
}


@pytest.fixture
def admin(app, write):
    with write():
        yield factories.admin()


@pytest.fixture
def call(admin):
    with clock.at(OPENS - HOUR):
        made = services.create_call(admin, **VALUES)
        services.announce_call(made, admin)
    return made


def kept(call):
    return [(change.reason, change.changes) for change in rule_changes(call)]


def test_the_policies_of_a_call_are_those_of_the_engine():
    assert list(POLICIES) == list(ENGINE)


def test_every_matching_rule_can_be_drafted_and_has_a_name():
    assert set(MATCHING_RULES) == set(services.BLANK_RULES)
    own = {"min_seats", "may_close", "eligibility", "criteria", "reviews_needed"}
    assert {*MATCHING_RULES, *own} == set(rules.RULE_NAMES)


def test_rules_are_free_until_the_call_opens(call, admin):
    with clock.at(OPENS - HOUR):
        services.edit_call(call, admin, merit_weight=3, appeal_days=0)
    assert kept(call) == []


def test_a_change_after_the_opening_needs_a_reason_and_is_kept_for_all(call, admin):
    with clock.at(OPENS + HOUR):
        with pytest.raises(Invalid, match="Say why"):
            services.edit_call(call, admin, policy="rank_maximal", keeps_annual_quotas=False)
        services.edit_call(
            call,
            admin,
            reason=" The partners agreed. ",
            vacated=VacatedSeats.NONE,
            vacated_until=None,
            title_en="New",
        )
    assert kept(call) == [
        (
            "The partners agreed.",
            {
                "vacated": ["second_round", "none"],
                "vacated_until": [(CLOSES + services.VACATED_FOR).isoformat(), None],
            },
        )
    ]


def test_what_follows_the_results_may_still_change_after_closing_but_not_the_rule(call, admin):
    with clock.at(CLOSES + HOUR):
        services.edit_call(call, admin, reason="The holidays.", appeal_days=10)
        for values in (
            {"merit_weight": 2},
            {"balance_tolerance": 3},
            {"keeps_annual_quotas": False},
            {"policy": "serial_dictatorship", "keeps_annual_quotas": False},
        ):
            with pytest.raises(Invalid, match="has closed; this stands"):
                services.edit_call(call, admin, reason="I want to.", **values)
    assert kept(call) == [("The holidays.", {"appeal_days": [7, 10]})]


def test_the_file_is_never_promised_to_all_once_people_apply(call, admin):
    with clock.at(OPENS + HOUR), pytest.raises(Invalid, match="opened without this") as refused:
        services.edit_call(call, admin, reason="To show off.", public_file=True)
    assert refused.value.field == "public_file"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"policy": "best"}, "policy"),
        ({"policy": "deferred_acceptance"}, "keeps_annual_quotas"),
        (
            {"policy": "rank_maximal", "keeps_annual_quotas": False, "balance_tolerance": 2},
            "balance_tolerance",
        ),
        ({"balance_tolerance": -1}, "balance_tolerance"),
        ({"appeal_days": 61}, "appeal_days"),
        ({"vacated": "none", "vacated_until": CLOSES + HOUR}, "vacated_until"),
        ({"vacated_until": CLOSES}, "vacated_until"),
        ({"vacated_until": None}, "vacated_until"),
        ({"vacated": "waiting_order", "vacated_until": None}, "vacated_until"),
    ],
)
def test_rules_that_cannot_stand_are_refused_at_their_field(admin, values, field):
    with pytest.raises(Invalid) as refused:
        services.create_call(admin, **{**VALUES, **values})
    assert refused.value.field == field


@pytest.fixture
def place(call):
    a, b = factories.institution(), factories.institution()
    return factories.offer(call, factories.condition(a, b), seats=4, hours_per_week=20)


def test_a_minimum_is_frozen_with_the_rules(call, place, admin):
    with clock.at(OPENS + HOUR):
        services.edit_offer(place, admin, reason="A group of two.", min_seats=2, may_close=True)
    ((reason, changes),) = kept(call)
    assert reason == "A group of two."
    assert changes == {"min_seats": [0, 2], "may_close": [False, True]}
    assert rule_changes(call)[0].offer is place


@pytest.mark.parametrize("values", [{"min_seats": 5}, {"min_seats": -1}, {"may_close": True}])
def test_a_minimum_that_cannot_be_is_refused(place, admin, values):
    with pytest.raises(Invalid) as refused:
        services.edit_offer(place, admin, **values)
    assert refused.value.field == "min_seats"


def test_a_policy_that_cannot_keep_minimums_is_refused_where_there_are_some(call, place, admin):
    place.min_seats = 1
    with clock.at(OPENS - HOUR), pytest.raises(Invalid, match="only linear assignment") as refused:
        services.edit_call(call, admin, policy="rank_maximal", keeps_annual_quotas=False)
    assert refused.value.field == "policy"


def test_the_rules_stand_on_the_page_of_the_call_in_plain_words(app, write, visitor):
    with write():
        a, b = factories.institution(), factories.institution()
        call = factories.call(balance_tolerance=2)
        factories.offer(call, factories.condition(a, b), title_en="Drones", min_seats=2)
        address = f"/calls/{call.id}"
    page = visitor(None).read(address)
    for sentence in (
        "The rule is called Linear assignment.",
        "As many people as possible get a place. This comes first.",
        "No condition of an agreement sends more people in the academic year than it foresees",
        "differs by at most 2 people.",
        "“Drones” takes at least 2 people.",
        "someone with a short list may be served before someone who can go elsewhere",
        "What no result may break ties places together",
        "answers within 7 days. Silence declines.",
        "Declined seats are given in a second round",
        "You can appeal within 7 days of the results",
        "These rules are frozen since the call opened",
    ):
        assert sentence in page, sentence


def test_who_applied_before_a_change_reads_it_on_their_application(app, write, visitor):
    with write():
        a, b = factories.institution(), factories.institution()
        call = factories.call()
        offer = factories.offer(call, factories.condition(a, b))
        person = factories.student(a)
        application = factories.application(person, call, [offer])
        admin = factories.admin()
        with clock.at(clock.now() + HOUR):
            services.edit_call(call, admin, reason="A slip of the pen.", answer_days=9)
        addresses = [f"/applications/{application.id}", f"/calls/{call.id}"]
    for address in addresses:
        page = visitor(person).read(address)
        assert "Days to answer: 7 → 9 Reason: A slip of the pen." in page
    assert "Since you applied, the rules of this call have changed." in visitor(person).read(
        addresses[0]
    )


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_said_in_every_language(app, write, policy, language):
    with write(), speaking(language):
        constrained = policy == "linear_assignment"
        call = factories.call(policy=policy, keeps_annual_quotas=constrained)
        said = [
            *rules.steps(call),
            *rules.limits(call),
            *rules.sequel(call),
            wording.incentive(call),
        ]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("policy", POLICIES)
def test_honesty_is_advised_where_the_engine_says_that_it_pays(app, write, policy):
    """No better list than the true one: only where the policy is strategy-proof, uncut."""
    with write():
        a, b = factories.institution(), factories.institution()
        condition = factories.condition(a, b)
        call = factories.call(
            policy=policy, keeps_annual_quotas=policy == "linear_assignment", max_choices=2
        )
        for _ in range(2):
            factories.offer(call, condition)
        advised = "no other order gets you a better one" in wording.incentive(call)
        assert advised == ENGINE[policy].strategy_proof
        assert "you may list only" not in wording.incentive(call)
        factories.offer(call, condition)
        assert ("you may list only 2 places" in wording.incentive(call)) == advised


def test_the_words_of_a_change_are_words(app, write):
    with write():
        call = factories.call()
        admin = factories.admin()
        services.edit_call(
            call,
            admin,
            reason="The partners agreed.",
            policy="serial_dictatorship",
            keeps_annual_quotas=False,
            vacated=VacatedSeats.WAITING_ORDER,
        )
        (change,) = rule_changes(call)
        told = {one.name: (one.before, one.after) for one in rules.changed(change)}
    assert told == {
        "Rule by which places are given": ("Linear assignment", "Serial dictatorship"),
        "Annual quotas are kept": ("yes", "no"),
        "Declined seats": ("a second round gives them", "they go down the waiting order"),
    }
