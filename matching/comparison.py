"""Several results of one instance side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import FloatArray
from matching.instance import Instance
from matching.measures import blocking_choices, rank_profile
from matching.result import UNMATCHED, IntArray, Result


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """A row for each result, in the order they were given.

    policies (r,) names; placed (r,) seats filled; unplaced (r,) people who wanted a seat and
    got none; mean_rank (r,) of the seats given, nan without any; profile (r, L) seats given
    to first choices, second, ...; envious (r,) people with justified envy, who would rather
    have a seat held by someone of less merit, or an empty one; changed (r, r) people who got
    something else in one result than in the other.
    """

    policies: tuple[str, ...]
    placed: IntArray
    unplaced: IntArray
    mean_rank: FloatArray
    profile: IntArray
    envious: IntArray
    changed: IntArray


def compare(results: Sequence[Result], instance: Instance) -> Comparison:
    """Put results of the same instance side by side. O(r**2 k) for r results."""
    profile = np.array([rank_profile(instance, result) for result in results], dtype=np.int64)
    profile = profile.reshape(len(results), instance.limit)
    placed = profile.sum(axis=1)
    points = profile @ np.arange(1, instance.limit + 1)
    mean_rank = np.full(len(results), np.nan)
    np.divide(points, placed, out=mean_rank, where=placed > 0)
    wanting = instance.demand > 0
    return Comparison(
        policies=tuple(result.policy for result in results),
        placed=placed,
        unplaced=_counts([((r.choice == UNMATCHED) & wanting).sum() for r in results]),
        mean_rank=mean_rank,
        profile=profile,
        envious=_counts(
            [len(np.unique(instance.applicant[blocking_choices(instance, r)])) for r in results]
        ),
        changed=_counts(
            [[_changed(instance, one, other) for other in results] for one in results]
        ).reshape(len(results), len(results)),
    )


def _changed(instance: Instance, one: Result, other: Result) -> int:
    return len(np.unique(instance.applicant[one.chosen != other.chosen]))


def _counts(numbers: Sequence[object]) -> IntArray:
    return np.array(numbers, dtype=np.int64)
