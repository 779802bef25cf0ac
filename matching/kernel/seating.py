"""Who sits where: the holders of each offer, in its stretch of shared arrays."""

import numpy as np

from matching.kernel.auction import level_of_leaving
from matching.kernel.heaps import seat_rise, seat_sink
from matching.kernel.types import FLAGS, I64, INTS, LONGS, NOTHING, compiled


@compiled(NOTHING, INTS, LONGS, LONGS, INTS, LONGS, LONGS)
def seat_everybody(offer, start, held, slot, where, choice):
    """Write the holders of each offer into its stretch of `slot`, in any order."""
    held[:] = 0
    for who in range(len(choice)):
        if choice[who] >= 0:
            j = offer[choice[who]]
            slot[start[j] + held[j]] = who
            where[who] = start[j] + held[j]
            held[j] += 1


@compiled(NOTHING, INTS, LONGS, LONGS, FLAGS, LONGS, INTS, LONGS, LONGS, I64)
def leave(offer, start, held, heaped, level, slot, where, choice, who):
    """Take `who` out of the holders of their offer."""
    j = offer[choice[who]]
    base = start[j]
    held[j] -= 1
    size = held[j]
    choice[who] = -1
    hole = where[who] - base
    if hole == size:
        return
    moved = slot[base + size]
    if not heaped[j]:
        slot[base + hole] = moved
        where[moved] = base + hole
        return
    key = level[base + size]
    if hole > 0 and level[base + ((hole - 1) >> 1)] > key:
        seat_rise(level, slot, where, base, hole, key, moved)
    else:
        seat_sink(level, slot, where, base, size, hole, key, moved)


@compiled(
    NOTHING,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    LONGS,
    LONGS,
    FLAGS,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    I64,
    I64,
)
def join(
    indptr, offer, cost, stay, price, start, held, heaped, level, slot, where, choice, who, at
):
    """Give `who` a seat through choice `at`."""
    j = offer[at]
    place = start[j] + held[j]
    choice[who] = at
    if heaped[j]:
        key = level_of_leaving(indptr, offer, cost, stay, price, choice, who)
        seat_rise(level, slot, where, start[j], held[j], key, np.int32(who))
    else:
        slot[place] = who
        where[who] = place
    held[j] += 1
