"""Rounds that give several courses to one person are solved as well as by another algorithm."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from mobility.rounds.computing.runs import compute
from mobility.rounds.snapshot import Inputs, canonical

from ..examples import examples
from .snapshots import snapshot


@st.composite
def rounds(draw):
    """A snapshot of a few people and courses, with everything that binds."""
    m = draw(st.integers(1, 5))
    codes = [f"K{at}" for at in range(m)]
    seats = {code: draw(st.integers(0, 2)) for code in codes}
    people = {}
    for who in range(draw(st.integers(1, 4))):
        listed = draw(st.lists(st.sampled_from(codes), unique=True, max_size=m))
        score = draw(st.integers(0, 100))
        people[f"p{who}"] = (score, listed, draw(st.sets(st.sampled_from(codes), max_size=1)))
    people = {
        name: (score, listed, [code for code in closed if code in listed])
        for name, (score, listed, closed) in people.items()
    }
    quotas = []
    if draw(st.booleans()):
        upper = draw(st.integers(0, 3))
        some = draw(st.lists(st.sampled_from(codes), unique=True, min_size=1))
        quotas.append(
            {"group": "Q001", "offers": some, "weights": [1] * len(some), "lower": None,
             "upper": upper}
        )  # fmt: skip
    if draw(st.booleans()):
        signs = [draw(st.sampled_from([1, -1])) for _ in codes]
        quotas.append(
            {"group": "Q002", "offers": codes, "weights": signs,
             "lower": -draw(st.integers(0, 1)), "upper": draw(st.integers(0, 1))}
        )  # fmt: skip
    form = json.loads(
        snapshot(limit=m, weight=draw(st.integers(0, 2)), seats=seats, people=people, quotas=quotas)
    )
    public = form["public"]
    public["rules"]["max_credits"] = 300
    for offer in public["offers"]:
        offer["credits"] = draw(st.integers(1, 6)) * 5
    known = [offer["code"] for offer in public["offers"]]
    pairs = list(combinations(known, 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    public["clashes"] = [list(pair) for pair in chosen]
    for row in public["applicants"]:
        row["wants"] = draw(st.integers(1, 4))
        row["credits"] = draw(st.integers(0, 80))
    return canonical(form)


def best_value(inputs: Inputs) -> float:
    """The greatest sum of wishes, by an integer programme of its own: x a choice, y a person."""
    rows, costs, owners = [], [], []
    unplaced = (inputs.limit + 1) ** 2
    for who, (listed, closed) in enumerate(zip(inputs.lists, inputs.closed, strict=True)):
        for rank, code in enumerate(listed, start=1):
            rows.append((who, inputs.codes.index(code), code in closed))
            costs.append(inputs.factors[who] * (rank * rank - unplaced))
            owners.append(who)
    groups = []
    for quota in inputs.quotas:
        for sign in (1, -1):
            offers = {
                o for o, w in zip(quota["offers"], quota["weights"], strict=True) if w == sign
            }
            groups.append((quota, sign, offers))
    k, n = len(rows), len(inputs.pseudonyms)
    size = k + n * len(groups)
    limits: list[tuple[np.ndarray, float, float]] = []

    def add(entries, low, high):
        row = np.zeros(size)
        for at, weight in entries:
            row[at] += weight
        limits.append((row, low, high))

    for offer, seats in enumerate(inputs.seats):
        add([(at, 1) for at, row in enumerate(rows) if row[1] == offer], 0, seats)
    for who in range(n):
        own = [at for at, owner in enumerate(owners) if owner == who]
        add([(at, 1) for at in own], 0, inputs.wants[who])
        add([(at, inputs.credits[rows[at][1]]) for at in own], 0, inputs.most_credits[who])
        for one, other in inputs.clashes:
            add([(at, 1) for at in own if rows[at][1] in {one, other}], 0, 1)
        for number, (_quota, _sign, offers) in enumerate(groups):
            goes = k + who * len(groups) + number
            inside = [at for at in own if rows[at][1] in offers]
            for at in inside:
                add([(goes, 1), (at, -1)], 0, 1)
            add([*((at, 1) for at in inside), (goes, -1)], 0, size)
    for quota in inputs.quotas:
        add(
            [
                (k + who * len(groups) + number, sign)
                for number, (of, sign, _offers) in enumerate(groups)
                if of is quota
                for who in range(n)
            ],
            -np.inf if quota["lower"] is None else quota["lower"],
            np.inf if quota["upper"] is None else quota["upper"],
        )
    upper = np.ones(size)
    upper[[at for at, row in enumerate(rows) if row[2]]] = 0
    if not size:
        return 0.0
    solved = milp(
        np.array(costs + [0] * (size - k)),
        integrality=np.ones(size),
        bounds=Bounds(0, upper),
        constraints=[
            LinearConstraint(
                np.array([row for row, _low, _high in limits]),
                [low for _row, low, _high in limits],
                [high for _row, _low, high in limits],
            )
        ],
    )
    assert solved.success
    return round(solved.fun) / 100


@settings(max_examples=examples(60), deadline=None)
@given(rounds())
def test_result_is_as_good_as_any(text):
    inputs = Inputs(text)
    outcome = compute(text, "linear_assignment", "1")
    assert outcome["certificate"]["feasible"]
    assert outcome["stats"]["objective"] == pytest.approx(best_value(inputs))
    for quota in inputs.quotas:
        people = {
            sign: {
                row["pseudonym"]
                for row in outcome["rows"]
                if row["code"] is not None
                and (inputs.codes.index(row["code"]), sign)
                in list(zip(quota["offers"], quota["weights"], strict=True))
            }
            for sign in (1, -1)
        }
        net = len(people[1]) - len(people[-1])
        assert quota["upper"] is None or net <= quota["upper"]
        assert quota["lower"] is None or net >= quota["lower"]
