"""Offers of which one person may have one only, gathered from clashing pairs."""

import numpy as np

from matching.result import IntArray


def clique_cover(clashes: IntArray, offers: int) -> list[list[int]]:
    """Sets of offers that all clash with one another; each pair lies in one of them.

    clashes (c, 2). A row "at most one of the set" is far stronger in a linear programme than
    a row for each pair. Greedy: a pair not covered yet grows by whoever clashes with all of
    the set, first those with most pairs still uncovered. O(c * largest set).
    Conte, Grossi & Marino (2016), "Clique covering of large real-world networks".
    """
    near: list[set[int]] = [set() for _ in range(offers)]
    for one, other in clashes.tolist():
        near[one].add(other)
        near[other].add(one)
    left = [set(others) for others in near]
    cover = []
    for first in np.argsort([-len(others) for others in near], kind="stable").tolist():
        while left[first]:
            clique, common = [first], set(near[first])
            wanted = left[first]
            while common:
                pool = common & wanted or common
                best = max(pool, key=lambda offer: (len(left[offer] & common), -offer))
                clique.append(best)
                common &= near[best]
            for member in clique:
                left[member].difference_update(clique)
            cover.append(sorted(clique))
    return cover
