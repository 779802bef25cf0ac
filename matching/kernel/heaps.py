"""Binary heaps in arrays: the least key first.

A heap of an offer stands in its stretch of shared arrays, from `base`; a queue of a search has
arrays of its own.
"""

from matching.kernel.types import I32, I64, INTS, LONGS, NOTHING, compiled


@compiled(NOTHING, LONGS, INTS, I64, I64, I64, I32)
def push(key, item, base, size, new_key, new_item):
    """Add one to a heap that has `size`."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if key[base + up] <= new_key:
            break
        key[base + at] = key[base + up]
        item[base + at] = item[base + up]
        at = up
    key[base + at] = new_key
    item[base + at] = new_item


@compiled(NOTHING, LONGS, INTS, I64, I64, I64, I64, I32)
def sink(key, item, base, size, at, new_key, new_item):
    """Put one at position `at`, from where it may only sink."""
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and key[base + child + 1] < key[base + child]:
            child += 1
        if key[base + child] >= new_key:
            break
        key[base + at] = key[base + child]
        item[base + at] = item[base + child]
        at = child
    key[base + at] = new_key
    item[base + at] = new_item


@compiled(NOTHING, LONGS, INTS, I64, I64)
def heapify(key, item, base, size):
    """Make a heap of a stretch in any order. O(size)."""
    for at in range((size >> 1) - 1, -1, -1):
        sink(key, item, base, size, at, key[base + at], item[base + at])


@compiled(NOTHING, LONGS, INTS, LONGS, I64, I64, I64, I32)
def seat_rise(key, item, where, base, at, new_key, new_item):
    """Put one at position `at`, from where it may only rise; `where` (n,) follows everybody."""
    while at > 0:
        up = (at - 1) >> 1
        if key[base + up] <= new_key:
            break
        moved = item[base + up]
        key[base + at] = key[base + up]
        item[base + at] = moved
        where[moved] = base + at
        at = up
    key[base + at] = new_key
    item[base + at] = new_item
    where[new_item] = base + at


@compiled(NOTHING, LONGS, INTS, LONGS, I64, I64, I64, I64, I32)
def seat_sink(key, item, where, base, size, at, new_key, new_item):
    """`sink`, and `where` (n,) follows everybody."""
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and key[base + child + 1] < key[base + child]:
            child += 1
        if key[base + child] >= new_key:
            break
        moved = item[base + child]
        key[base + at] = key[base + child]
        item[base + at] = moved
        where[moved] = base + at
        at = child
    key[base + at] = new_key
    item[base + at] = new_item
    where[new_item] = base + at


@compiled(I64, LONGS, LONGS, I64, I64, I64)
def enqueue(key, item, size, new_key, new_item):
    """Add one to the queue of a search; returns its new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if key[up] <= new_key:
            break
        key[at] = key[up]
        item[at] = item[up]
        at = up
    key[at] = new_key
    item[at] = new_item
    return size + 1


@compiled(I64, LONGS, LONGS, I64)
def dequeue(key, item, size):
    """Drop the first of the queue of a search; returns its new size."""
    size -= 1
    last_key, last_item = key[size], item[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if key[child] >= last_key:
            break
        key[at] = key[child]
        item[at] = item[child]
        at = child
    key[at] = last_key
    item[at] = last_item
    return size
