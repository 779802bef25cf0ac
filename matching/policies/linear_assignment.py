"""Linear assignment: most placements, then least total cost, ties by the lottery."""

from matching.face import Face, break_ties
from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.result import IntArray, Result

NAME = "linear_assignment"


def _solve(instance: Instance, lottery: IntArray | None, seed: int) -> Result:
    """Least cost first, then among all optima what the lottery singles out, if there is one."""
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
    handles=frozenset({"cost", "unplaced"}),
)
