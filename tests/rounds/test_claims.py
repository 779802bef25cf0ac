"""What people are told holds: each claim is a number, and solving again with it confirms it.

Random participants of random rounds over all policies; `make prove` asks a thousand.
"""

import random

import numpy as np
import pytest

from matching import POLICIES, UNMATCHED, Quota, Result, explain_many, rank_profile, solve
from matching.variants import changed, in_integers
from mobility.rounds.computing.claims import TOGETHER, claims_of
from mobility.rounds.computing.told import FEW
from mobility.rounds.snapshot import Inputs
from tests.examples import examples

from .snapshots import snapshot

SEED = "11"
EACH = -(-examples(120, most=1000) // len(POLICIES))
"""Participants of each policy."""

QUOTAED = examples(24, most=150)
"""Participants where quotas bind: each claim takes solving a program of constraints."""

CODES = ["A", "B", "C", "D", "E"]


def a_round(draw: random.Random, **values) -> str:
    """A snapshot in which places are contested, scores are often equal, some choices closed."""
    people = draw.randint(6, 24)
    scores = draw.choice([[60, 70, 80], [n / 100 for n in range(5000, 10001)]])
    return snapshot(
        limit=4,
        weight=draw.choice([0, 1, 1, 3]),
        seats={code: draw.choice([0, 1, 2, 3, 6, 7]) for code in CODES},
        people={
            f"{number:04}": (
                draw.choice(scores),
                (wanted := draw.sample(CODES, draw.randint(1, 4))),
                draw.sample(wanted, 1) if draw.random() < 0.1 else [],
            )
            for number in range(people)
        },
        **values,
    )


class Told:
    """One person of a round, what they got and are told, and the means to try it."""

    def __init__(self, snapshot: str, policy: str, who: int) -> None:
        self.inputs = Inputs(snapshot)
        self.instance = self.inputs.instance(policy, SEED)
        self.result = solve(self.instance, policy, seed=int(SEED))
        self.policy, self.who = policy, who
        self.begin = int(self.instance.indptr[who])
        pseudonym = self.inputs.pseudonyms[who]
        self.told = claims_of(snapshot, policy, SEED, [pseudonym], 60)[pseudonym]

    def rank(self, result: Result) -> float:
        """The rank that the person has in a result, infinite without a place."""
        at = int(result.choice[self.who])
        return float("inf") if at == UNMATCHED else at - self.begin + 1

    def again(self, **changes) -> Result:
        changes.setdefault("lottery", self.instance.lottery)
        return solve(changed(self.instance, **changes), self.policy, seed=int(SEED))

    def with_cost_lower(self, rank: int, by: int) -> Result:
        arguments = in_integers(self.instance)
        cost = self.instance.costs.copy()
        cost[self.begin + rank - 1] -= by
        return self.again(**(arguments | {"cost": cost}))

    def with_score(self, score: float) -> Result:
        merit = self.instance.merit.copy()
        merit[self.who] = score
        return self.again(merit=merit)

    def standing(self, order: list[int]) -> float:
        """The rank that the person has where people stand in this order."""
        lottery = np.empty(len(order), dtype=np.int64)
        lottery[order] = np.arange(1, len(order) + 1)
        return self.rank(self.again(merit=None, lottery=lottery))

    def check(self) -> set[str]:
        """Try every claim; the kinds there were."""
        now = self.rank(self.result)
        assert (self.told["rank"] or float("inf")) == now
        above = [rank for rank in range(1, len(self.inputs.lists[self.who]) + 1) if rank < now]
        assert [claim["rank"] for claim in self.told["claims"]] == above
        for claim in self.told["claims"]:
            getattr(self, f"check_{claim['kind']}")(claim)
            self.check_quotas(claim)
        return {claim["kind"] for claim in self.told["claims"]}

    def check_ineligible(self, claim) -> None:
        code = self.inputs.lists[self.who][claim["rank"] - 1]
        assert code in self.inputs.closed[self.who]

    def check_no_seats(self, claim) -> None:
        code = self.inputs.lists[self.who][claim["rank"] - 1]
        assert self.inputs.seats[self.inputs.codes.index(code)] == 0

    def check_cutoff(self, claim) -> None:
        """At the place in the order of the last admitted they would have got it; below it not."""
        offer = self.instance.offer[self.begin + claim["rank"] - 1]
        order = sorted(
            range(self.instance.applicants),
            key=lambda who: (-self.instance.merit[who], self.instance.lottery[who]),
        )
        admitted = set(self.instance.applicant[self.result.chosen & (self.instance.offer == offer)])
        last = [who for who in order if who in admitted][-1]
        if len(admitted) < FEW:
            assert (claim["last_score"], claim["last_lottery"]) == (None, None)
        else:
            assert claim["last_score"] == self.instance.merit[last]
            assert claim["last_lottery"] == self.instance.lottery[last]
        order.remove(self.who)
        at = order.index(last)
        assert self.standing([*order[:at], self.who, *order[at:]]) <= claim["rank"]
        assert self.standing([*order[: at + 1], self.who, *order[at + 1 :]]) != claim["rank"]

    def check_cost(self, claim) -> None:
        """With a cost lower by t they would have got it, by t - 1 not."""
        assert claim["exact"]
        rank, lower_by = claim["rank"], claim["lower_by"]
        if lower_by is None:
            assert claim["places_lost"] > 0
            assert self.rank(self.with_cost_lower(rank, 10**9)) != rank
        else:
            assert self.rank(self.with_cost_lower(rank, lower_by)) == rank
            assert self.rank(self.with_cost_lower(rank, lower_by - 1)) != rank
        if claim["price"] is not None:
            own = claim["cost"] + claim["price"]
            assert own >= self.told["at"]["cost"] + self.told["at"]["price"]
        self.check_score(claim)

    def check_score(self, claim) -> None:
        """With the score named they get it or a better one, with 100 not where none is named."""
        enough = self.told["score_enough"].get(str(claim["rank"]), "unknown")
        if enough is None:
            assert self.rank(self.with_score(100)) > claim["rank"]
        elif enough != "unknown":
            assert self.rank(self.with_score(enough)) <= claim["rank"]
            # a hundredth is the lottery's where both are equally good, two are not enough
            if enough - 0.02 > self.told["score"]:
                assert self.rank(self.with_score(round(enough - 0.02, 2))) > claim["rank"]

    def check_quota_full(self, claim) -> None:
        code = self.inputs.lists[self.who][claim["rank"] - 1]
        assert self.inputs.seats[self.inputs.codes.index(code)] > 0

    def check_quotas(self, claim) -> None:
        """With a quota lifted for this person they get that choice or a better one."""
        named = {quota["group"] for quota in claim["quotas"]}
        for row, quota in enumerate(self.instance.quotas):
            theirs = self.instance.applicant[quota.choices] == self.who
            lifted = list(self.instance.quotas)
            lifted[row] = Quota(
                quota.choices[~theirs], quota.coefficients[~theirs], quota.lower, quota.upper
            )
            there = self.rank(self.again(quotas=lifted))
            if self.inputs.binding[row]["group"] in named:
                assert there <= claim["rank"]
            elif theirs.any():
                assert there > claim["rank"]
        for quota in self.inputs.of_one_offer:
            if quota["group"] in named:
                assert self.rank(self.with_a_seat_beside(claim["rank"])) <= claim["rank"]

    def with_a_seat_beside(self, rank: int) -> Result:
        """A seat more at one offer, which is for this person alone."""
        offer = self.instance.offer.copy()
        offer[self.begin + rank - 1] = self.instance.offers
        padding = {
            name: [*getattr(self.instance, name), filler]
            for name, filler in (("capacity", 1), ("min_seats", 0), ("may_close", False))
        }
        return self.again(offer=offer, **padding)

    def check_profile(self, claim) -> None:
        """The best profile with the seat given to them is worse by just that many people."""
        at = self.begin + claim["rank"] - 1
        assert claim["possible"]
        others = [row for who, row in enumerate(self.inputs.rows) if who != self.who]
        capacity = self.instance.capacity.copy()
        capacity[self.instance.offer[at]] -= 1
        rest = type(self.instance).from_lists(others, capacity, limit=self.instance.limit)
        profile = rank_profile(rest, solve(rest, self.policy, seed=int(SEED)))
        profile[claim["rank"] - 1] += 1
        actual = rank_profile(self.instance, self.result)
        if claim["decided_by"] is None:
            assert profile.tolist() == actual.tolist()
        elif claim["decided_by"] == "placed":
            assert actual.sum() - profile.sum() == claim["fewer"] > 0
        else:
            rank = claim["decided_by"] - 1
            before = slice(rank + 1, None) if self.policy == "generous_maximum" else slice(rank)
            assert profile[before].tolist() == actual[before].tolist()
            assert actual[rank] - profile[rank] == claim["fewer"] != 0


@pytest.mark.parametrize("policy", POLICIES)
def test_every_claim_is_confirmed_by_solving_again(policy):
    draw = random.Random(f"claims of {policy}")
    kinds: set[str] = set()
    asked = 0
    while asked < EACH:
        text = a_round(draw)
        people = len(Inputs(text).pseudonyms)
        for who in draw.sample(range(people), min(4, people)):
            kinds |= Told(text, policy, who).check()
            asked += 1
    decided = "cost" if policy == "linear_assignment" else "profile"
    if policy in {"serial_dictatorship", "deferred_acceptance"}:
        decided = "cutoff"
    assert kinds >= {decided, "no_seats"}


QUOTAS = [
    {"group": "Q001", "offers": ["A", "B"], "weights": [1, 1], "lower": None, "upper": 3},
    {"group": "Q002", "offers": ["C", "D"], "weights": [1, -1], "lower": -1, "upper": 1},
    {"group": "Q003", "offers": ["E"], "weights": [1], "lower": None, "upper": 1},
]
"""Two places under one condition, two between which a balance is kept, one under its own."""


def test_claims_hold_where_quotas_bind():
    draw = random.Random("quotas")
    asked = 0
    named: set[str] = set()
    while asked < QUOTAED:
        upper = draw.choice([0, 1])
        taken = a_round(draw, quotas=[*QUOTAS[:2], {**QUOTAS[2], "upper": upper}])
        for who in draw.sample(range(len(Inputs(taken).pseudonyms)), 3):
            told = Told(taken, "linear_assignment", who)
            told.check()
            named |= {quota["group"] for claim in told.told["claims"] for quota in claim["quotas"]}
            asked += 1
    assert named == {"Q001", "Q002", "Q003"}


def test_the_time_given_is_kept_and_the_rest_is_left(monkeypatch):
    snapshot = a_round(random.Random(3))
    people = Inputs(snapshot).pseudonyms
    monkeypatch.setattr("mobility.rounds.computing.claims.TOGETHER", 2)
    assert len(claims_of(snapshot, "linear_assignment", SEED, people, 0)) == 2
    whole = claims_of(snapshot, "linear_assignment", SEED, people, 60)
    assert sorted(whole) == people
    assert TOGETHER == 500


def test_under_a_quota_the_time_is_looked_at_after_each_person():
    snapshot = a_round(random.Random(3), quotas=QUOTAS)
    people = Inputs(snapshot).pseudonyms
    assert len(claims_of(snapshot, "linear_assignment", SEED, people, 0)) == 1


def test_one_person_is_told_the_same_as_all_together():
    snapshot = a_round(random.Random(5))
    inputs = Inputs(snapshot)
    whole = claims_of(snapshot, "linear_assignment", SEED, inputs.pseudonyms, 60)
    instance = inputs.instance("linear_assignment", SEED)
    result = solve(instance, seed=int(SEED))
    for who, told in enumerate(explain_many(instance, result, range(instance.applicants))):
        pseudonym = inputs.pseudonyms[who]
        alone = claims_of(snapshot, "linear_assignment", SEED, [pseudonym], 60)
        assert alone == {pseudonym: whole[pseudonym]}
        assert len(told.reasons) == len(whole[pseudonym]["claims"])
