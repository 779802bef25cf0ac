"""What a policy returns, and what can be said about it without trusting the policy."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

UNMATCHED: Final = -1
"""Stands in `Result.choice` for an applicant who got nothing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """Who got what under one policy.

    choice (n,): position in `Instance.offer` of the first choice each applicant got, or
        `UNMATCHED`.
    chosen (k,): whether each choice is granted; with a demand of 1 it says the same.
    lottery (n,): the one that broke ties; None where there was none to honour.
    objective: total cost of the granted choices in the units of the caller, plus `unplaced`
        of every wanted seat that is not given where that was given.
    placed: seats given, which is people placed where everybody wants one.
    prices (m,): dual prices in units of 1 / `Instance.scale`; (m, C) for a policy over
        profiles, whose components are compared in order; None where it is not about either.
    tie_prices (m,): second prices, in lottery * rank, for the tie-break among all optima.
    quota_prices (rows,): multipliers of the quotas, of either sign. With them the price of
        choice e is costs[e] + prices[offer[e]] + sum over quotas r of
        quota_prices[r] * coefficient[r, e].
    gap: how far the solver may be from the optimum, in the units of the caller; 0 only
        where it closed it. Where placements come first, every seat that might still be given
        counts with what a placement is worth, `Instance.stay`.
    claim: what `solve` says of its result: "optimal", "bounded" by `gap`, or of the
        "policy", which is about neither.
    solver: "kernel", or "highs" where side constraints or a refused certificate called for it.
    """

    policy: str
    seed: int
    choice: IntArray
    chosen: BoolArray
    lottery: IntArray | None
    objective: float
    placed: int
    prices: IntArray | None = None
    tie_prices: IntArray | None = None
    quota_prices: IntArray | None = None
    gap: float = 0.0
    claim: Literal["optimal", "bounded", "policy"] = "policy"
    solver: Literal["kernel", "highs"] = "kernel"


def chosen_by(choice: IntArray, choices: int) -> BoolArray:
    """`Result.chosen` (choices,) where nobody gets more than `Result.choice` says."""
    chosen = np.zeros(choices, dtype=np.bool_)
    chosen[choice[choice != UNMATCHED]] = True
    return chosen


def first_choice(indptr: IntArray, chosen: BoolArray) -> IntArray:
    """`Result.choice` (n,): the first granted position of each list, or UNMATCHED. O(k)."""
    granted = np.append(np.flatnonzero(chosen), len(chosen))
    first = granted[np.searchsorted(granted, indptr[:-1])]
    return np.where(first < indptr[1:], first, UNMATCHED)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What `verify` found out.

    proof: "prices" where the bound that follows from the prices is the cost of the result;
        "policy" where nobody is passed over, which is what the policy promises; "solver"
        where the solver says it closed a gap that prices leave and nobody can check that in
        one pass; "none" otherwise.
    optimal: true for "prices" alone.
    bound, gap: in the units of the caller, raised to the next value that a total can have;
        the gap counts as in `Result`, and the bound is so much below the objective. None where
        there are no usable prices. Over profiles the bound is a vector: None here, and gap is
        0 where it is closed.
    tie_break: whether second prices prove the least lottery * rank among all optima.
    reasons: the objections, empty when there are none.
    """

    feasible: bool
    optimal: bool
    bound: float | None
    gap: float | None
    proof: Literal["prices", "policy", "solver", "none"]
    tie_break: bool = False
    reasons: tuple[str, ...] = ()
