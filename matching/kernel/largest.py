"""Many people led to free seats at once: the largest matching, and costs with few steps."""

import numpy as np

from matching.kernel.heaps import dequeue, enqueue
from matching.kernel.types import FLAG, FLAGS, I64, INTS, LONGS, NEVER, NOTHING, compiled


@compiled(NOTHING, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS)
def take_least_wanted(indptr, offer, seats, begin, start, held, slot, where, choice):
    """Everybody in turn takes the free seat that fewest want, so that few are left without one.

    `begin` (m + 1,) counts those who list each offer.
    """
    wanted = np.empty(len(seats), np.float64)
    for j in range(len(seats)):
        wanted[j] = (begin[j + 1] - begin[j]) / max(seats[j], 1)
    for who in range(len(choice)):
        taken = np.int64(-1)
        for at in range(indptr[who], indptr[who + 1]):
            j = offer[at]
            if held[j] < seats[j] and (taken < 0 or wanted[j] < wanted[offer[taken]]):
                taken = at
        choice[who] = taken
        if taken >= 0:
            j = offer[taken]
            slot[start[j] + held[j]] = who
            where[who] = start[j] + held[j]
            held[j] += 1


@compiled(I64, LONGS, LONGS, LONGS, INTS, LONGS, I64)
def paid(cost, price, best, offer, choice, who):
    """What `who` pays at the present prices; `best` where they have no place."""
    at = choice[who]
    return cost[at] + price[offer[at]] if at >= 0 else best[who]


@compiled(
    I64,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    FLAG,
    LONGS,
    LONGS,
    LONGS,
    INTS,
    LONGS,
    LONGS,
    LONGS,
    I64,
    LONGS,
)
def augment(
    indptr,
    offer,
    cost,
    price,
    best,
    exact,
    seats,
    start,
    held,
    slot,
    where,
    choice,
    free,
    count,
    depth,
):
    """Lead the first `count` of `free` to free seats along paths of moves, as many as can be.

    With `exact`, only moves that cost their mover nothing count. Returns how many are left, at the
    front of `free`; `depth` (m,) is then -1 at the offers that they cannot reach. Hopcroft &
    Karp (1973) over offers instead of seats: a round takes many shortest paths at once, O(k),
    and there are O(sqrt(n)) rounds, in practice about ten.
    """
    n, m = len(choice), len(seats)
    queue = np.empty(m, np.int64)
    next_choice = np.zeros(n, np.int64)
    next_seat = np.zeros(m, np.int64)
    path_at = np.empty(m + 1, np.int64)
    path_who = np.empty(m + 1, np.int64)
    now = np.int64(0)
    while True:
        # how many moves away from an unplaced applicant each offer is
        depth[:] = -1
        tail = 0
        nearest = NEVER
        for x in range(count):
            who = free[x]
            next_choice[who] = indptr[who]
            for at in range(indptr[who], indptr[who + 1]):
                j = offer[at]
                if depth[j] < 0 and (not exact or cost[at] + price[j] == best[who]):
                    depth[j] = 0
                    next_seat[j] = 0
                    queue[tail] = j
                    tail += 1
                    if held[j] < seats[j]:
                        nearest = 0
        head = 0
        while head < tail:
            j = queue[head]
            head += 1
            if depth[j] >= nearest:
                break
            for x in range(start[j], start[j] + held[j]):
                who = np.int64(slot[x])
                next_choice[who] = indptr[who]
                if exact:
                    now = cost[choice[who]] + price[j]
                for at in range(indptr[who], indptr[who + 1]):
                    other = offer[at]
                    if depth[other] < 0 and (not exact or cost[at] + price[other] == now):
                        depth[other] = depth[j] + 1
                        next_seat[other] = 0
                        queue[tail] = other
                        tail += 1
                        if held[other] < seats[other] and depth[other] < nearest:
                            nearest = depth[other]
        if nearest == NEVER:
            return count

        # as many disjoint paths of that length as there are
        kept = 0
        for x in range(count):
            source = free[x]
            who = source
            level = 0
            found = False
            while True:
                if exact:
                    now = paid(cost, price, best, offer, choice, who)
                at = np.int64(-1)
                j = np.int64(-1)
                ahead = False
                while next_choice[who] < indptr[who + 1]:
                    at = next_choice[who]
                    j = np.int64(offer[at])
                    if (
                        depth[j] == level
                        and (held[j] < seats[j] or (level < nearest and next_seat[j] < held[j]))
                        and (not exact or cost[at] + price[j] == now)
                    ):
                        ahead = True
                        break
                    next_choice[who] += 1
                if ahead:
                    path_at[level] = at
                    path_who[level] = who
                    if held[j] < seats[j]:
                        found = True
                        break
                elif level == 0:
                    break
                else:
                    level -= 1
                    who = path_who[level]
                    j = np.int64(offer[path_at[level]])
                    if next_seat[j] >= held[j]:
                        next_choice[who] += 1
                        continue
                who = np.int64(slot[start[j] + next_seat[j]])
                next_seat[j] += 1
                level += 1
            if not found:
                free[kept] = source
                kept += 1
                continue
            for step in range(level, -1, -1):
                who = path_who[step]
                if choice[who] >= 0:
                    old = offer[choice[who]]
                    last = start[old] + held[old] - 1
                    slot[where[who]] = slot[last]
                    where[slot[last]] = where[who]
                    held[old] -= 1
                j = np.int64(offer[path_at[step]])
                slot[start[j] + held[j]] = who
                where[who] = start[j] + held[j]
                held[j] += 1
                choice[who] = path_at[step]
        count = kept


@compiled(FLAGS, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS)
def largest_matching(indptr, offer, seats, begin, start, held, slot, where, choice):
    """Place as many as can be; returns the overdemanded offers, (m,) bool.

    Those are the offers that the unplaced reach by asking holders to move: every largest
    matching fills them, and only with people who list nothing else (Dulmage & Mendelsohn
    1958).
    """
    free = np.empty(len(choice), np.int64)
    take_least_wanted(indptr, offer, seats, begin, start, held, slot, where, choice)
    count = 0
    for who in range(len(choice)):
        if choice[who] < 0:
            free[count] = who
            count += 1
    depth = np.empty(len(seats), np.int64)
    unused = np.empty(0, np.int64)
    augment(
        indptr,
        offer,
        unused,
        unused,
        unused,
        False,
        seats,
        start,
        held,
        slot,
        where,
        choice,
        free,
        count,
        depth,
    )
    return depth >= 0


@compiled(
    FLAG, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS, I64
)
def raise_prices(
    indptr, offer, cost, stay, seats, start, price, best, held, slot, choice, free, count
):
    """Raise prices until one of `free` can be led on at no cost; False where only to staying.

    One Dijkstra from all of them at once, O(k log m).
    """
    m = len(seats)
    distance = np.full(m, NEVER)
    settled = np.zeros(m, np.bool_)
    key = np.empty(len(offer) + 8, np.int64)
    item = np.empty(len(offer) + 8, np.int64)
    size = 0
    nearest, to_a_seat = NEVER, False
    for x in range(count):
        who = free[x]
        if stay[who] < NEVER and stay[who] - best[who] < nearest:
            nearest, to_a_seat = stay[who] - best[who], False
        for at in range(indptr[who], indptr[who + 1]):
            j = offer[at]
            ahead = cost[at] + price[j] - best[who]
            if ahead < nearest and ahead < distance[j]:
                distance[j] = ahead
                if held[j] < seats[j]:
                    nearest, to_a_seat = ahead, True
                else:
                    size = enqueue(key, item, size, ahead, j)
    while size > 0 and key[0] < nearest:
        here, j = key[0], item[0]
        size = dequeue(key, item, size)
        if settled[j] or here > distance[j]:
            continue
        settled[j] = True
        for x in range(start[j], start[j] + held[j]):
            who = np.int64(slot[x])
            rest = here - cost[choice[who]] - price[j]
            if stay[who] < NEVER and rest + stay[who] < nearest:
                nearest, to_a_seat = rest + stay[who], False
            for at in range(indptr[who], indptr[who + 1]):
                other = offer[at]
                ahead = rest + cost[at] + price[other]
                if ahead < nearest and ahead < distance[other]:
                    distance[other] = ahead
                    if held[other] < seats[other]:
                        nearest, to_a_seat = ahead, True
                    else:
                        size = enqueue(key, item, size, ahead, other)
    if nearest >= NEVER:
        return False
    for j in range(m):
        if distance[j] < nearest:
            price[j] += nearest - distance[j]
    for x in range(count):
        best[free[x]] += nearest
    return to_a_seat


@compiled(LONGS, LONGS, INTS, LONGS, LONGS, LONGS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS, LONGS)
def place_many(indptr, offer, cost, stay, seats, start, price, held, slot, where, choice, lacking):
    """Place `lacking` many at a time, for costs with few steps; returns those who are left.

    The primal-dual method: prices rise to the next tie, then as many as can be are led on
    at once. Where costs are nearly all equal this takes a few passes, while one search for
    each applicant would walk through the same ties again and again.
    """
    best = np.zeros(len(choice), np.int64)
    for who in lacking:
        best[who] = stay[who]
        for at in range(indptr[who], indptr[who + 1]):
            best[who] = min(best[who], cost[at] + price[offer[at]])
    free = lacking.copy()
    count = len(free)
    depth = np.empty(len(seats), np.int64)
    while count > 0:
        count = augment(
            indptr,
            offer,
            cost,
            price,
            best,
            True,
            seats,
            start,
            held,
            slot,
            where,
            choice,
            free,
            count,
            depth,
        )
        if count == 0 or not raise_prices(
            indptr, offer, cost, stay, seats, start, price, best, held, slot, choice, free, count
        ):
            break
    return free[:count].copy()
