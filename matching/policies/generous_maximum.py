"""Generous maximum: most placements, then fewest of the last rank, and so on upwards."""

from matching.instance import Instance
from matching.policies.policy import Policy
from matching.profiles import Count, ranks_of, solve_profile
from matching.result import IntArray, Result

NAME = "generous_maximum"


def _solve(instance: Instance, lottery: IntArray | None, seed: int, time_limit: float) -> Result:
    """Kwanashie, Irving, Manlove & Sng (2014), "Profile-based optimal matchings in the
    student/project allocation problem". Merit plays no part.
    """
    counts = [Count(-1), *(Count(1, rank) for rank in reversed(ranks_of(instance)))]
    return solve_profile(NAME, counts, instance, lottery, seed)


GENEROUS_MAXIMUM = Policy(
    name=NAME,
    title="Generous maximum",
    solve=_solve,
    stable=False,
    strategy_proof=False,
    lucky="higher",
    draws_lottery=False,
)
