"""A second round: freed seats go to who is still without, or moves up, and nobody loses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.arrays import FloatArray, positions
from matching.costs import MERIT_SCALE
from matching.errors import UnsupportedConstraint
from matching.instance import Instance, Quota
from matching.measures import merits
from matching.policies import solve
from matching.policies.policy import make_result
from matching.remainder import ABOUT_COST, Remainder, remainder
from matching.result import UNMATCHED, BoolArray, IntArray, Result
from matching.variants import changed

BY_MERIT: Final = frozenset({"deferred_acceptance", "serial_dictatorship"})

CAPACITIES_ALONE: Final = frozenset({"cost", "unplaced"})

People = Sequence[int] | IntArray

NEW: Final = 0
LOCKED: Final = 1
LEFT: Final = 2
UPGRADE: Final = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class SecondRound:
    """What a second round decides, as an instance of its own that `verify` can check.

    rest: the instance left over, and how it belongs to the whole. policy: what is to be run
    on it.
    """

    rest: Remainder
    policy: str


def resolve(
    instance: Instance, result: Result, *, locked: People, left: People, upgrade: People
) -> Result:
    """Match again after people accepted, declined, or asked to move up.

    `locked` keep what they have. `left` are out, and their seats are free. `upgrade` keep
    their place or get one they ranked higher, which is a hard constraint; what they leave is
    matched in the same solve. Who had no place and did not leave takes part with the whole
    list. Ranks, lottery and seed are those of `result`.

    Returns a result in terms of `instance`: `chosen`, `choice`, `placed` and `objective` are of
    everybody, `prices` of what was decided now (see `second_round`, for `verify`). One solve.
    Raises ValueError where somebody with a place is in none of the groups, or somebody is
    in two of them, or in `locked` or `upgrade` without a place, or is no applicant;
    UnsupportedConstraint where the
    policy cannot honour `upgrade`.
    """
    round_ = second_round(instance, result, locked=locked, left=left, upgrade=upgrade)
    found = solve(round_.rest.instance, round_.policy, seed=result.seed)
    return make_result(
        result.policy,
        instance,
        None,
        result.lottery,
        result.seed,
        found.prices,
        chosen=round_.rest.chosen(found),
        gap=found.gap,
        # the proof is about the rest, and `verify` of the whole could not repeat it
        claim="bounded" if found.gap else "policy",
    )


def second_round(
    instance: Instance, result: Result, *, locked: People, left: People, upgrade: People
) -> SecondRound:
    """The instance that `resolve` solves; arguments and errors as there.

    Linear assignment: who moves up has a cost of staying that outweighs everything, so that
    they get one of their choices, cut off after the present one; under constraints beyond
    capacities a quota says the same. Policies by merit: at the place they hold they come
    before everybody, and the applicants propose; taking turns would give a seat away before
    it is known to fall free. O(k).
    """
    groups = _groups(instance, result, locked, left, upgrade)
    who = instance.applicant
    held = np.full(instance.applicants, instance.limit + 1)
    np.minimum.at(held, who[result.chosen], instance.rank[result.chosen])
    higher = (instance.rank < held[who]) | result.chosen
    wanted = (groups == NEW)[who] | ((groups == UPGRADE)[who] & higher)
    rest = remainder(instance, result, result.chosen & (groups == LOCKED)[who], wanted)
    if not (groups == UPGRADE).any():
        return SecondRound(rest=rest, policy=result.policy)
    moving = (groups == UPGRADE)[rest.applicants]
    if result.policy in BY_MERIT:
        own = result.chosen[rest.positions]
        return _replaced(rest, "deferred_acceptance", merit=_own_place_first(rest.instance, own))
    if result.policy != ABOUT_COST or "demand" in instance.asks_for:
        raise UnsupportedConstraint(result.policy, "upgrade")
    if instance.asks_for <= CAPACITIES_ALONE:
        return _replaced(rest, result.policy, unplaced=_never_unplaced(rest.instance, moving))
    return _replaced(rest, result.policy, quotas=_all_placed(rest.instance, moving))


def _groups(
    instance: Instance, result: Result, locked: People, left: People, upgrade: People
) -> IntArray:
    """NEW, LOCKED, LEFT or UPGRADE for each applicant. (n,)."""
    groups = np.full(instance.applicants, NEW)
    named = {"locked": (LOCKED, locked), "left": (LEFT, left), "upgrade": (UPGRADE, upgrade)}
    for argument, (group, people) in named.items():
        at = positions(argument, people, instance.applicants)
        twice = at[groups[at] != NEW]
        if len(twice):
            raise ValueError(f"applicant {twice[0]} is in two groups")
        groups[at] = group
    placed = result.choice != UNMATCHED
    stray = np.flatnonzero(placed & (groups == NEW))
    if len(stray):
        raise ValueError(f"applicant {stray[0]} has a place and is in none of the groups")
    without = np.flatnonzero(~placed & ((groups == LOCKED) | (groups == UPGRADE)))
    if len(without):
        raise ValueError(f"applicant {without[0]} has no place to keep")
    return groups


def _replaced(rest: Remainder, policy: str, **changes: Any) -> SecondRound:
    return SecondRound(
        rest=replace(rest, instance=changed(rest.instance, **changes)), policy=policy
    )


def _own_place_first(instance: Instance, own: BoolArray) -> FloatArray:
    """Merits (k,) in the same order at each offer, with `own` (k,) above all others there."""
    merit, offer = merits(instance), instance.offer
    order = np.lexsort((merit, own, offer))
    rises = np.diff(merit[order], prepend=-1) != 0
    rises |= np.diff(own[order], prepend=False)
    level = np.cumsum(rises)
    # only the order at an offer counts, so hundredths from 0 upwards will do
    first = np.searchsorted(offer[order], offer[order])
    placed = np.empty(len(order))
    placed[order] = (level - level[first]) / MERIT_SCALE
    return placed


def _never_unplaced(instance: Instance, moving: BoolArray) -> IntArray:
    """Costs of staying (n,) that let nobody who is `moving` (n,) go without a place.

    All of them fit into the places they hold. Going back there moves at most each of them
    along, and puts one other person out: it must save more than that costs.
    """
    highest, lowest = int(instance.costs.max(initial=0)), int(instance.costs.min(initial=0))
    people = int(moving.sum())
    out = max(highest, int(instance.stay.max(initial=0))) - lowest
    return np.where(moving, highest + people * (highest - lowest) + out + 1, instance.stay)


def _all_placed(instance: Instance, moving: BoolArray) -> tuple[Quota, ...]:
    theirs = np.flatnonzero(moving[instance.applicant])
    everybody = Quota(theirs, np.ones(len(theirs), dtype=np.int64), lower=int(moving.sum()))
    return (*instance.quotas, everybody)
