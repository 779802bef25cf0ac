"""The lottery that breaks ties, so simple that anybody can recompute it."""

import hashlib

import numpy as np

from matching.result import IntArray


def draw_lottery(applicants: int, seed: int) -> IntArray:
    """Numbers 1..n in the order of the SHA-256 digests of "seed:row", rows from 0.

    Returns (n,). The definition needs no library, so a reader of the published seed can
    repeat it in any language. O(n log n).
    """
    digests = [hashlib.sha256(f"{seed}:{row}".encode()).digest() for row in range(applicants)]
    order = sorted(range(applicants), key=digests.__getitem__)
    lottery = np.empty(applicants, dtype=np.int64)
    lottery[order] = np.arange(1, applicants + 1)
    return lottery
