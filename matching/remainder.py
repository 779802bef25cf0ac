"""What is left to decide once some choices are granted for good and others are out."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.errors import Infeasible
from matching.instance import Instance, Quota
from matching.policies import solve
from matching.result import BoolArray, IntArray, Result
from matching.variants import changed

ABOUT_COST: Final = "linear_assignment"
"""Gets the costs of the whole instance as they are; the other policies refuse to look at any."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Remainder:
    """A smaller instance with the same offers.

    instance: the applicants who still have choices, without what is out or granted;
    capacities, minimums, demands, credits and quotas without what is granted. positions
    (k',): where its choices stand in the lists of the whole instance. applicants (n',): who
    its applicants are. granted (k,): the choices given for good, outside `instance`.
    """

    instance: Instance
    positions: IntArray
    applicants: IntArray
    granted: BoolArray

    def chosen(self, result: Result) -> BoolArray:
        """All choices granted, by a result of the smaller instance and before. (k,)."""
        chosen = self.granted.copy()
        chosen[self.positions[result.chosen]] = True
        return chosen


def remainder(
    instance: Instance, result: Result, granted: BoolArray, wanted: BoolArray
) -> Remainder:
    """Take what is `granted` (k,) out of the instance and keep, of the rest, what is `wanted` (k,).

    The lottery is the one of `result`. Costs stay in units of 1 / `scale` of the whole
    instance. O(k) and the quotas.
    """
    given = np.flatnonzero(granted)
    at_offer = np.bincount(instance.offer[given], minlength=instance.offers)
    kept = np.flatnonzero(wanted & ~granted & ~_clashing(instance, given))
    lengths = np.bincount(instance.applicant[kept], minlength=instance.applicants)
    people = np.flatnonzero(lengths)
    lottery = result.lottery if instance.lottery is None else instance.lottery
    changes: dict[str, Any] = {
        "indptr": np.concatenate([[0], np.cumsum(lengths[people])]),
        "offer": instance.offer[kept],
        "rank": instance.rank[kept],
        "capacity": instance.capacity - at_offer,
        "lottery": None if lottery is None else lottery[people],
    }
    if result.policy == ABOUT_COST or not instance.asks_for.isdisjoint({"cost", "unplaced"}):
        changes["cost"] = instance.costs[kept]
        changes["unplaced"] = None if instance.placements_first else instance.stay[people]
    if instance.merit is not None:
        by_person = len(instance.merit) == instance.applicants
        changes["merit"] = instance.merit[people if by_person else kept]
    bounds = _less_bound(instance, given, kept, people)
    return Remainder(
        instance=changed(instance, **(changes | bounds)),
        positions=kept,
        applicants=people,
        granted=granted,
    )


def _less_bound(
    instance: Instance, given: IntArray, kept: IntArray, people: IntArray
) -> dict[str, Any]:
    """The constraints, less what the granted choices have used up."""
    who, offers = instance.applicant[given], instance.offer[given]
    at_offer = np.bincount(offers, minlength=instance.offers)
    given_to = np.bincount(who, minlength=instance.applicants)
    changes: dict[str, Any] = {
        "min_seats": np.maximum(0, instance.min_seats - at_offer),
        "may_close": instance.may_close & (at_offer == 0),
        "demand": (instance.demand - given_to)[people],
        "quotas": _quotas_left(instance, given, kept),
    }
    if instance.credits is not None and instance.credit_limit is not None:
        used = np.zeros(instance.applicants, dtype=np.int64)
        np.add.at(used, who, instance.credits[offers])
        changes["credit_limit"] = (instance.credit_limit - used)[people]
    return changes


def _quotas_left(instance: Instance, given: IntArray, kept: IntArray) -> list[Quota]:
    taken = np.zeros(len(instance.offer), dtype=np.bool_)
    taken[given] = True
    becomes = np.full(len(instance.offer), -1)
    becomes[kept] = np.arange(len(kept))
    left = []
    for quota in instance.quotas:
        used = int(quota.coefficients[taken[quota.choices]].sum())
        stays = becomes[quota.choices] >= 0
        left.append(
            replace(
                quota,
                choices=becomes[quota.choices[stays]],
                coefficients=quota.coefficients[stays],
                lower=None if quota.lower is None else quota.lower - used,
                upper=None if quota.upper is None else quota.upper - used,
            )
        )
    return left


def _clashing(instance: Instance, given: IntArray) -> BoolArray:
    """Choices that clash with one that the same applicant has. (k,)."""
    clashing = np.zeros(len(instance.offer), dtype=np.bool_)
    if not len(instance.clashes):
        return clashing
    both = np.concatenate([instance.clashes, instance.clashes[:, ::-1]])
    for at in given.tolist():
        begin, end = instance.indptr[instance.applicant[at] + np.array([0, 1])]
        barred = both[both[:, 0] == instance.offer[at], 1]
        clashing[begin:end] |= np.isin(instance.offer[begin:end], barred)
    return clashing


def best_with(instance: Instance, result: Result, choice: int) -> tuple[BoolArray, float] | None:
    """The best that the policy finds among the results that grant `choice`.

    What is granted (k,) and the gap that the solver left; None where nothing that grants it
    is allowed. For policies that take the best of all results: then the rest of the best is
    the best of the rest.
    """
    if not _is_allowed_alone(instance, choice):
        return None
    who = instance.applicant[choice]
    granted = np.zeros(len(instance.offer), dtype=np.bool_)
    granted[choice] = True
    wanted = (instance.applicant != who) | (instance.demand[who] > 1)
    rest = remainder(instance, result, granted, wanted)
    try:
        found = solve(rest.instance, result.policy, seed=result.seed)
    except Infeasible:
        return None
    return rest.chosen(found), found.gap


def _is_allowed_alone(instance: Instance, choice: int) -> bool:
    offer, who = instance.offer[choice], instance.applicant[choice]
    fits = True
    if instance.credits is not None and instance.credit_limit is not None:
        fits = bool(instance.credits[offer] <= instance.credit_limit[who])
    return fits and bool(instance.capacity[offer] > 0 and instance.demand[who] > 0)
