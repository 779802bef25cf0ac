"""A snapshot is read: people, offers and quotas by position, and the arrays of the engine."""

import json
from collections.abc import Collection
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..draw import key_from, lottery_number, places_of
from .bundles import Bundles
from .text import FORMAT, digest_of, parts_of

if TYPE_CHECKING:
    from matching import Instance, Quota


NOTHING = frozenset[str]()
"""What is closed to nearly everybody: nothing, and one nothing for all of them."""

ONE_SEAT = [1, 0]
"""What nearly everybody takes: one seat, for students where there are others."""


class Inputs:
    """A snapshot, read: people and offers by position, offers called by their own codes.

    Its text is canonical. Of a public part alone offers have their codes of the round, and scores
    are those that give the same costs and the same order. The offers of quotas are positions.
    """

    def __init__(self, snapshot: str) -> None:
        of_partners, public = parts_of(snapshot)
        form: dict[str, Any] = json.loads(public)
        if form["format"] != FORMAT:
            raise ValueError(f"a snapshot of format {form['format']}, not {FORMAT}")
        private = json.loads(of_partners) if of_partners else None
        self.hash = digest_of(public)
        self.engine: str = form["engine"]
        self.rules: dict[str, Any] = form["rules"]
        self.policy: str = self.rules["policy"]
        self.limit: int = self.rules["max_choices"]
        self.weight: int = self.rules["merit_weight"]
        self.excluded: int = form["overrides"]["excluded"]
        self.commitments: list[str] = form["commitments"]
        self.round_codes: list[str] = [offer["code"] for offer in form["offers"]]
        called = {
            code: private["offers"][code]["code"] if private else code for code in self.round_codes
        }
        self.codes: list[str] = list(called.values())
        self.pre_placed: list[dict[str, Any]] = [
            {**row, "called": called[row["offer"]]}
            for row in form["overrides"].get("pre_placed", [])
        ]
        self.seats: list[int] = [offer["seats"] for offer in form["offers"]]
        self.min_seats: list[int] = [offer["min_seats"] for offer in form["offers"]]
        self.may_close: list[bool] = [offer["may_close"] for offer in form["offers"]]
        self.quotas: list[dict[str, Any]] = [
            {**quota, "offers": [self.round_codes.index(code) for code in quota["offers"]]}
            for quota in form["quotas"]
        ]
        self.several: bool = "max_credits" in self.rules
        self.credits: list[int] = [offer.get("credits", 0) for offer in form["offers"]]
        self.clashes: list[list[int]] = [
            [self.round_codes.index(code) for code in pair] for pair in form.get("clashes", [])
        ]
        self.groups: dict[str, dict[str, Any]] = private["groups"] if private else {}
        people: list[dict[str, Any]] = form["applicants"]
        self.pseudonyms: list[str] = [row["pseudonym"] for row in people]
        self.takes: list[list[int]] = [row.get("takes", ONE_SEAT) for row in people]
        self.wants: list[int] = [row.get("wants", 1) for row in people]
        self.most_credits: list[int] = [row.get("credits", 0) for row in people]
        self.factors: list[int] = [row.get("factor", 0) for row in people]
        self.scores: list[float] = (
            private["scores"] if private else [self._score(row) for row in people]
        )
        self.lists: list[list[str]] = [[called[code] for code in row["choices"]] for row in people]
        self.closed: list[frozenset[str]] = [
            frozenset(called[code] for code in row["closed"]) if row["closed"] else NOTHING
            for row in people
        ]
        barred = set[str]().union(*self.closed)
        self.barred = [code for code in self.codes if code in barred]

    def _score(self, row: dict[str, Any]) -> float:
        """The score that a factor tells; where it tells none, one that keeps the order."""
        if self.weight and "factor" in row:
            return float((row["factor"] - 10_000) / self.weight / 100)
        return float(row["order"] / 100)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The position of each person by pseudonym."""
        return {pseudonym: who for who, pseudonym in enumerate(self.pseudonyms)}

    @cached_property
    def rows(self) -> list[list[int]]:
        """Each person's list as positions of offers.

        Behind the offers stands a twin without seats of each offer that is closed to somebody:
        a closed choice means the twin, so that it keeps its rank and cannot be granted.
        """
        offer = {code: index for index, code in enumerate(self.codes)}
        twin = {code: index for index, code in enumerate(self.barred, start=len(offer))}
        return [
            [twin[code] if code in closed else offer[code] for code in choices]
            for choices, closed in zip(self.lists, self.closed, strict=True)
        ]

    @cached_property
    def capacity(self) -> list[int]:
        """The seats of each offer; where it alone has a quota, no more than that leaves."""
        capacity = list(self.seats)
        for quota in self.of_one_offer:
            (offer,) = quota["offers"]
            capacity[offer] = min(capacity[offer], quota["upper"])
        return capacity

    @cached_property
    def of_one_offer(self) -> list[dict[str, Any]]:
        """The quotas that the seats of one offer can keep."""
        if self.several or self._teams:
            return []
        return [quota for quota in self.quotas if _is_of_one_offer(quota)]

    @cached_property
    def has_pools(self) -> bool:
        """Whether places have seats for students and others for teachers."""
        return any("counts" in quota for quota in self.quotas)

    @cached_property
    def _teams(self) -> bool:
        """Whether somebody is more than one person."""
        return any(sum(takes) > 1 for takes in self.takes)

    @cached_property
    def binding(self) -> list[dict[str, Any]]:
        """The quotas that seats alone do not keep already."""
        return [
            quota
            for quota in self.quotas
            if quota not in self.of_one_offer and self._can_break(quota)
        ]

    def _can_break(self, quota: dict[str, Any]) -> bool:
        if self.several:
            return self.bundles.can_break(quota)
        sums = [
            weight * self.capacity[offer]
            for offer, weight in zip(quota["offers"], quota["weights"], strict=True)
        ]
        most, least = sum(x for x in sums if x > 0), sum(x for x in sums if x < 0)
        upper, lower = quota["upper"], quota["lower"]
        return (upper is not None and most > upper) or (lower is not None and least < lower)

    def without(self, groups: Collection[str]) -> "Inputs":
        """The same inputs with the quotas of some groups left out."""
        other = copy(self)
        for reckoned in ("capacity", "of_one_offer", "binding", "bundles"):
            vars(other).pop(reckoned, None)
        other.quotas = [quota for quota in self.quotas if quota["group"] not in groups]
        return other

    def instance(self, policy: str, seed: str) -> "Instance":
        """The arrays of `matching`, with the lottery that the key `seed` draws.

        Solving raises UnsupportedConstraint for a policy that cannot keep what binds.
        """
        if self.several:
            return self.bundles.instance(self.lottery(seed))
        import numpy as np  # numpy only where a round is computed

        from matching import Instance

        minimums: dict[str, Any] = {}
        if any(self.min_seats):
            minimums["min_seats"] = [*self.min_seats, *(0 for _ in self.barred)]
            minimums["may_close"] = [
                closes and least > 0
                for closes, least in zip(self.may_close, self.min_seats, strict=True)
            ] + [False for _ in self.barred]
        offer = np.array([place for choices in self.rows for place in choices], dtype=np.int64)
        return Instance(
            indptr=np.cumsum([0, *map(len, self.rows)]),
            offer=offer,
            capacity=[*self.capacity, *(0 for _ in self.barred)],
            merit=self.scores,
            weight=self.weight,
            limit=self.limit,
            lottery=self.lottery(seed),
            quotas=[self._quota(quota, offer) for quota in self.binding],
            **minimums,
        )

    @cached_property
    def bundles(self) -> Bundles:
        """How a round is computed that gives several courses to one person."""
        return Bundles(self)

    def _quota(self, quota: dict[str, Any], offer: Any) -> "Quota":
        import numpy as np  # see instance

        from matching import Quota

        weights = np.zeros(len(self.codes) + len(self.barred), dtype=np.int64)
        weights[quota["offers"]] = quota["weights"]
        counted = np.array(self.takes) @ quota.get("counts", [1, 1])
        coefficients = weights[offer] * np.repeat(counted, [len(row) for row in self.rows])
        choices = np.flatnonzero(coefficients)
        return Quota(choices, coefficients[choices], lower=quota["lower"], upper=quota["upper"])

    def numbers(self, seed: str) -> list[int]:
        """Everybody's lottery number, in pseudonym order. `seed`: the key of the draw."""
        key = key_from(seed)
        return [lottery_number(key, self.hash, pseudonym) for pseudonym in self.pseudonyms]

    def lottery(self, seed: str) -> list[int]:
        """The place of everybody's lottery number in rising order, 1..n."""
        return places_of(self.numbers(seed))


def _is_of_one_offer(quota: dict[str, Any]) -> bool:
    return (
        len(quota["offers"]) == 1
        and quota["weights"] == [1]
        and quota["lower"] is None
        and "counts" not in quota
    )
