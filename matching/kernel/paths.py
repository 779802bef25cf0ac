"""Exact mending along shortest paths, in integers, and the lowest prices.

An applicant who moves is an arc between two offers; its length is what the move costs at the
present prices, never below 0. Dijkstra (1959) over offers with early end, prices as potentials:
Edmonds & Karp (1972); for assignment Jonker & Volgenant (1987). Holders of an offer, and those
who list it, stand in a heap by a lower bound of that length, and are looked at in its order only.
"""

import numpy as np

from matching.kernel.auction import level_of_leaving
from matching.kernel.heaps import dequeue, enqueue, heapify, seat_sink
from matching.kernel.seating import join, leave
from matching.kernel.types import FLAG, FLAGS, I64, INTS, LONGS, NEVER, NOTHING, compiled


@compiled(
    FLAG, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS, LONGS
)
def place(
    indptr, offer, cost, stay, seats, start, price, held, level, slot, where, choice, lacking
):
    """Give each of `lacking` a seat, or their staying, along a shortest path; prices rise.

    False when somebody who must be placed cannot be.
    """
    m = len(seats)
    distance = np.full(m, NEVER)
    settled = np.zeros(m, np.bool_)
    heaped = np.zeros(m, np.bool_)
    via = np.empty(m, np.int64)
    mover = np.empty(m, np.int64)
    touched = np.empty(m, np.int64)
    room = len(offer) + len(slot) + m + 8
    key = np.empty(room, np.int64)
    item = np.empty(room, np.int64)
    for source in lacking:
        best = stay[source]
        for at in range(indptr[source], indptr[source + 1]):
            best = min(best, cost[at] + price[offer[at]])
        nearest = stay[source] - best if stay[source] < NEVER else NEVER
        last_offer, last_stayer = np.int64(-1), source
        reached, size = 0, 0
        for at in range(indptr[source], indptr[source + 1]):
            j = offer[at]
            ahead = cost[at] + price[j] - best
            if ahead < nearest and ahead < distance[j]:
                touched[reached] = j
                reached += 1
                distance[j] = ahead
                via[j] = at
                mover[j] = source
                if held[j] < seats[j]:
                    nearest = ahead
                    last_offer = np.int64(j)
                else:
                    size = enqueue(key, item, size, ahead, j)
        while size > 0 and key[0] < nearest:
            here, code = key[0], item[0]
            size = dequeue(key, item, size)
            if code < m:
                # an offer: its holders come up one by one, whoever minds least first
                j = code
                if settled[j] or here > distance[j]:
                    continue
                settled[j] = True
                base = start[j]
                if not heaped[j]:
                    for x in range(base, base + held[j]):
                        level[x] = level_of_leaving(
                            indptr, offer, cost, stay, price, choice, slot[x]
                        )
                    for x in range((held[j] >> 1) - 1, -1, -1):
                        seat_sink(
                            level, slot, where, base, held[j], x, level[base + x], slot[base + x]
                        )
                    heaped[j] = True
                if held[j] > 0 and level[base] < NEVER:
                    ahead = here + level[base] - price[j]
                    if ahead < nearest:
                        size = enqueue(key, item, size, ahead, m + base)
                continue
            seat = code - m
            who = np.int64(slot[seat])
            j = np.int64(offer[choice[who]])
            base = start[j]
            child = 2 * (seat - base) + 1
            for x in range(child, min(child + 2, held[j])):
                if level[base + x] < NEVER:
                    ahead = distance[j] + level[base + x] - price[j]
                    if ahead < nearest:
                        size = enqueue(key, item, size, ahead, m + base + x)
            rest = distance[j] - cost[choice[who]] - price[j]
            if stay[who] < NEVER and rest + stay[who] < nearest:
                nearest = rest + stay[who]
                last_offer, last_stayer = np.int64(-1), who
            for at in range(indptr[who], indptr[who + 1]):
                other = offer[at]
                ahead = rest + cost[at] + price[other]
                if ahead < nearest and ahead < distance[other]:
                    if distance[other] == NEVER:
                        touched[reached] = other
                        reached += 1
                    distance[other] = ahead
                    via[other] = at
                    mover[other] = who
                    if held[other] < seats[other]:
                        nearest = ahead
                        last_offer = np.int64(other)
                    else:
                        size = enqueue(key, item, size, ahead, other)
        if nearest >= NEVER:
            return False
        for x in range(reached):
            j = touched[x]
            if distance[j] < nearest:
                price[j] += nearest - distance[j]
        j = last_offer
        if j < 0 and last_stayer != source:
            j = np.int64(offer[choice[last_stayer]])
            leave(offer, start, held, heaped, level, slot, where, choice, last_stayer)
        while j >= 0:
            who, at = mover[j], via[j]
            j = np.int64(-1)
            if who != source:
                j = np.int64(offer[choice[who]])
                leave(offer, start, held, heaped, level, slot, where, choice, who)
            join(
                indptr,
                offer,
                cost,
                stay,
                price,
                start,
                held,
                heaped,
                level,
                slot,
                where,
                choice,
                who,
                at,
            )
        for x in range(reached):
            distance[touched[x]] = NEVER
            settled[touched[x]] = False
    return True


@compiled(I64, INTS, LONGS, LONGS, LONGS, LONGS, INTS, I64)
def cost_of_coming(offer, cost, stay, price, choice, applicant, at):
    """What choice `at` costs its applicant beyond what they pay now, before its own price."""
    who = applicant[at]
    own = choice[who]
    if own >= 0:
        return cost[at] - cost[own] - price[offer[own]]
    return cost[at] - stay[who] if stay[who] < NEVER else NEVER


@compiled(
    FLAG,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    FLAGS,
    LONGS,
    INTS,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    INTS,
    LONGS,
    LONGS,
)
def fill(
    offer,
    cost,
    stay,
    seats,
    must_fill,
    begin,
    edge,
    coming,
    applicant,
    start,
    price,
    held,
    slot,
    where,
    choice,
):
    """Fill free seats that have a price, or lower the price, along shortest paths.

    A free seat draws someone in, whose seat falls free in turn, until one who stayed comes in or
    a price has fallen to 0 (not at offers that must be filled). False when one of those cannot.
    """
    m = len(seats)
    distance = np.full(m, NEVER)
    settled = np.zeros(m, np.bool_)
    heaped = np.zeros(m, np.bool_)
    not_heaped = np.zeros(m, np.bool_)
    no_level = np.empty(0, np.int64)
    via = np.empty(m, np.int64)
    touched = np.empty(m, np.int64)
    room = 2 * len(offer) + m + 8
    key = np.empty(room, np.int64)
    item = np.empty(room, np.int64)
    for source in range(m):
        while held[source] < seats[source] and (price[source] > 0 or must_fill[source]):
            nearest = NEVER if must_fill[source] else price[source]
            last_offer, newcomer = source, np.int64(-1)
            distance[source] = 0
            touched[0] = source
            via[source] = -1
            reached = 1
            size = enqueue(key, item, 0, 0, source)
            while size > 0 and key[0] < nearest:
                here, code = key[0], item[0]
                size = dequeue(key, item, size)
                if code < m:
                    j = code
                    if settled[j] or here > distance[j]:
                        continue
                    settled[j] = True
                    if not must_fill[j] and here + price[j] < nearest:
                        nearest = here + price[j]
                        last_offer, newcomer = j, np.int64(-1)
                    base, listed = begin[j], begin[j + 1] - begin[j]
                    if not heaped[j]:
                        for x in range(base, base + listed):
                            coming[x] = cost_of_coming(
                                offer, cost, stay, price, choice, applicant, edge[x]
                            )
                        heapify(coming, edge, base, listed)
                        heaped[j] = True
                    if listed > 0 and coming[base] < NEVER:
                        ahead = here + coming[base] + price[j]
                        if ahead < nearest:
                            size = enqueue(key, item, size, ahead, m + base)
                    continue
                at = np.int64(edge[code - m])
                j = np.int64(offer[at])
                base = begin[j]
                rest = distance[j] + price[j]
                child = 2 * (code - m - base) + 1
                for x in range(child, min(child + 2, begin[j + 1] - base)):
                    if coming[base + x] < NEVER and rest + coming[base + x] < nearest:
                        size = enqueue(key, item, size, rest + coming[base + x], m + base + x)
                who = applicant[at]
                own = choice[who]
                if own == at:
                    continue
                moving = cost_of_coming(offer, cost, stay, price, choice, applicant, at)
                if moving >= NEVER or rest + moving >= nearest:
                    continue
                if own < 0:
                    nearest = rest + moving
                    last_offer, newcomer = j, at
                    continue
                other = offer[own]
                if rest + moving < distance[other]:
                    if distance[other] == NEVER:
                        touched[reached] = other
                        reached += 1
                    distance[other] = rest + moving
                    via[other] = at
                    size = enqueue(key, item, size, rest + moving, other)
            if nearest >= NEVER:
                return False
            for x in range(reached):
                j = touched[x]
                if distance[j] < nearest:
                    price[j] -= nearest - distance[j]
            j, at = last_offer, newcomer
            while True:
                out = via[j]
                if out >= 0:
                    leave(
                        offer,
                        start,
                        held,
                        not_heaped,
                        no_level,
                        slot,
                        where,
                        choice,
                        applicant[out],
                    )
                if at >= 0:
                    who = applicant[at]
                    slot[start[j] + held[j]] = who
                    where[who] = start[j] + held[j]
                    held[j] += 1
                    choice[who] = at
                if out < 0:
                    break
                at = out
                j = np.int64(offer[out])
            for x in range(reached):
                distance[touched[x]] = NEVER
                settled[touched[x]] = False
    return True


@compiled(NOTHING, LONGS, INTS, LONGS, LONGS, FLAGS, LONGS, LONGS, LONGS, INTS, LONGS)
def lower(indptr, offer, cost, stay, must_fill, start, price, held, slot, choice):
    """Lower all prices as far as they go together: the least of all optimal prices.

    A price is held up by 0 (not at offers that must be filled), by those who stay and would
    come, and by holders of other offers who would. O(k log k).
    """
    m = len(held)
    distance = np.full(m, NEVER)
    settled = np.zeros(m, np.bool_)
    key = np.empty(len(offer) + m + 8, np.int64)
    item = np.empty(len(offer) + m + 8, np.int64)
    size = 0
    for j in range(m):
        if not must_fill[j]:
            distance[j] = price[j]
    for who in range(len(choice)):
        if choice[who] < 0 and stay[who] < NEVER:
            for at in range(indptr[who], indptr[who + 1]):
                j = offer[at]
                distance[j] = min(distance[j], cost[at] + price[j] - stay[who])
    for j in range(m):
        if distance[j] < NEVER:
            size = enqueue(key, item, size, distance[j], j)
    while size > 0:
        here, j = key[0], item[0]
        size = dequeue(key, item, size)
        if settled[j] or here > distance[j]:
            continue
        settled[j] = True
        for x in range(start[j], start[j] + held[j]):
            who = slot[x]
            rest = here - cost[choice[who]] - price[j]
            for at in range(indptr[who], indptr[who + 1]):
                other = offer[at]
                ahead = rest + cost[at] + price[other]
                if ahead < distance[other]:
                    distance[other] = ahead
                    size = enqueue(key, item, size, ahead, other)
    # what nothing holds up has no lowest price, but may not hold up the others
    furthest = np.int64(0)
    for j in range(m):
        if distance[j] < NEVER:
            furthest = max(furthest, distance[j])
    for j in range(m):
        price[j] -= min(distance[j], furthest)
