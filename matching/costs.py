"""Costs of choices and of staying unplaced, as exact integers on one scale."""

from typing import Any, Final

import numpy as np

from matching.arrays import FloatArray, frozen
from matching.errors import InvalidInstance
from matching.result import IntArray

EXACT_LIMIT: Final = 2**57
"""Largest cost, and largest worth of a placement, whose sums along a path fit into int64."""

FLOAT_BITS: Final = 40
"""Float costs that are not short decimals are rounded to 2**-40 of the largest, or less."""

DOUBLE_BITS: Final = 53
"""Longest integer that a double holds exactly."""

PRICE_LIMIT: Final = 2**60
"""Largest price that `verify` takes, and that the kernel's sums have room for."""

WORTH_BITS: Final = 55
"""With this many bits for the costs of all seats together, a placement outweighs them exactly."""

SAMPLE: Final = 1000

MERIT_SCALE: Final = 100
"""Merit has at most two decimals."""


def default_costs(
    rank: IntArray, lengths: IntArray, merit: FloatArray | None, weight: int, limit: int
) -> tuple[IntArray, int]:
    """(100 + weight * merit) * (rank**2 - (limit + 1)**2), times 100 where merit has decimals.

    rank (k,); lengths (n,) of the lists; merit (n,) or (k,). Returns ((k,), scale). O(k).
    """
    if (100 + weight * 100) * MERIT_SCALE * (limit + 1) ** 2 >= EXACT_LIMIT:
        # without decimals in the merits there would be room, but a limit that depends on
        # somebody's decimals surprises
        raise InvalidInstance("weight", f"{weight} makes costs too large to be exact")
    at_rank = np.arange(limit + 1) ** 2 - (limit + 1) ** 2
    costs = at_rank[rank]
    if merit is None:
        costs *= 100
        return costs, 1
    scale = 1 if (merit == np.rint(merit)).all() else MERIT_SCALE
    # float merits are decimals here, so the rounding only takes the binary dust away
    factor = np.rint(merit * scale).astype(np.int64)
    factor *= weight
    factor += 100 * scale
    if len(factor) != len(lengths):
        costs *= factor
    elif len(lengths) and (lengths == lengths[0]).all():
        rows = costs.reshape(len(lengths), -1)
        rows *= factor[:, np.newaxis]
    else:
        costs *= np.repeat(factor, lengths)
    return costs, scale


def exact_costs(
    costs: IntArray | FloatArray, unplaced: IntArray | FloatArray | None, scale: int, seats: int
) -> tuple[IntArray, IntArray | None, int]:
    """Both on one integer scale, frozen. O(k + n).

    `seats`: the most that can be given; the more, the fewer bits a float may keep where a
    placement must outweigh the costs of all.
    """
    if unplaced is not None and scale != 1:
        # the default cost is in hundredths then; what was given beside it is not
        costs, scale = costs / scale, 1
    given = [array for array in (costs, unplaced) if array is not None]
    floats = [array for array in given if array.dtype.kind == "f"]
    room = DOUBLE_BITS
    if unplaced is None:
        room = min(room, WORTH_BITS - seats.bit_length())
    if floats:
        # in doubles, where -2**63 has an absolute value
        largest = max(float(np.abs(a.astype(np.float64)).max(initial=0)) for a in given)
        scale = _decimal_or_binary_scale(floats, largest, room)
    exact = _scaled("cost", costs, scale if floats else 1)
    if unplaced is None:
        return exact, None, scale
    return exact, _scaled("unplaced", unplaced, scale if floats else 1), scale


def worth_of_a_placement(costs: IntArray, seats: int) -> int:
    """A cost of each wanted seat that is not given, which no saving elsewhere can outweigh.

    With at most `seats` given, one more can raise the cost of the others by at most
    (seats - 1) * (highest - lowest) and adds at most the highest.
    """
    if not len(costs):
        return 0
    highest, lowest = int(costs.max()), int(costs.min())
    worth = highest + seats * (highest - lowest) + 1
    if abs(worth) >= EXACT_LIMIT:
        raise InvalidInstance(
            "cost", f"a range of {highest - lowest} over {seats} seats is too wide to be exact"
        )
    return worth


def check_chain(costs: IntArray, stay: IntArray, minimums: int) -> None:
    """Refuse costs that could add up beyond 64 bits in the price of an offer with a minimum.

    Whoever is sent there may leave a place that must be filled too, and so on through all
    `minimums`; what is had or given up at the two ends is one cost or `stay` each.
    """
    if not minimums or not len(costs):
        return
    highest, lowest = int(costs.max()), int(costs.min())
    apart = max(highest, int(stay.max())) - min(lowest, int(stay.min()))
    if minimums * (highest - lowest) + 2 * apart >= PRICE_LIMIT:
        raise InvalidInstance(
            "cost",
            f"a range of {highest - lowest} over {minimums} minimums is too wide to be exact",
        )


def _decimal_or_binary_scale(floats: list[Any], largest: float, room: int) -> int:
    """`largest`: of all numbers on this scale, integers too."""
    values = np.concatenate(floats)
    for digits in range(7):
        scale = 10**digits
        if largest * scale >= 2.0**room:
            break
        # mostly the first few refute it already
        if _are_decimals(values[:SAMPLE], scale) and _are_decimals(values, scale):
            return int(scale)
    exponent = min(FLOAT_BITS, room) - int(np.frexp(largest)[1])
    return 1 << max(0, min(exponent, 1000))


def _are_decimals(values: FloatArray, scale: int) -> bool:
    return bool((np.rint(values * scale) / scale == values).all())


def _scaled(argument: str, values: IntArray | FloatArray, scale: int) -> IntArray:
    if values.dtype.kind == "i":
        _check_magnitude(argument, values, EXACT_LIMIT // scale)
        whole = values.astype(np.int64, copy=False)
        if scale != 1 and len(values):
            whole = whole * np.int64(scale)
    else:
        scaled = np.rint(values * float(scale))
        _check_magnitude(argument, scaled, EXACT_LIMIT)
        whole = scaled.astype(np.int64)
    frozen(whole)
    return whole


def _check_magnitude(argument: str, values: IntArray | FloatArray, bound: int) -> None:
    if not len(values) or (values.max() < bound and values.min() > -bound):
        return
    at = int(np.argmax((values >= bound) | (values <= -bound)))
    raise InvalidInstance(argument, f"{values[at]} is too large to be exact", at)
