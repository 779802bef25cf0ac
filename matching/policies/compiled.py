"""The two policies by merit, compiled: signatures are fixed, so nothing is left to compile.

Imported by the first solve, since numba takes longer to import than this package may.
"""

import numpy as np
from numba import njit, types

from matching.result import UNMATCHED, IntArray

# frozen arrays of an instance are taken as they are
READ = types.Array(types.int64, 1, "C", readonly=True)
WRITE = types.Array(types.int64, 1, "C")


@njit(WRITE(READ, READ, READ, READ), cache=True, nogil=True)
def take_turns(indptr: IntArray, offer: IntArray, capacity: IntArray, order: IntArray) -> IntArray:
    """The first choice with a seat left, for everybody in `order` (n,). O(k)."""
    left = capacity.copy()
    choice = np.full(len(order), UNMATCHED, dtype=np.int64)
    for who in order:
        for at in range(indptr[who], indptr[who + 1]):
            if left[offer[at]] > 0:
                left[offer[at]] -= 1
                choice[who] = at
                break
    return choice


@njit(types.void(WRITE, types.int64, types.int64, types.int64), cache=True, nogil=True)
def _sink(heap: IntArray, begin: int, size: int, at: int) -> None:
    """Let the key at `at` fall to where none below it is larger; the heap starts at `begin`."""
    key = heap[begin + at]
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[begin + below + 1] > heap[begin + below]:
            below += 1
        if heap[begin + below] <= key:
            break
        heap[begin + at] = heap[begin + below]
        at = below
    heap[begin + at] = key


@njit(WRITE(READ, READ, READ, READ, READ, READ), cache=True, nogil=True)
def propose(
    indptr: IntArray,
    offer: IntArray,
    begins: IntArray,
    order: IntArray,
    turn: IntArray,
    behind: IntArray,
) -> IntArray:
    """Everybody proposes down their list; an offer keeps the best that it has seen.

    `begins` (m + 1,): the seats of offer j are begins[j]:begins[j + 1]. Of two proposals the
    one less `behind` (k,) is better, or with `behind` empty none is; then the one whose
    applicant comes first in `order` (n,), whose inverse is `turn` (n,). O(k log n): nobody
    proposes to an offer twice, and an offer holds its proposals in a heap, worst on top,
    once it is full.
    """
    n = len(order)
    choice = np.full(n, UNMATCHED, dtype=np.int64)
    following = indptr.copy()
    held = np.zeros(len(begins) - 1, dtype=np.int64)
    heap = np.empty(begins[-1], dtype=np.int64)
    for first in order:
        who = first
        while following[who] < indptr[who + 1]:
            at = following[who]
            following[who] += 1
            place = offer[at]
            begin = begins[place]
            seats = begins[place + 1] - begin
            key = turn[who]
            if len(behind):
                key += behind[at] * n
            if held[place] < seats:
                heap[begin + held[place]] = key
                held[place] += 1
                choice[who] = at
                if held[place] == seats:
                    for root in range(seats // 2 - 1, -1, -1):
                        _sink(heap, begin, seats, root)
                break
            if seats and key < heap[begin]:
                choice[who] = at
                who = order[heap[begin] % n]
                choice[who] = UNMATCHED
                heap[begin] = key
                _sink(heap, begin, seats, 0)
    return choice
