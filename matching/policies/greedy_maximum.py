"""Greedy maximum: most placements, then most first choices, most second, and so on."""

from matching.instance import Instance
from matching.policies.policy import Policy
from matching.profiles import Count, solve_profile
from matching.result import IntArray, Result

NAME = "greedy_maximum"


def _solve(instance: Instance, lottery: IntArray | None, seed: int) -> Result:
    """Irving (2003), "Greedy matchings". Merit plays no part."""
    counts = [Count(-1), *(Count(-1, rank) for rank in range(1, instance.limit + 1))]
    return solve_profile(NAME, counts, instance, lottery, seed)


GREEDY_MAXIMUM = Policy(
    name=NAME,
    title="Greedy maximum",
    solve=_solve,
    stable=False,
    strategy_proof=False,
    lucky="higher",
    draws_lottery=False,
)
