"""The public page and the report of a round: what is told, what is hidden, to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.db import transaction
from mobility.placements.services import decline_place
from mobility.rounds import queries, services
from mobility.rounds.computing.runs import compute
from mobility.rounds.figures.places import hidden_places, places, seats_more
from mobility.rounds.figures.publicity import LEAST
from tests import factories

from .scenes import finish, frozen, published, scene
from .snapshots import snapshot

KEY = "12345"


def computed_stats(policy="linear_assignment", *, seats, people, **values) -> dict:
    text = snapshot(limit=3, weight=1, seats=seats, people=people, policy=policy, **values)
    return compute(text, policy, KEY)["stats"]


# Five and one more want A; its five seats go to the highest scores where scores decide.
CROWD = {f"{at:04}": (90 - at, ["A", "B"], []) for at in range(6)}


# --- What a run finds of each place ---------------------------------------------------------------


@pytest.mark.parametrize("policy", ["deferred_acceptance", "serial_dictatorship"])
def test_the_cutoff_is_the_lowest_admitted_score(policy):
    stats = computed_stats(policy, seats={"A": 5, "B": 3}, people=CROWD)
    assert stats["cutoffs"] == {"A": 86.0}
    assert "prices" not in stats


def test_where_costs_decide_places_have_prices(app):
    stats = computed_stats(seats={"A": 5, "B": 3}, people=CROWD)
    assert "cutoffs" not in stats
    assert stats["prices"]["B"] == 0
    assert stats["prices"]["A"] > 0


@pytest.mark.parametrize("policy", ["linear_assignment", "rank_maximal", "deferred_acceptance"])
def test_one_seat_more_is_solved_again(policy):
    """One seat more at A lets the sixth person in, who else stands without a place."""
    people = {name: (score, ["A"], []) for name, (score, _, _) in CROWD.items()}
    stats = computed_stats(policy, seats={"A": 5, "B": 3}, people=people)
    assert stats["seat_more"]["exact"]
    assert {code: placed for code, (placed, _) in stats["seat_more"]["by_code"].items()} == {"A": 1}


def test_one_seat_more_can_meet_choices_better_and_place_nobody():
    stats = computed_stats(seats={"A": 5, "B": 3}, people=CROWD)
    (placed, cost) = stats["seat_more"]["by_code"]["A"]
    # the sixth person, of the lowest score, goes from rank 2 to rank 1
    assert (placed, cost) == (0, -(100 + 85) * (4 - 1))


def test_what_would_take_too_long_is_not_solved_again(monkeypatch):
    monkeypatch.setattr("mobility.rounds.computing.places.PATIENCE_SECONDS", 0)
    stats = computed_stats("rank_maximal", seats={"A": 5, "B": 3}, people=CROWD)
    assert stats["seat_more"] is None


def test_the_balance_is_charged_with_the_seats_it_left_empty(app, write):
    at = scene()
    with write():
        at.call.balance_tolerance = 1
    round_ = frozen(at)
    with write():
        run = services.request_run(round_, at.admin)
    finish(run)
    assert run.stats["placed"] == 1
    assert run.stats["balance_cost"] == 1


def test_without_a_balance_nothing_is_charged(app):
    assert computed_stats(seats={"A": 5, "B": 3}, people=CROWD)["balance_cost"] is None


# --- What is hidden -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "hidden"),
    [
        ([9, 6, 0], set()),
        ([9, 6, 3], {1, 2}),
        ([9, 3, 2], {1, 2}),
        ([9, 1, 1], {0, 1, 2}),
        ([3], {0}),
        ([], set()),
    ],
)
def test_small_places_are_hidden_with_company(filled, hidden):
    assert hidden_places(filled) == hidden


@given(st.lists(st.integers(0, 12), max_size=10))
def test_no_hidden_number_follows_from_the_sum(filled):
    hidden = hidden_places(filled)
    assert all(at in hidden for at, count in enumerate(filled) if 0 < count < LEAST)
    if hidden and any(count >= LEAST for count in filled):
        assert len(hidden) > 1
        assert sum(filled[at] for at in hidden) >= LEAST


# --- The pages ------------------------------------------------------------------------------------


def crowded(write, policy: str = "linear_assignment", *, seats: int = 6):
    """The scene with `seats` seats at A, all taken, and fewer than five people at B."""
    at = scene()
    with write():
        at.call.policy, at.call.keeps_annual_quotas = policy, False
        at.a.seats = seats
        for number in range(seats):
            at.person(f"More {number}", f"e{number:03}", 91 + number, at.a)
    return at, published(at)


def test_everybody_reads_seeds_places_and_envy(app, write, visitor):
    at, run = crowded(write)
    page = visitor().read(f"/rounds/{run.round_id}")
    assert _seed(run) in page
    assert "Drawn by this service alone" in page
    assert "Nobody gets a place that is not on their list." in page
    assert "The price of a place is what one of its seats is worth" in page
    assert "Justified envy" in page
    assert "What one seat more would have changed" in page
    assert "The report, to print" in page
    assert at.ayan.applicant.name not in page
    assert f'href="/rounds/{run.round_id}/report"' in visitor().get(f"/rounds/{run.round_id}").text


def _seed(run) -> str:
    (seed,) = queries.seeds(run.round.call)
    return seed


def test_cutoffs_stand_where_a_rule_by_merit_decided(app, write, visitor):
    at, run = crowded(write, "deferred_acceptance")
    told = {place.offer.code: place for place in places(run, everything=True)}
    assert (told["A"].admitted, told["A"].cutoff) == (6, 91.0)
    page = visitor(at.admin).read(f"/rounds/{run.round_id}")
    assert "The cut-off is the lowest score that was admitted." in page
    assert f"{at.a.title_en} 6 6 91" in page


def test_small_places_and_their_scores_are_hidden_from_all_but_admins(app, write, visitor):
    at, run = crowded(write, "deferred_acceptance")
    for reader in (None, at.ayan.applicant, at.sender, at.receiver):
        page = visitor(reader).read(f"/rounds/{run.round_id}")
        assert f"{at.b.title_en} 1 not shown not shown" in page
        assert f"{at.a.title_en} 6 not shown not shown" in page  # else B follows from the sum
    assert f"{at.b.title_en} 1 1 90" in visitor(at.admin).read(f"/rounds/{run.round_id}")


def test_the_largest_effect_is_not_named_at_a_small_place(app, write):
    _at, run = crowded(write)
    hidden, everything = places(run), places(run, everything=True)
    assert [one.offer.code for one in seats_more(run, everything).most][:1] == ["A"]
    assert seats_more(run, hidden).most == []
    assert seats_more(run, hidden).hides


def test_who_may_download_the_file_reads_the_sums_that_stand_in_it(app, visitor):
    at = scene()
    run = published(at)
    for reader in (at.ayan.applicant, at.sender, at.receiver, at.admin):
        assert "first choice 1" in visitor(reader).read(f"/rounds/{run.round_id}")
    for reader in (None, outsider()):
        page = visitor(reader).read(f"/rounds/{run.round_id}")
        assert "Fewer than five people took part" in page
        assert "first choice" not in page


def outsider():
    with transaction():
        return factories.coordinator(factories.institution("enu.kz"))


def test_an_answer_of_few_does_not_follow_from_the_sum(app, write, visitor):
    """One has declined and six have not answered: both are hidden, or 7 less 6 would tell."""
    at, run = crowded(write)
    with write():
        placement = next(row.placement for row in run.rows if row.application_id == at.ayan.id)
        decline_place(placement, at.ayan.applicant)
    page = visitor().read(f"/rounds/{run.round_id}/report")
    assert "Answer: declined not shown" in page
    assert "No answer yet not shown" in page
    assert "Answer: accepted 0" in page
    page = visitor(at.admin).read(f"/rounds/{run.round_id}/report")
    assert "Answer: declined 1" in page


def test_the_report_lists_all_runs_on_record(app, write, visitor):
    at = scene()
    round_ = frozen(at)
    with write():
        other = services.request_run(round_, at.admin, policy="rank_maximal")
        gone = services.request_run(round_, at.admin, policy="generous_maximum")
        run = services.request_run(round_, at.admin)
        services.cancel_run(gone, at.admin)
    finish(other)
    finish(run)
    assert visitor(at.admin).get(f"/rounds/{round_.id}/report").status_code == 404
    with write():
        services.publish_run(run, at.admin)
    page = visitor().read(f"/rounds/{round_.id}/report")
    for one in (other, gone, run):
        assert f"Run {one.id}" in page
    assert "cancelled" in page
    assert round_.snapshot_hash in page
    assert "Applicants in the round fewer than 5" in page
    assert "Rank-maximal" in page
    assert "Print" in page
    for application in (at.ayan, at.bota, at.chingiz, at.dana):
        assert application.applicant.name not in page
        assert application.pseudonym not in page.split()
