"""What a policy returns, and what can be said about it without trusting the policy."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

UNMATCHED: Final = -1
"""Stands in `Result.choice` for an applicant who got nothing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """Who got what under one policy.

    `choice` (n,) is the position in `Instance.offer` of what each applicant got, or
    `UNMATCHED`. `prices` (m,) are dual prices in units of 1 / `Instance.scale`, or None
    when the policy is not about cost. `objective` is the total cost of the placed in the
    units of the caller, plus `unplaced` of the others where it was given. `lottery` (n,)
    is the one that broke ties.
    """

    policy: str
    seed: int
    choice: IntArray
    lottery: IntArray
    objective: float
    placed: int
    prices: IntArray | None = None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What `verify` found out.

    `optimal` is true only where `proof` is "prices": the bound that follows from the
    prices is the cost of the result. "policy" says that nobody wants a place that is free or
    held by someone whom the policy would serve later, which fixes the result of the policy.
    `bound` and `gap` are in the units of the caller and None where there are no usable
    prices. `reasons` are the objections, empty when there are none.
    """

    feasible: bool
    optimal: bool
    bound: float | None
    gap: float | None
    proof: Literal["prices", "policy", "none"]
    reasons: tuple[str, ...] = ()
