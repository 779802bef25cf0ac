"""Linear assignment: most placements, then least total cost, ties by the lottery."""

from typing import Final

from matching.constrained import solve_by_highs, solve_constrained
from matching.face import Face, break_ties
from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.result import IntArray, Result

NAME: Final = "linear_assignment"

BY_COST_ALONE: Final = frozenset({"cost", "unplaced"})
"""With nothing else asked for, the kernel solves it all."""


def _solve(instance: Instance, lottery: IntArray | None, seed: int, time_limit: float) -> Result:
    """Least cost first, then among all optima what the lottery singles out, if there is one."""
    if instance.asks_for - BY_COST_ALONE:
        return solve_constrained(instance, lottery, seed, time_limit)
    # inline: numba takes longer to import than this package may
    from matching.kernel import least_cost

    lists = (instance.indptr, instance.offer)
    choice, prices = least_cost(*lists, instance.costs, instance.stay, instance.capacity)
    if lottery is None:
        return make_result(NAME, instance, choice, None, seed, prices)
    choice, tie_prices = break_ties(Face.of(instance, prices, choice), lottery)
    return make_result(NAME, instance, choice.copy(), lottery, seed, prices, tie_prices=tie_prices)


LINEAR_ASSIGNMENT = Policy(
    name=NAME,
    title="Linear assignment",
    solve=_solve,
    stable=False,
    strategy_proof=False,
    lucky="higher",
    draws_lottery=False,
    handles=BY_COST_ALONE | {"min_seats", "demand", "credits", "clashes", "quotas"},
    fallback=solve_by_highs,
)
