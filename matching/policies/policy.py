"""What a policy says about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import mul
from typing import Any, Literal

import numpy as np

from matching.instance import Instance
from matching.result import BoolArray, IntArray, Result, chosen_by, first_choice


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A rule that turns ranked lists into places.

    `solve(instance, lottery, seed, time_limit)` gets the lottery that breaks ties. `fallback`
    takes the same and trusts no kernel, for when `verify` refuses the result. `stable`:
    nobody passed over for a less deserving one. `strategy_proof`: no list serves better than
    the true one, as long as the limit does not cut it short. `lucky`: of two alike, who gets the
    better place, the one with the lower or the higher lottery number. `handles`: what an
    instance may ask for (`Instance.asks_for`) beyond lists, seats and merit.
    `draws_lottery`: whether one is drawn from the seed where the instance has none;
    otherwise `solve` gets None then, and spares the drawing.
    """

    name: str
    title: str
    solve: Callable[[Instance, Any, int, float], Result]
    stable: bool
    strategy_proof: bool
    lucky: Literal["lower", "higher"]
    handles: frozenset[str] = frozenset()
    draws_lottery: bool = True
    fallback: Callable[[Instance, Any, int, float], Result] | None = None


def make_result(
    policy: str,
    instance: Instance,
    choice: IntArray | None,
    lottery: IntArray | None,
    seed: int,
    prices: IntArray | None = None,
    *,
    chosen: BoolArray | None = None,
    tie_prices: IntArray | None = None,
    quota_prices: IntArray | None = None,
    gap: float = 0.0,
    claim: Literal["optimal", "bounded", "policy"] | None = None,
    solver: Literal["kernel", "highs"] = "kernel",
) -> Result:
    """A frozen result with its figures counted from what is granted.

    Give `choice` (n,), or `chosen` (k,) where somebody wants more than one seat. `claim` is
    "optimal" where there are prices and "policy" otherwise, unless given. O(k).
    """
    if chosen is None:
        assert choice is not None, "either choice or chosen says who gets what"
        chosen = chosen_by(choice, len(instance.offer))
    elif choice is None:
        choice = first_choice(instance.indptr, chosen)
    granted = np.flatnonzero(chosen)
    # Python integers: a sum over many large costs may leave 64 bits
    total = sum(instance.costs[granted].tolist())
    if not instance.placements_first:
        total += _cost_of_the_missing(instance, granted)
    for array in (choice, chosen, lottery, prices, tie_prices, quota_prices):
        if array is not None:
            array.setflags(write=False)
    return Result(
        policy=policy,
        seed=seed,
        choice=choice,
        chosen=chosen,
        lottery=lottery,
        objective=instance.in_units(total),
        placed=len(granted),
        prices=prices,
        tie_prices=tie_prices,
        quota_prices=quota_prices,
        gap=gap,
        claim=claim or ("policy" if prices is None else "optimal"),
        solver=solver,
    )


def _cost_of_the_missing(instance: Instance, granted: IntArray) -> int:
    """What every wanted seat that is not given costs."""
    given = np.bincount(instance.applicant[granted], minlength=instance.applicants)
    missing = instance.demand - given
    short = np.flatnonzero(missing)
    return sum(map(mul, instance.stay[short].tolist(), missing[short].tolist()))
