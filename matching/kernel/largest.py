"""The largest matching, and the offers for which there are more people than seats."""

import numpy as np

from matching.kernel.types import FLAGS, I64, INTS, LONGS, NEVER, compiled


@compiled(I64, LONGS, INTS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS)
def take_first_free(indptr, offer, seats, start, held, slot, where, choice):
    """Everybody in turn takes their first choice with a free seat; how many are left without."""
    left = 0
    for who in range(len(choice)):
        choice[who] = -1
        for at in range(indptr[who], indptr[who + 1]):
            j = offer[at]
            if held[j] < seats[j]:
                choice[who] = at
                slot[start[j] + held[j]] = who
                where[who] = start[j] + held[j]
                held[j] += 1
                break
        if choice[who] < 0:
            left += 1
    return left


@compiled(FLAGS, LONGS, INTS, LONGS, LONGS, LONGS, INTS, LONGS, LONGS)
def largest_matching(indptr, offer, seats, start, held, slot, where, choice):
    """Place as many as can be; returns the overdemanded offers, (m,) bool.

    Those are the offers that the unplaced reach by asking holders to move: every largest
    matching fills them, and only with people who list nothing else (Dulmage & Mendelsohn
    1958). Hopcroft & Karp (1973) over offers instead of seats: a round takes many shortest
    augmenting paths at once, O(k), and there are O(sqrt(n)) rounds, in practice about ten.
    """
    n, m = len(choice), len(seats)
    free = np.empty(n, np.int64)
    count = take_first_free(indptr, offer, seats, start, held, slot, where, choice)
    count = 0
    for who in range(n):
        if choice[who] < 0:
            free[count] = who
            count += 1
    depth = np.empty(m, np.int64)
    queue = np.empty(m, np.int64)
    next_choice = np.zeros(n, np.int64)
    next_seat = np.zeros(m, np.int64)
    path_at = np.empty(m + 1, np.int64)
    path_who = np.empty(m + 1, np.int64)
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
                if depth[j] < 0:
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
                for at in range(indptr[who], indptr[who + 1]):
                    other = offer[at]
                    if depth[other] < 0:
                        depth[other] = depth[j] + 1
                        next_seat[other] = 0
                        queue[tail] = other
                        tail += 1
                        if held[other] < seats[other] and depth[other] < nearest:
                            nearest = depth[other]
        if nearest == NEVER:
            return depth >= 0

        # as many disjoint paths of that length as there are
        kept = 0
        for x in range(count):
            source = free[x]
            who = source
            level = 0
            found = False
            while True:
                at = np.int64(-1)
                j = np.int64(-1)
                ahead = False
                while next_choice[who] < indptr[who + 1]:
                    at = next_choice[who]
                    j = np.int64(offer[at])
                    if depth[j] == level and (
                        held[j] < seats[j] or (level < nearest and next_seat[j] < held[j])
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
