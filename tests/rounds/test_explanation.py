"""What each person is told holds: a choice said to be full is full, under every policy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mobility.accounts.models import Cefr
from mobility.db import db
from mobility.rounds.computing.runs import compute
from mobility.rounds.models import RunRow
from mobility.rounds.words.explanation import principle, reasons
from mobility.rounds.words.wording import rule
from tests.examples import examples

from .scenes import published, scene
from .snapshots import snapshot

CODES = ["A", "B", "C", "D"]


@st.composite
def snapshots(draw):
    people = {}
    for number in range(draw(st.integers(1, 8))):
        wanted = draw(st.permutations(CODES))
        people[f"{number:04}"] = (
            draw(st.integers(0, 10000)) / 100,
            wanted[: draw(st.integers(0, 4))],
            draw(st.sets(st.sampled_from(wanted), max_size=2)),
        )
    seats = {code: draw(st.integers(0, 3)) for code in CODES}
    weight = draw(st.integers(0, 3))
    return people, snapshot(limit=4, weight=weight, seats=seats, people=people)


@pytest.mark.parametrize(
    "policy", ["linear_assignment", "serial_dictatorship", "deferred_acceptance"]
)
@settings(max_examples=examples(40), deadline=None)
@given(drawn=snapshots())
def test_every_choice_above_the_granted_one_is_full(policy, drawn):
    people, text = drawn
    outcome = compute(text, policy, "11")
    seats, filled = outcome["stats"]["seats_by_offer"], outcome["stats"]["filled"]
    for row in outcome["rows"]:
        _score, wanted, closed = people[row["pseudonym"]]
        above = wanted if row["rank"] is None else wanted[: row["rank"] - 1]
        assert all(filled.get(code, 0) == seats[code] for code in above if code not in closed)
        assert row["code"] not in closed
        assert row["rank"] is None or wanted[row["rank"] - 1] == row["code"]


def row_of(application) -> RunRow:
    return db.session.scalars(select(RunRow).where(RunRow.application_id == application.id)).one()


def test_reasons_follow_the_list(app, write):
    at = scene()
    published(at)
    told = reasons(row_of(at.bota), at.bota.choices)
    assert [(r.rank, r.offer.code, str(r.outcome)) for r in told] == [
        (1, "A", "not granted"),
        (2, "B", "your place"),
    ]
    assert told[0].text == "Its 1 seat went to somebody else."
    told = reasons(row_of(at.ayan), at.ayan.choices)
    assert [str(r.outcome) for r in told] == ["your place", "not needed"]
    assert told[0].text == "This was your first choice."
    assert reasons(row_of(at.dana), at.dana.choices) == []


def test_no_claim_of_optimality_without_a_proof(app, write):
    at = scene()
    run = published(at)
    assert principle(run).startswith("Giving you one of these seats would not have made the whole")
    with write():
        run.certificate = {**run.certificate, "optimal": False, "proof": "none"}
    assert principle(run) is None


def test_scores_are_named_only_where_they_count(app, write):
    at = scene()
    run = published(at)
    assert "lower score who had no other way" in principle(run)
    assert "those of higher scores" in rule(run)
    with write():
        at.call.merit_weight = 0
    assert principle(run).endswith("Scores do not count in this call.")
    assert "those of higher scores" not in rule(run)
    assert "Scores do not count in this call." in rule(run)


def test_under_an_order_of_merit_the_order_is_the_reason(app, write):
    at = scene()
    run = published(at)
    with write():
        run.policy = "serial_dictatorship"
    assert "come before you by score" in principle(run)


def test_a_choice_whose_conditions_are_not_met_keeps_its_rank_and_is_never_granted(app, write):
    at = scene()
    with write():
        at.ayan.applicant.profile.skills[0].cefr = Cefr.A1
        at.a.cefr = Cefr.B1
    run = published(at)
    told = reasons(row_of(at.ayan), at.ayan.choices)
    assert [(r.rank, str(r.outcome), r.contested) for r in told] == [
        (1, "not granted", False),
        (2, "your place", False),
    ]
    assert told[0].text == (
        "When the round began you did not meet the conditions of this place. "
        "English at B1 or better; your profile says A1."
    )
    assert run.stats["profile"] == [1, 1, 0]
    assert run.certificate["optimal"]
