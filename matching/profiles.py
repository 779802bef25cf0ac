"""The best rank profile: how many got their first choice, their second, ..., in some order.

Counts are compared one after another, never added up with weights such as n**(L - r), which
leave 64 bits at a dozen choices. Each count is a stage of its own among the optima of the
ones before it, as in Irving, Kavitha, Mehlhorn, Michail & Paluch (2006), "Rank-maximal
matchings"; prices that are compared in order prove all stages at once.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from matching.face import Face, break_ties
from matching.instance import Instance
from matching.policies.policy import make_result
from matching.result import IntArray, Result


class Count(NamedTuple):
    """A number of placements to make as large (sign -1) or as small (sign 1) as possible.

    `rank` says which placements are counted; None counts all.
    """

    sign: int
    rank: int | None = None


EARNED: Final = 2
"""What every place earns beside its count, where placements come first.

So people rather take a place than stay, and few offers have to be filled afterwards.
"""


def ranks_of(instance: Instance) -> range:
    """1 to the highest rank that somebody gives, and 1 at least."""
    return range(1, int(instance.rank.max(initial=1)) + 1)


def solve_profile(
    policy: str,
    counts: Sequence[Count],
    instance: Instance,
    lottery: IntArray | None,
    seed: int,
) -> Result:
    """An assignment whose counts are the best in order; ties by the lottery if there is one.

    The prices (m, C) have a component a count. A choice costs the vector with the sign of
    each count that it is in, 0 elsewhere, and staying unplaced costs zero. With them the sum
    over applicants of the lexicographically least (cost + price), less all seats at their
    price, is the vector of the result, and no offer has a price below zero: the proof of
    least cost, read a component at a time. One least-cost problem a count, over those who
    still have more than one option.
    """
    face = Face.whole(instance)
    prices = np.zeros((instance.offers, len(counts)), dtype=np.int64)
    stay = np.zeros(instance.applicants, dtype=np.int64)
    for column, (sign, rank) in enumerate(counts):
        counted = np.ones_like(face.edges) if rank is None else instance.rank[face.edges] == rank
        if not counted.any():
            continue
        # the same for every place changes nothing once all have equally many
        earned = EARNED if column and counts[0].rank is None else 0
        face, found = face.narrowed(sign * counted.astype(np.int64) - earned, stay)
        prices[:, column] = found - earned * prices[:, 0]
    if lottery is None:
        return make_result(policy, instance, face.choice, None, seed, prices)
    choice, tie_prices = break_ties(face, lottery)
    return make_result(policy, instance, choice, lottery, seed, prices, tie_prices=tie_prices)
