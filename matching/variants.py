"""The same instance with something changed, and the same policy run on it again."""

from typing import Any, Final

import numpy as np

from matching.instance import Instance
from matching.policies import solve
from matching.result import BoolArray, Result

ARGUMENTS: Final = (
    "indptr",
    "offer",
    "capacity",
    "cost",
    "unplaced",
    "rank",
    "merit",
    "lottery",
    "weight",
    "limit",
    "min_seats",
    "may_close",
    "demand",
    "credits",
    "credit_limit",
    "clashes",
    "quotas",
)
"""Everything that `Instance` is made from."""


def changed(instance: Instance, **changes: Any) -> Instance:
    """An instance from the same arguments, but for the changed ones. Validated again, O(k)."""
    arguments = {name: getattr(instance, name) for name in ARGUMENTS}
    return Instance(**(arguments | changes))


def in_integers(instance: Instance) -> dict[str, Any]:
    """Arguments that give the same costs in units of 1 / `scale`, so that they can be changed."""
    return {
        "cost": instance.costs,
        "unplaced": None if instance.placements_first else instance.stay,
    }


def solve_again(instance: Instance, result: Result, **changes: Any) -> tuple[Instance, Result]:
    """The instance with the changes, and the same policy on it with the same lottery."""
    lottery = result.lottery if instance.lottery is None else instance.lottery
    other = changed(instance, **({"lottery": lottery} | changes))
    return other, solve(other, result.policy, seed=result.seed)


def total_cost(instance: Instance, chosen: BoolArray) -> int:
    """Cost of the granted choices in units of 1 / `scale`, with `unplaced` where it was given.

    A Python integer: a sum over many large costs may leave 64 bits.
    """
    total = sum(instance.costs[chosen].tolist())
    if not instance.placements_first:
        seats = np.bincount(instance.applicant[chosen], minlength=instance.applicants)
        total += sum(np.repeat(instance.stay, instance.demand - seats).tolist())
    return int(total)
