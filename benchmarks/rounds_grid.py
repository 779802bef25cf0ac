"""Rounds of many sizes and shapes, drawn from a seed.

Imports numpy alone, so that a process which only holds a round is small.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.shapes import CHOICES, OFFERS, POPULARITY

SEED = 2027

Arrays = dict[str, npt.NDArray[Any]]


def draw(applicants: int, cell: str, seed: int = SEED) -> Arrays:
    """A round as arrays; a cell is popularity/seats/cost.

    `indptr`, `offer`, `capacity`, `lottery`, and `merit` where the cell has it: arguments of
    `Instance`. `cost` (k,) is what each choice costs, given to the peers ready-made; we are
    given it for 4**rank only, and work it out from rank and merit otherwise. `stay` (1,): what
    being unplaced costs, more than any saving elsewhere.
    """
    popularity, per_hundred, by = cell.split("/")
    seats = applicants * int(per_hundred) // 100
    random = np.random.default_rng(seed)
    offers = OFFERS[applicants]
    offer = draw_lists(random, applicants, offers, POPULARITY[popularity])
    rank = np.tile(np.arange(1, CHOICES + 1), applicants)
    merit = random.integers(0, 101, applicants)
    if by == "4^rank":
        cost = 4**rank
    else:
        weight = 100 + (np.repeat(merit, CHOICES) if by == "merit" else 0)
        cost = weight * (rank**2 - (CHOICES + 1) ** 2)
    placed = min(applicants, seats)
    arrays = {
        "indptr": np.arange(0, applicants * CHOICES + 1, CHOICES),
        "offer": offer.ravel(),
        "capacity": spread(seats, offers),
        "lottery": random.permutation(applicants) + 1,
        "cost": cost,
        "stay": np.array([cost.max() + placed * (cost.max() - cost.min()) + 1]),
    }
    if by == "merit":
        arrays["merit"] = merit
    return arrays


def draw_lists(
    random: np.random.Generator, applicants: int, offers: int, exponent: float
) -> npt.NDArray[np.int64]:
    """Lists (applicants, CHOICES) drawn without repetition in proportion to popularity.

    Successive sampling: each next choice is drawn from all offers, and again while it repeats an
    earlier one. The popularity of offer j is (j + 1)**-exponent, before labels are shuffled.
    """
    until = np.cumsum(np.arange(1, offers + 1) ** -exponent)
    lists = np.full((applicants, CHOICES), -1, dtype=np.int64)
    filled = np.zeros(applicants, dtype=np.int64)
    open_to = np.arange(applicants)
    while len(open_to):
        drawn = np.searchsorted(until, random.random(len(open_to)) * until[-1], side="right")
        # a draw may round up to the very end
        drawn = np.minimum(drawn, offers - 1)
        new = (lists[open_to] != drawn[:, None]).all(axis=1)
        who = open_to[new]
        lists[who, filled[who]] = drawn[new]
        filled[who] += 1
        open_to = open_to[filled[open_to] < CHOICES]
    return random.permutation(offers)[lists]


def spread(seats: int, offers: int) -> npt.NDArray[np.int64]:
    """Seats (offers,) as evenly as whole numbers allow."""
    each, more = divmod(seats, offers)
    return each + (np.arange(offers) < more).astype(np.int64)


def save(path: Path, arrays: Arrays) -> None:
    np.savez(path, **arrays)


def load(path: Path) -> Arrays:
    with np.load(path) as kept:
        return dict(kept)


if __name__ == "__main__":
    size, cell, to = sys.argv[1:]
    save(Path(to), draw(int(size), cell))
