"""Figures that are read off a result."""

import numpy as np
import numpy.typing as npt

from matching.instance import Instance
from matching.result import UNMATCHED, IntArray, Result


def rank_profile(instance: Instance, result: Result) -> IntArray:
    """How many applicants got their first choice, their second, ...

    Returns (L,) with L the limit of the instance. O(n).
    """
    got = result.choice[result.choice != UNMATCHED]
    ranks = instance.rank[got]
    return np.bincount(ranks - 1, minlength=instance.limit).astype(np.int64)


def unplaced_reasons(instance: Instance, result: Result) -> npt.NDArray[np.str_]:
    """Why each unplaced applicant got nothing.

    Returns (n,) of "" for the placed, "no_choices" for an empty list, "no_seats" when all
    listed offers have zero seats, "all_full" when every listed seat went to others, and
    "outweighed" when a seat is left but costs more than staying unplaced (possible only
    where `unplaced` was given). O(k).
    """
    n, m = instance.applicants, instance.offers
    got = result.choice[result.choice != UNMATCHED]
    free = instance.capacity - np.bincount(instance.offer[got], minlength=m)
    listed = np.diff(instance.indptr)
    with_seats = np.bincount(instance.applicant[instance.capacity[instance.offer] > 0], minlength=n)
    with_room = np.bincount(instance.applicant[free[instance.offer] > 0], minlength=n)
    return np.select(
        [result.choice != UNMATCHED, listed == 0, with_seats == 0, with_room == 0],
        ["", "no_choices", "no_seats", "all_full"],
        default="outweighed",
    )
