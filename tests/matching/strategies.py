"""Instances for hypothesis, and the best of all assignments by enumeration."""

from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from matching import UNMATCHED, Instance

MERITS = st.one_of(
    st.integers(0, 100).map(float), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
)


@st.composite
def tables(
    draw: st.DrawFn, applicants: int = 5, offers: int = 4, *, costs: bool = True
) -> dict[str, Any]:
    """Arguments of `Instance.from_lists`, in lists."""
    m = draw(st.integers(1, offers))
    every = st.permutations(range(m)).flatmap(
        lambda order: st.integers(0, m).map(lambda length: order[:length])
    )
    lists = draw(st.lists(every, max_size=applicants))
    n = len(lists)
    table: dict[str, Any] = {
        "lists": lists,
        "capacity": draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)),
    }
    if draw(st.booleans()):
        table["merit"] = draw(st.lists(MERITS, min_size=n, max_size=n))
    if draw(st.booleans()):
        table["lottery"] = draw(st.permutations(range(1, n + 1)))
    if costs:
        size = draw(st.sampled_from([2, 1000, 10**12]))
        numbers = st.integers(-size, size)
        if draw(st.booleans()):
            table["cost"] = [
                draw(st.lists(numbers, min_size=len(row), max_size=len(row))) for row in lists
            ]
        if draw(st.booleans()):
            table["unplaced"] = draw(st.lists(numbers, min_size=n, max_size=n))
    return table


def build(table: dict[str, Any]) -> Instance:
    return Instance.from_lists(**table)


def is_feasible(instance: Instance, choice: tuple[int, ...]) -> bool:
    got = [instance.offer[at] for at in choice if at != UNMATCHED]
    return bool((np.bincount(got, minlength=instance.offers) <= instance.capacity).all())


def standing(
    instance: Instance, lottery: np.ndarray, choice: tuple[int, ...]
) -> tuple[int, int, int]:
    """What linear assignment makes as small as possible, in order."""
    unplaced = cost = luck = 0
    for who, at in enumerate(choice):
        if at == UNMATCHED:
            unplaced += 1
            cost += 0 if instance.placements_first else int(instance.stay[who])
            luck += int(lottery[who]) * (instance.limit + 1)
        else:
            cost += int(instance.costs[at])
            luck += int(lottery[who]) * int(instance.rank[at])
    return (unplaced if instance.placements_first else 0, cost, luck)


def all_assignments(instance: Instance) -> list[tuple[int, ...]]:
    options = [
        [UNMATCHED, *range(instance.indptr[i], instance.indptr[i + 1])]
        for i in range(instance.applicants)
    ]
    return [choice for choice in product(*options) if is_feasible(instance, choice)]
