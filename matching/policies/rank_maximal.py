"""Rank-maximal: most first choices, then most second choices, and so on."""

from matching.instance import Instance
from matching.policies.policy import Policy
from matching.profiles import Count, ranks_of, solve_profile
from matching.result import IntArray, Result

NAME = "rank_maximal"


def _solve(instance: Instance, lottery: IntArray | None, seed: int, time_limit: float) -> Result:
    """Irving, Kavitha, Mehlhorn, Michail & Paluch (2006), "Rank-maximal matchings".

    Fewer may be placed than could be. Merit plays no part.
    """
    counts = [Count(-1, rank) for rank in ranks_of(instance)]
    return solve_profile(NAME, counts, instance, lottery, seed)


RANK_MAXIMAL = Policy(
    name=NAME,
    title="Rank-maximal",
    solve=_solve,
    stable=False,
    strategy_proof=False,
    lucky="higher",
    draws_lottery=False,
)
