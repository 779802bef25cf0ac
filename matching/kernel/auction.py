"""First prices and a first assignment, nearly best: whoever is scarce is bid for.

Both auctions leave everybody within a small step of their best; `paths` mends the rest exactly.
"""

import numpy as np

from matching.kernel.heaps import heapify, push, sink
from matching.kernel.types import FLAGS, I64, INTS, LONGS, NEVER, NOTHING, compiled

SAMPLE = 2000
"""So many applicants tell how far apart the two cheapest choices of one person are."""

GROWTH = 6
"""Where offers bid, the step grows with what applicants ask: by profit / 2**GROWTH."""


@compiled(I64, LONGS, LONGS)
def typical_gap(indptr, cost):
    """Median distance of the two cheapest choices of one applicant; 1 where none differ."""
    n = len(indptr) - 1
    gaps = np.empty(SAMPLE + 1, np.int64)
    count = 0
    for who in range(0, n, max(1, n // SAMPLE)):
        least, second = NEVER, NEVER
        for at in range(indptr[who], indptr[who + 1]):
            if cost[at] < least:
                second = least
                least = cost[at]
            elif cost[at] < second:
                second = cost[at]
        if least < second < NEVER and count <= SAMPLE:
            gaps[count] = second - least
            count += 1
    if count == 0:
        return np.int64(1)
    return np.int64(np.sort(gaps[:count])[count // 2])


@compiled(I64, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, I64)
def level_of_leaving(indptr, offer, cost, stay, price, choice, who):
    """The price of their own offer at which `who` would be as well off elsewhere."""
    best = stay[who]
    own = choice[who]
    for at in range(indptr[who], indptr[who + 1]):
        if at != own:
            best = min(best, cost[at] + price[offer[at]])
    return best - cost[own] if best < NEVER else NEVER


@compiled(
    NOTHING,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    LONGS,
    LONGS,
    I64,
    I64,
    LONGS,
    LONGS,
    LONGS,
    INTS,
    LONGS,
)
def ascend(
    indptr, offer, cost, stay, seats, start, bidders, step, growth, price, held, key, slot, choice
):
    """Bidders take what is cheapest for them; a full offer lets go whoever minds least.

    Its price rises to the level at which that person is as well off elsewhere, and a step
    beyond, so that it never goes round in circles (Bertsekas 1988, "The auction algorithm").
    The step grows with the price, by price / 2**growth.
    Levels only rise, so the ones in a heap are lower bounds, brought up to date at its top.
    """
    for bidder in bidders:
        who = bidder
        while True:
            best, second, taken = stay[who], NEVER, np.int64(-1)
            for at in range(indptr[who], indptr[who + 1]):
                value = cost[at] + price[offer[at]]
                if value < best:
                    second = best
                    best = value
                    taken = at
                elif value < second:
                    second = value
            choice[who] = taken
            if taken < 0:
                break
            j = offer[taken]
            base, size = start[j], held[j]
            own_level = second - cost[taken] if second < NEVER else NEVER
            if size < seats[j]:
                push(key, slot, base, size, own_level, np.int32(who))
                held[j] = size + 1
                break
            level, leaver = own_level, who
            while size > 0 and key[base] < own_level:
                first = np.int64(slot[base])
                true_level = level_of_leaving(indptr, offer, cost, stay, price, choice, first)
                if true_level <= key[base]:
                    level, leaver = key[base], first
                    break
                sink(key, slot, base, size, 0, true_level, np.int32(first))
            if level >= NEVER:
                # more must be placed than there are seats: only a start, so leave it to `paths`
                choice[who] = -1
                break
            if level >= price[j]:
                price[j] = level + step + (abs(price[j]) >> growth)
            elif leaver == who:
                price[j] += step
            if leaver != who:
                sink(key, slot, base, size, 0, own_level, np.int32(who))
                who = leaver


@compiled(I64, LONGS, LONGS, INTS, LONGS, LONGS, INTS, I64, I64)
def refresh_first(cost, stay, applicant, profit, key, edge, base, size):
    """Bring the candidate that truly costs least to the top of a heap; returns its cost."""
    while size > 0:
        at = edge[base]
        who = applicant[at]
        value = cost[at] - stay[who] + profit[who]
        if value <= key[base]:
            return value
        sink(key, edge, base, size, 0, value, at)
    return NEVER


@compiled(
    NOTHING, INTS, LONGS, LONGS, LONGS, LONGS, INTS, INTS, FLAGS, I64, LONGS, LONGS, LONGS, LONGS
)
def descend(
    offer, cost, stay, seats, begin, edge, applicant, bidding, step, key, profit, price, choice
):
    """The same from the other side: offers bid for applicants, all of whom may stay.

    For offers that more people want than they seat, which are quicker to fill from here: each
    takes those who cost it least and pays them up to what the next one would have cost, and a
    step more. `edge` holds the positions of each offer's listings from begin[j], and is used
    up; `key` (k,) is room for their costs; `profit` (n,) is what applicants ask at first, and
    is used up too. Sets the prices of the `bidding` offers.
    """
    m = len(seats)
    size = np.zeros(m, np.int64)
    wanted = np.zeros(m, np.int64)
    stack = np.empty(m, np.int64)
    waiting = np.zeros(m, np.bool_)
    height = 0
    most = np.int64(1)
    for j in range(m):
        if not bidding[j] or seats[j] == 0:
            continue
        base, count = begin[j], 0
        for x in range(begin[j], begin[j + 1]):
            at = edge[x]
            if stay[applicant[at]] < NEVER:
                edge[base + count] = at
                key[base + count] = cost[at] - stay[applicant[at]] + profit[applicant[at]]
                count += 1
        heapify(key, edge, base, count)
        size[j] = count
        wanted[j] = seats[j]
        most = max(most, seats[j])
        stack[height] = j
        waiting[j] = True
        height += 1
    taken = np.empty(most, np.int64)
    while height > 0:
        height -= 1
        j = stack[height]
        waiting[j] = False
        base, count, got = begin[j], size[j], 0
        value, last = NEVER, np.int64(0)
        while True:
            value = refresh_first(cost, stay, applicant, profit, key, edge, base, count)
            if got == wanted[j] or count == 0:
                break
            last = value
            taken[got] = edge[base]
            got += 1
            count -= 1
            if count > 0:
                sink(key, edge, base, count, 0, key[base + count], edge[base + count])
        size[j] = count
        wanted[j] -= got
        next_value = value if count > 0 else last
        for x in range(got):
            at = taken[x]
            who = applicant[at]
            old = choice[who]
            own = cost[at] - stay[who]
            profit[who] = next_value - own + step + (profit[who] >> GROWTH)
            choice[who] = at
            if old < 0:
                continue
            loser = offer[old]
            push(
                key,
                edge,
                begin[loser],
                size[loser],
                cost[old] - stay[who] + profit[who],
                np.int32(old),
            )
            size[loser] += 1
            wanted[loser] += 1
            if not waiting[loser]:
                stack[height] = loser
                waiting[loser] = True
                height += 1
    for j in range(m):
        if bidding[j] and seats[j] > 0:
            # NEVER where all who list it are in; then the dearest of them, below
            price[j] = -refresh_first(cost, stay, applicant, profit, key, edge, begin[j], size[j])
    for who in range(len(choice)):
        at = choice[who]
        if at >= 0:
            j = offer[at]
            if bidding[j] and size[j] == 0:
                price[j] = max(price[j], -(cost[at] - stay[who] + profit[who]))


@compiled(LONGS, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS)
def keep_exact(indptr, offer, cost, stay, seats, price, held, choice):
    """Keep whoever has exactly their cheapest option, give free seats to others as cheaply.

    Returns the applicants who lack theirs; `held` and `choice` are set.
    """
    n = len(choice)
    held[:] = 0
    lacking = np.empty(n, np.int64)
    count = 0
    for who in range(n):
        best = stay[who]
        for at in range(indptr[who], indptr[who + 1]):
            best = min(best, cost[at] + price[offer[at]])
        at = choice[who]
        if at >= 0:
            j = offer[at]
            if cost[at] + price[j] == best and held[j] < seats[j]:
                held[j] += 1
                continue
        elif best == stay[who]:
            continue
        choice[who] = -1
        lacking[count] = who
        count += 1
    kept = 0
    for x in range(count):
        who = lacking[x]
        best = stay[who]
        for at in range(indptr[who], indptr[who + 1]):
            best = min(best, cost[at] + price[offer[at]])
        for at in range(indptr[who], indptr[who + 1]):
            j = offer[at]
            if cost[at] + price[j] == best and held[j] < seats[j]:
                choice[who] = at
                held[j] += 1
                break
        if choice[who] < 0 and best < stay[who]:
            lacking[kept] = who
            kept += 1
    return lacking[:kept].copy()
