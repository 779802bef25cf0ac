"""The smoothed dual of large programmes in one compiled pass."""

from math import exp, log

import numba

from matching.kernel.types import FLOATS, INTS, LONGS, compiled

REAL = numba.float64

NOTHING_LEFT = 40.0
"""A soft share of exp(-40) is none, and most are: exp is what takes the time."""


@compiled(REAL, LONGS, LONGS, FLOATS, INTS, INTS, FLOATS, FLOATS, REAL, FLOATS, FLOATS)
def soft_minimum(indptr, demand, cost, begin, row, weight, price, heat, value, used):
    """Sum over applicants of demand * soft minimum of 0 and the prices of their choices.

    The rows of choice e are row[begin[e]:begin[e + 1]] with these weights. value (k,) is
    room to work in; used (rows,) becomes what the soft shares of the choices use. O(k).
    """
    used[:] = 0.0
    total = 0.0
    for who in range(len(demand)):
        low = 0.0
        for at in range(indptr[who], indptr[who + 1]):
            price_here = cost[at]
            for x in range(begin[at], begin[at + 1]):
                price_here += weight[x] * price[row[x]]
            value[at] = price_here
            low = min(low, price_here)
        shares = exp(low / heat)
        for at in range(indptr[who], indptr[who + 1]):
            above = (value[at] - low) / heat
            value[at] = exp(-above) if above < NOTHING_LEFT else 0.0
            shares += value[at]
        total += demand[who] * (low - heat * log(shares))
        for at in range(indptr[who], indptr[who + 1]):
            part = demand[who] * value[at] / shares
            if part > 0.0:
                for x in range(begin[at], begin[at + 1]):
                    used[row[x]] += weight[x] * part
    return total
