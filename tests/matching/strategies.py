"""Instances for hypothesis, and the best of all assignments by enumeration."""

from itertools import chain, combinations, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from matching import UNMATCHED, Instance, Quota

MERITS = st.one_of(
    st.integers(0, 100).map(float), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
)

CONSTRAINTS = ("min_seats", "may_close", "demand", "credits", "clashes", "quotas")
"""What `tables` can add to seats; credits come with their limits."""


@st.composite
def tables(
    draw: st.DrawFn,
    applicants: int = 5,
    offers: int = 4,
    *,
    costs: bool = True,
    ties: bool = False,
    scored: bool = False,
    constraints: tuple[str, ...] = (),
    sizes: tuple[int, ...] = (2, 1000, 10**12),
) -> dict[str, Any]:
    """Arguments of `Instance.from_lists`, in lists.

    `ties`: ranks may be equal. `scored`: merit may be per choice. `constraints`: any of
    CONSTRAINTS, each drawn or left out; may_close only beside min_seats. `sizes`: how large
    costs may be.
    """
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
        table["merit"] = draw(
            _beside(lists, MERITS)
            if scored and draw(st.booleans())
            else st.lists(MERITS, min_size=n, max_size=n)
        )
    if draw(st.booleans()):
        table["lottery"] = draw(st.permutations(range(1, n + 1)))
    if ties and draw(st.booleans()):
        steps = draw(_beside(lists, st.integers(0, 2)))
        table["rank"] = [(1 + np.cumsum(row, dtype=int)).tolist() for row in steps]
    if costs:
        size = draw(st.sampled_from(sizes))
        numbers = st.integers(-size, size)
        if draw(st.booleans()):
            table["cost"] = draw(_beside(lists, numbers))
        if draw(st.booleans()):
            table["unplaced"] = draw(st.lists(numbers, min_size=n, max_size=n))
    for name in constraints:
        if draw(st.booleans()):
            table |= draw(_constraint(name, table))
    return table


def _beside(lists: list[list[int]], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists of values as long as these."""
    return st.tuples(
        *(st.lists(values, min_size=len(row), max_size=len(row)) for row in lists)
    ).map(list)


def _constraint(name: str, table: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    n, m = len(table["lists"]), len(table["capacity"])
    small = st.integers(0, 3)
    if name == "min_seats":
        # more than list an offer could not be met
        listed = np.bincount(
            np.array(list(chain.from_iterable(table["lists"])), dtype=int), minlength=m
        )
        possible = np.minimum(listed, table["capacity"]).tolist()
        least = st.tuples(*(st.integers(0, seats) for seats in possible))
        return least.map(lambda row: {"min_seats": list(row)})
    if name == "may_close":
        if "min_seats" not in table:
            return st.just({})
        return st.lists(st.booleans(), min_size=m, max_size=m).map(lambda row: {name: row})
    if name == "demand":
        return st.lists(small, min_size=n, max_size=n).map(lambda row: {name: row})
    if name == "credits":
        return st.fixed_dictionaries(
            {
                "credits": st.lists(small, min_size=m, max_size=m),
                "credit_limit": st.lists(st.integers(0, 5), min_size=n, max_size=n),
            }
        )
    if name == "clashes":
        pairs = list(combinations(range(m), 2))
        if not pairs:
            return st.just({})
        return st.lists(st.sampled_from(pairs), max_size=2).map(lambda rows: {name: rows})
    return st.lists(_quota(sum(map(len, table["lists"]))), max_size=2).map(lambda q: {name: q})


@st.composite
def _quota(draw: st.DrawFn, choices: int) -> Quota:
    """Mostly a bound that a few choices reach."""
    order = draw(st.permutations(range(choices)))
    at = order[: draw(st.integers(min(choices, 1), choices))]
    one_sign = draw(st.booleans())
    signed = st.just(1) if one_sign else st.sampled_from([-2, -1, 1, 2])
    lower = draw(st.none() | st.integers(0 if one_sign else -2, 1))
    upper = draw(st.none() | st.integers(lower or 0, (lower or 0) + 1))
    coefficients = draw(st.lists(signed, min_size=len(at), max_size=len(at)))
    return Quota(at, coefficients, lower, upper)


@st.composite
def ranked_tables(draw: st.DrawFn, applicants: int = 5, offers: int = 4) -> dict[str, Any]:
    """Tables without costs, with a limit over the longest list or ties in rank at times."""
    table = draw(tables(applicants, offers, costs=False))
    lists = table["lists"]
    if draw(st.booleans()):
        table["limit"] = max(map(len, lists), default=0) + draw(st.integers(0, 2))
    if draw(st.booleans()):
        steps = [draw(st.lists(st.integers(0, 1), min_size=len(r), max_size=len(r))) for r in lists]
        table["rank"] = [np.maximum(1, np.cumsum(row)).tolist() for row in steps]
    return table


@st.composite
def scored_tables(draw: st.DrawFn, applicants: int = 5, offers: int = 4) -> dict[str, Any]:
    """The same, where offers score applicants their own way; `scores` (n, m) has all of them."""
    table = draw(ranked_tables(applicants, offers))
    n, m = len(table["lists"]), len(table["capacity"])
    table["scores"] = draw(
        st.lists(st.lists(st.integers(0, 3), min_size=m, max_size=m), min_size=n, max_size=n)
    )
    return table


def build_scored(table: dict[str, Any]) -> Instance:
    """Merit per choice from the scores.

    Where there are as many choices as applicants it would be read per applicant, so one
    without choices joins, last in line.
    """
    table = {name: column for name, column in table.items() if name != "scores"} | {
        "merit": [
            [row[offer] for offer in offers]
            for offers, row in zip(table["lists"], table["scores"], strict=True)
        ]
    }
    n = len(table["lists"])
    if sum(map(len, table["lists"])) == n:
        last = {"lists": [], "merit": [], "rank": [], "lottery": n + 1}
        table |= {name: [*table[name], row] for name, row in last.items() if name in table}
    return build(table)


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


def keeps_all(instance: Instance, granted: frozenset[int]) -> bool:
    """Whether granting just these choices breaks nothing, by the letter of `Instance`."""
    held = [0] * instance.offers
    for at in granted:
        held[instance.offer[at]] += 1
    for j, people in enumerate(held):
        closed = instance.may_close[j] and people == 0
        if people > instance.capacity[j] or (people < instance.min_seats[j] and not closed):
            return False
    for i in range(instance.applicants):
        mine = [at for at in granted if instance.indptr[i] <= at < instance.indptr[i + 1]]
        offers = {int(instance.offer[at]) for at in mine}
        if len(mine) > instance.demand[i]:
            return False
        if instance.credits is not None:
            earned = sum(int(instance.credits[j]) for j in offers)
            if earned > instance.credit_limit[i]:
                return False
        if any({int(a), int(b)} <= offers for a, b in instance.clashes):
            return False
    for quota in instance.quotas:
        pairs = zip(quota.choices.tolist(), quota.coefficients.tolist(), strict=True)
        count = sum(coefficient for at, coefficient in pairs if at in granted)
        if quota.lower is not None and count < quota.lower:
            return False
        if quota.upper is not None and count > quota.upper:
            return False
    return True


def all_grants(instance: Instance) -> list[frozenset[int]]:
    """Every feasible set of granted choices; 2**k are tried."""
    k = len(instance.offer)
    sets = (frozenset(c) for size in range(k + 1) for c in combinations(range(k), size))
    return [granted for granted in sets if keeps_all(instance, granted)]


def worth(instance: Instance, lottery: np.ndarray, granted: frozenset[int]) -> tuple[int, int, int]:
    """`standing` for any demand: seats not given, cost, lottery times rank."""
    missing = instance.demand.tolist()
    cost = luck = 0
    for at in granted:
        who = int(np.searchsorted(instance.indptr, at, side="right")) - 1
        missing[who] -= 1
        cost += int(instance.costs[at])
        luck += int(lottery[who]) * int(instance.rank[at])
    for who, seats in enumerate(missing):
        cost += 0 if instance.placements_first else seats * int(instance.stay[who])
        luck += seats * int(lottery[who]) * (instance.limit + 1)
    return (sum(missing) if instance.placements_first else 0, cost, luck)
