"""A first assignment from scipy: every seat a column of its own.

scipy computes in doubles, so what it returns is where `circulation` starts, not what it
ends with: that is exact whatever the size of the costs.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.result import UNMATCHED, IntArray

DENSE_CELLS: Final = 4_000_000
"""Up to here a full matrix is quicker than lists."""

EXPANDED_CHOICES: Final = 2_000_000
"""Beyond this the copies of choices take more memory and time than mending a rough start."""


def assign_to_seats(
    indptr: IntArray, offer: IntArray, cost: IntArray, stay: IntArray, capacity: IntArray
) -> IntArray:
    """Least total cost over expanded seats, as far as doubles can tell.

    Arguments and units as in `circulation.settle`. Returns the position in `offer` per
    applicant, (n,). Roughly cubic in the worst case, far better on real lists. Where many
    list offers with many seats, cheapest choices first instead, O(k log k).
    """
    n, m = len(indptr) - 1, len(capacity)
    seats = np.minimum(capacity, np.bincount(offer, minlength=m))
    applicant = np.repeat(np.arange(n), np.diff(indptr))
    # only what is no worse than staying can be of use
    useful = np.flatnonzero((cost <= stay[applicant]) & (seats[offer] > 0))
    if not len(useful):
        return np.full(n, UNMATCHED, dtype=np.int64)
    first_seat = np.concatenate([[0], np.cumsum(seats)])
    copies = seats[offer[useful]]
    if int(copies.sum()) > EXPANDED_CHOICES:
        return _cheapest_first(useful, applicant, offer, cost - stay[applicant], seats, n)
    edge = np.repeat(useful, copies)
    begin = np.cumsum(copies) - copies
    seat = np.repeat(first_seat[offer[useful]] - begin, copies) + np.arange(len(edge))
    saving = (cost[edge] - stay[applicant[edge]]).astype(np.float64)
    columns = int(first_seat[-1])
    if n * columns <= DENSE_CELLS:
        return _dense(n, columns, applicant[edge], seat, saving, edge)
    return _sparse(n, columns, applicant[edge], seat, saving, edge)


def _dense(
    n: int,
    columns: int,
    row: IntArray,
    seat: IntArray,
    saving: npt.NDArray[np.float64],
    edge: IntArray,
) -> IntArray:
    # inline: scipy takes longer to import than this package may
    from scipy.optimize import linear_sum_assignment

    matrix = np.zeros((n, columns))
    matrix[row, seat] = saving
    edge_at = np.full((n, columns), UNMATCHED, dtype=np.int64)
    edge_at[row, seat] = edge
    rows, seats = linear_sum_assignment(matrix)
    choice = np.full(n, UNMATCHED, dtype=np.int64)
    choice[rows] = edge_at[rows, seats]
    return choice


def _sparse(
    n: int,
    columns: int,
    row: IntArray,
    seat: IntArray,
    saving: npt.NDArray[np.float64],
    edge: IntArray,
) -> IntArray:
    # inline: scipy takes longer to import than this package may
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    # a column of their own lets everybody stay; every row is matched once, so one constant
    # on all weights changes nothing and keeps them above zero, which scipy takes for no edge
    lift = 1.0 - min(0.0, float(saving.min()))
    rows = np.concatenate([row, np.arange(n)])
    cols = np.concatenate([seat, columns + np.arange(n)])
    weights = np.maximum(1.0, np.concatenate([saving, np.zeros(n)]) + lift)
    edges = np.concatenate([edge, np.full(n, UNMATCHED)])
    graph = csr_array((weights, (rows, cols)), shape=(n, columns + n))
    matched_rows, matched_cols = min_weight_full_bipartite_matching(graph)
    edge_of = csr_array((edges + 2, (rows, cols)), shape=(n, columns + n))
    choice = np.full(n, UNMATCHED, dtype=np.int64)
    choice[matched_rows] = np.asarray(edge_of[matched_rows, matched_cols]).ravel() - 2
    return choice


def _cheapest_first(
    useful: IntArray,
    applicant: IntArray,
    offer: IntArray,
    saving: IntArray,
    seats: IntArray,
    n: int,
) -> IntArray:
    """Choices are granted in order of saving while applicant and seat are free."""
    order = useful[np.argsort(saving[useful], kind="stable")]
    left, choice = seats.tolist(), [UNMATCHED] * n
    triples = zip(order.tolist(), applicant[order].tolist(), offer[order].tolist(), strict=True)
    for at, who, place in triples:
        if choice[who] == UNMATCHED and left[place]:
            left[place] -= 1
            choice[who] = at
    return np.array(choice, dtype=np.int64)
