"""Inputs brought into the layout that the compiled functions read quickly."""

import numpy as np

from matching.kernel.types import FROZEN_LONGS, I64, INTS, LONGS, NOTHING, compiled


@compiled(NOTHING, INTS, LONGS, INTS)
def group_by_offer(offer, begin, edge):
    """Positions in `offer`, those of one offer together: edge[begin[j]:begin[j + 1]]. O(k)."""
    begin[:] = 0
    for j in offer:
        begin[j + 1] += 1
    for j in range(len(begin) - 1):
        begin[j + 1] += begin[j]
    free = begin[:-1].copy()
    for at in range(len(offer)):
        j = offer[at]
        edge[free[j]] = at
        free[j] += 1


@compiled(I64, FROZEN_LONGS, I64, I64)
def common_unit(cost, lowest, unit):
    """The largest number that divides `unit` and all distances of `cost` from the lowest."""
    for value in cost:
        rest = value - lowest
        if unit > 0 and rest % unit == 0:
            continue
        while rest != 0:
            unit, rest = rest, unit % rest
        if unit == 1:
            break
    return np.int64(unit)
