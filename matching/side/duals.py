"""Nearly best prices of all rows for large programmes, by a smoothed dual."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from matching.arrays import FloatArray
from matching.side.program import ABSENT, Program

COOLING: Final = 3.0
LEVELS: Final = 8
STEPS: Final = 150
"""Steps at one temperature; the next one starts where they ended."""

EASIER: Final = 0.95
"""Steps grow until one proves too long."""

WARM: Final = 4
"""Level to begin with where prices are good already."""


def ascend(
    program: Program, start: tuple[FloatArray, FloatArray] | None = None
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Prices of offers (m,) and of rows (r,), from level to level closer to the best bound.

    The bound is a sum of minimums over applicants. With a temperature each becomes a soft
    minimum, which is smooth, and accelerated steps with an own length for each row rise on it
    quickly; then the temperature falls. Nesterov (2005), "Smooth minimization of non-smooth
    functions". O(k) a step. Unlike those of the simplex method such prices are central, so
    they suit choices that the solver does not look at. `start`: prices to begin with.
    """
    dual = _Dual(program)
    largest = float(np.abs(program.cost).max(initial=1))
    price = np.zeros(len(dual.limit)) if start is None else dual.split(*start)
    m = len(program.capacity)
    for level in range(0 if start is None else WARM, LEVELS):
        price = _rise(dual, price, largest / 4 / COOLING**level)
        both = price[: dual.above] @ dual.from_above + price[dual.above :] @ dual.from_below
        yield both[:m], both[m:]


class _Dual:
    """Minus the smoothed bound and its gradient over prices >= 0 of one-sided rows."""

    def __init__(self, program: Program) -> None:
        # inline: scipy takes longer to import than this package may
        from scipy.sparse import csr_array, eye_array, vstack

        m, k = len(program.capacity), len(program.offer)
        seats = csr_array((np.ones(k), (program.offer, np.arange(k))), shape=(m, k))
        matrix = vstack([seats, program.rows.astype(np.float64)], format="csr")
        high = np.concatenate([program.capacity, program.upper])
        low = np.concatenate([program.least, program.lower])
        most = np.asarray(matrix.maximum(0).sum(axis=1)).ravel()
        fewest = np.asarray(matrix.minimum(0).sum(axis=1)).ravel()
        over = np.flatnonzero((high < ABSENT) & (most > high))
        under = np.flatnonzero((low > -ABSENT) & (fewest < low))
        self.above = len(over)
        unit = eye_array(matrix.shape[0], format="csr")
        self.from_above, self.from_below = unit[over], -unit[under]
        rows = vstack([matrix[over], -matrix[under]], format="csr")
        self.limit = np.concatenate([high[over], -low[under]]).astype(np.float64)
        # what may flow through a row at most, roughly: steep rows take small steps
        weight = np.asarray(abs(rows).sum(axis=1)).ravel()
        self.weight = np.minimum(weight, 4 * np.abs(self.limit) + 4)
        columns = rows.T.tocsr()
        self.lists = (
            program.indptr.copy(),
            program.demand.copy(),
            program.cost.astype(np.float64),
            columns.indptr.astype(np.int32),
            columns.indices.astype(np.int32),
            columns.data.astype(np.float64),
        )
        self.value = np.empty(k)

    def split(self, prices: FloatArray, row_prices: FloatArray) -> FloatArray:
        """As prices of one-sided rows."""
        both = np.concatenate([prices, row_prices])
        sides: FloatArray = np.concatenate([self.from_above @ both, self.from_below @ both])
        return np.maximum(0, sides)

    def __call__(self, price: FloatArray, heat: float) -> tuple[float, FloatArray]:
        # inline: numba takes longer to import than this package may
        from matching.side.softmin import soft_minimum

        used = np.empty(len(price))
        least = soft_minimum(*self.lists, price, heat, self.value, used)
        return float(self.limit @ price) - least, self.limit - used


def _rise(dual: _Dual, start: FloatArray, heat: float) -> FloatArray:
    """Accelerated projected gradient with restarts (O'Donoghue & Candès 2015)."""
    price, ahead, momentum, steep = start, start, 1.0, 1.0
    length = heat / dual.weight
    here, slope = dual(ahead, heat)
    for _ in range(STEPS):
        new = np.maximum(0, ahead - length / steep * slope)
        move = new - ahead
        expected = here + float(slope @ move) + steep / 2 * float((move * move / length).sum())
        if dual(new, heat)[0] > expected + 1e-9 * abs(here):
            steep *= 2
            continue
        if float(slope @ (new - price)) > 0:
            momentum = 1.0
        faster = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = np.maximum(0, new + (momentum - 1) / faster * (new - price))
        price, momentum, steep = new, faster, steep * EASIER
        here, slope = dual(ahead, heat)
    return price
