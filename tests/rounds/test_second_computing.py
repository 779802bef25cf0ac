"""What every second round keeps, computed from plain values: no database, many rounds."""

import json

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from mobility.rounds.computing.runs import NotFeasible, compute
from mobility.rounds.computing.second_rounds import check_rows, compute_second
from mobility.rounds.sequel.standing import FORMAT, Standing
from mobility.rounds.snapshot import Inputs, canonical
from tests.examples import examples


def public(policy, limit, weight, *, offers, applicants) -> str:
    """The public part of a snapshot: (code, seats); (name, level, choices, closed)."""
    return canonical(
        {
            "format": "sapar-round/2",
            "engine": "test",
            "rules": {"policy": policy, "max_choices": limit, "merit_weight": weight},
            "commitments": [],
            "overrides": {"excluded": 0, "pre_placed": []},
            "offers": [
                {"code": code, "seats": seats, "min_seats": 0, "may_close": False}
                for code, seats in offers
            ],
            "quotas": [],
            "applicants": [
                {
                    "pseudonym": name,
                    "order": level,
                    "factor": 10_000 + weight * level * 2500,
                    "choices": choices,
                    "closed": closed,
                }
                for name, level, choices, closed in applicants
            ],
        }
    )


@st.composite
def rounds(draw):
    """A snapshot of a few people and places, the policy, and what everybody answers."""
    places = draw(st.integers(1, 5))
    codes = [f"P{number}" for number in range(places)]
    people = draw(st.integers(1, 9))
    policy = draw(
        st.sampled_from(["linear_assignment", "deferred_acceptance", "serial_dictatorship"])
    )
    weight = draw(st.integers(0, 2))
    levels = draw(st.lists(st.integers(0, 4), min_size=people, max_size=people))
    snapshot = public(
        policy,
        places,
        weight,
        offers=[(code, draw(st.integers(0, 3))) for code in codes],
        applicants=[
            (f"p{number}", level, draw(st.lists(st.sampled_from(codes), unique=True)), [])
            for number, level in enumerate(levels)
        ],
    )
    answers = draw(
        st.lists(st.sampled_from(["locked", "left", "upgrade"]), min_size=people, max_size=people)
    )
    extra = draw(st.lists(st.integers(0, 1), min_size=places, max_size=places))
    most = draw(st.none() | st.integers(0, 2)) if policy == "linear_assignment" else None
    return snapshot, policy, answers, extra, most


@settings(max_examples=examples(60, most=1000), deadline=None)
@drawn(rounds())
def test_nobody_locked_moves_and_no_upgrade_loses(case):
    snapshot, policy, answers, extra, most = case
    first = compute(snapshot, policy, "7")
    held = [row["rank"] for row in first["rows"]]
    groups = [
        answer if rank is not None else None for answer, rank in zip(answers, held, strict=True)
    ]
    form = json.loads(snapshot)
    live = sum(group in {"locked", "upgrade"} for group in groups)
    standing = {
        "format": FORMAT,
        "snapshot": "",
        "offers": [
            {"code": offer["code"], "seats": offer["seats"] + more}
            for offer, more in zip(form["offers"], extra, strict=True)
        ],
        "quotas": []
        if most is None
        else [
            {
                "offers": [offer["code"] for offer in form["offers"]],
                "weights": [1] * len(form["offers"]),
                "lower": None,
                "upper": live + most,
            }
        ],
        "people": [
            {"pseudonym": row["pseudonym"], "group": group, "rank": row["rank"]}
            for row, group in zip(first["rows"], groups, strict=True)
            if group
        ],
    }
    outcome = compute_second(snapshot, json.dumps(standing), policy, "7")
    rows = {row["pseudonym"]: row for row in outcome["rows"]}
    for row, group in zip(first["rows"], groups, strict=True):
        found = rows.get(row["pseudonym"])
        if group in {"locked", "left"}:
            assert found is None
        elif group == "upgrade":
            assert found["rank"] <= row["rank"] == found["held_rank"]
        elif found["rank"] is not None:
            assert found["held_rank"] is None
    taken = np.unique([row["code"] for row in outcome["rows"] if row["code"]], return_counts=True)
    seats = {offer["code"]: offer["seats"] for offer in standing["offers"]}
    assert all(count <= seats[code] for code, count in zip(*taken, strict=True))
    if most is not None:
        assert outcome["stats"]["placed"] <= most
    assert outcome["certificate"]["proof"] in {"prices", "policy", "solver"}


def test_the_plain_check_finds_each_broken_promise():
    snapshot = public(
        "linear_assignment",
        2,
        1,
        offers=[("A", 1), ("B", 1)],
        applicants=[
            ("a", 0, ["A", "B"], []),
            ("b", 0, ["A", "B"], ["A"]),
            ("c", 0, ["B"], []),
        ],
    )
    standing = json.dumps(
        {
            "format": FORMAT, "snapshot": "",
            "offers": [{"code": "A", "seats": 1}, {"code": "B", "seats": 1}],
            "quotas": [
                {"offers": ["A", "B"], "weights": [1, 1], "lower": None, "upper": 2}
            ],
            "people": [
                {"pseudonym": "b", "group": "upgrade", "rank": 2},
                {"pseudonym": "c", "group": "left", "rank": 1},
            ],
        }
    )  # fmt: skip
    stands = Standing(Inputs(snapshot), standing)

    def row(pseudonym, held, code, rank):
        return {"pseudonym": pseudonym, "held_rank": held, "code": code, "rank": rank}

    check_rows(stands, [row("a", None, "A", 1), row("b", 2, "B", 2)])
    for wrong, why in (
        ([row("c", None, "B", 1)], "is in the result"),
        ([row("b", 2, None, None)], "would lose"),
        ([row("b", None, "B", 2)], "holds another place"),
        ([row("b", 2, "A", 1)], "cannot get"),
        ([row("a", None, "B", 1)], "cannot get"),
        ([row("a", None, "B", 2), row("b", 2, "B", 2)], "more people than seats"),
    ):
        with pytest.raises(NotFeasible, match=why):
            check_rows(stands, wrong)


def test_what_a_quota_leaves_is_that_of_now_also_where_the_round_was_read_before():
    snapshot = public(
        "linear_assignment", 1, 1, offers=[("A", 3)], applicants=[("a", 0, ["A"], [])]
    )
    inputs = Inputs(snapshot)
    of_a = {"offers": [0], "weights": [1], "lower": None, "upper": 1}
    inputs.quotas = [of_a]
    assert inputs.capacity == [1]
    standing = json.dumps(
        {
            "format": FORMAT, "snapshot": "",
            "offers": [{"code": "A", "seats": 3}],
            "quotas": [{**of_a, "offers": ["A"], "upper": 2}],
            "people": [],
        }
    )  # fmt: skip
    assert Standing(inputs, standing).now.capacity == [2]
