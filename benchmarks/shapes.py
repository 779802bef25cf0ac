"""Names and sizes of what is measured; without numpy, so whoever starts others stays small."""

from collections.abc import Iterator
from fnmatch import fnmatch

CHOICES = 10
OFFERS = {1_000: 100, 10_000: 1_000, 100_000: 5_000, 1_000_000: 10_000}
POPULARITY = {"flat": 0.0, "zipf0.7": 0.7, "zipf1.2": 1.2}
SEATS = (70, 100, 130)
"""Per hundred applicants."""
COSTS = ("rank", "merit", "4^rank")
"""Rank alone, rank and merit, 4**rank."""

LARGEST = {
    "lottery": 1_000_000,
    "ortools": 1_000_000,
    "ortools-stays": 100_000,
    "scipy": 10_000,
    "highs": 10_000,
    "networkx": 1_000,
    "deferred": 1_000,
    "matching": 1_000,
}
"""The most applicants with which each is run; beyond it minutes, or more, a solve."""


def cell_names(patterns: list[str]) -> Iterator[str]:
    """The cells popularity/seats/cost that one of the patterns fits, e.g. `*/100/merit`."""
    for cost in COSTS:
        for popularity in POPULARITY:
            for seats in SEATS:
                cell = f"{popularity}/{seats}/{cost}"
                if any(fnmatch(cell, pattern) for pattern in patterns):
                    yield cell
