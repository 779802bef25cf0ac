"""Where the total cost decides: how much cheaper a choice had to be."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matching.instance import Instance
from matching.remainder import best_with
from matching.residual import FAR, Moves, moves_apply
from matching.result import UNMATCHED, BoolArray, IntArray, Result
from matching.variants import in_integers, solve_again, total_cost

NOT_ALLOWED: Final = -1
"""Stands in `CostsMore.places_lost` where no allowed result grants the choice."""


@dataclass(frozen=True, kw_only=True)
class CostsMore:
    """Why `choice`, a position in `offer`, was not granted where the total cost decides.

    All costs are in units of 1 / `Instance.scale`. `cost`: of this choice to the applicant.
    `price`: of its offer, with what the quotas add; `cost + price` is least at what was
    granted. `lower_by`: with the cost of this choice alone lower by so much the applicant
    gets it, by one less they don't; None where no cost would do. Then `places_lost` seats
    fewer could be given with this one granted, or it is NOT_ALLOWED at all. `difference`:
    what the best result with it costs more, which is `lower_by` or, where the lottery is
    against it, one less; None with `lower_by`. `quotas`: those
    of which each, lifted for this applicant alone, gives them this choice or one they rank
    no lower. `exact` is false where the solver left a gap: then the numbers hold between the
    best results that were found.
    """

    choice: int
    cost: int
    price: int | None
    lower_by: int | None
    difference: int | None
    places_lost: int
    quotas: tuple[int, ...]
    exact: bool


@dataclass(frozen=True, kw_only=True)
class _Difference:
    """The best result that grants a choice, against the result.

    `wins`: with the cost lower by the difference, both as good, the applicant gets it;
    None where that is still open.
    """

    places_lost: int
    cost: int = 0
    wins: bool | None = None
    exact: bool = True


def costs_more(instance: Instance, result: Result, choices: IntArray) -> list[CostsMore]:
    """One claim for each of `choices`, none of them granted; of one applicant or of many.

    Under capacities alone one shortest-path search for each place that somebody holds says
    what granting each of them costs, another what it does to the lottery, and only where
    that is even too it takes solving again. Under other constraints two results are solved
    for each choice, and one for each quota on an applicant.
    """
    if not len(choices):
        return []
    if moves_apply(instance, result):
        differences = _by_moves(instance, result, choices)
    else:
        differences = [_by_solving(instance, result, at) for at in choices.tolist()]
    people = instance.applicant[choices].tolist()
    lifted = {who: _without_quotas(instance, result, who) for who in dict.fromkeys(people)}
    return [
        CostsMore(
            choice=at,
            cost=int(instance.costs[at]),
            price=price_of(instance, result, at),
            lower_by=_lower_by(instance, result, at, difference),
            difference=None if difference.places_lost else difference.cost,
            places_lost=difference.places_lost,
            quotas=tuple(row for row, chosen in lifted[who] if _as_good(instance, chosen, at)),
            exact=difference.exact and result.gap == 0,
        )
        for at, who, difference in zip(choices.tolist(), people, differences, strict=True)
    ]


def price_of(instance: Instance, result: Result, choice: int) -> int | None:
    """Price of the offer and of the quotas on a choice; None where the result has no prices."""
    if result.prices is None:
        return None
    price = int(result.prices[instance.offer[choice]])
    if result.quota_prices is not None:
        for row, quota in enumerate(instance.quotas):
            on_it = quota.coefficients[quota.choices == choice]
            price += int(result.quota_prices[row]) * int(on_it.sum())
    return price


def _by_moves(instance: Instance, result: Result, choices: IntArray) -> list[_Difference]:
    """Who takes the place makes others move, up a chain that ends at the one given up."""
    moves = Moves.of(instance, result)
    who = instance.applicant[choices]
    cost = _own_change(instance.costs, moves.worth or instance.stay[who], result, who, choices)
    luck = np.zeros_like(cost)
    if result.lottery is not None:
        weights = result.lottery[instance.applicant] * instance.rank
        stay = result.lottery[who] * (instance.limit + 1)
        luck = _own_change(weights, stay, result, who, choices)
    reached = np.ones(len(choices), dtype=np.bool_)
    home = moves.node[who]
    for place in np.unique(home).tolist():
        there = np.flatnonzero(home == place)
        offers = instance.offer[choices[there]]
        away = moves.graph.distances_to(place)
        reached[there] = away[offers] != FAR
        cost[there] += np.where(reached[there], away[offers], 0)
        if result.lottery is not None:
            ways = moves.luck_to(place, away, result)[offers]
            luck[there] += np.where(reached[there], ways, 0)
    placed, cost = moves.split(cost)
    return [
        _Difference(
            places_lost=-int(placed[row]) if reached[row] else NOT_ALLOWED,
            cost=int(cost[row]),
            wins=None if luck[row] == 0 else bool(luck[row] < 0),
        )
        for row in range(len(choices))
    ]


def _own_change(
    weights: IntArray, stay: IntArray | int, result: Result, who: IntArray, choices: IntArray
) -> IntArray:
    """What the applicants' own part of a total changes by, each with the choice for what they got.

    `weights` (k,) of the choices, `stay` (c,) or one number of getting nothing.
    """
    now = result.choice[who]
    change: IntArray = weights[choices] - np.where(now == UNMATCHED, stay, weights[now])
    return change


def _by_solving(instance: Instance, result: Result, choice: int) -> _Difference:
    found = best_with(instance, result, choice)
    if found is None:
        return _Difference(places_lost=NOT_ALLOWED)
    chosen, gap = found
    lost = result.placed - int(chosen.sum()) if instance.placements_first else 0
    cost = total_cost(instance, chosen) - total_cost(instance, result.chosen)
    # below 0 only where the solver stopped before the best
    return _Difference(places_lost=max(0, lost), cost=max(0, cost), exact=gap == 0)


def _lower_by(
    instance: Instance, result: Result, choice: int, difference: _Difference
) -> int | None:
    if difference.places_lost:
        return None
    if difference.cost == 0:
        # as good as the result, and yet not taken
        return 1
    wins = difference.wins
    if wins is None:
        wins = _gets_it(instance, result, choice, difference.cost)
    return difference.cost if wins else difference.cost + 1


def _gets_it(instance: Instance, result: Result, choice: int, lower_by: int) -> bool:
    arguments = in_integers(instance)
    arguments["cost"] = instance.costs.copy()
    arguments["cost"][choice] -= lower_by
    _, again = solve_again(instance, result, **arguments)
    return bool(again.chosen[choice])


def _without_quotas(instance: Instance, result: Result, who: int) -> list[tuple[int, BoolArray]]:
    """What is granted with each quota on the applicant lifted for them, by its number."""
    lifted = []
    for row, quota in enumerate(instance.quotas or ()):
        own = (instance.applicant[quota.choices] == who) & (quota.coefficients != 0)
        if own.any():
            quotas = list(instance.quotas)
            quotas[row] = replace(
                quota, choices=quota.choices[~own], coefficients=quota.coefficients[~own]
            )
            _, again = solve_again(instance, result, quotas=quotas)
            lifted.append((row, again.chosen))
    return lifted


def _as_good(instance: Instance, chosen: BoolArray, choice: int) -> bool:
    """Whether a result gives the applicant this choice, or nothing they rank below it."""
    who = instance.applicant[choice]
    begin, end = instance.indptr[who], instance.indptr[who + 1]
    ranks = instance.rank[begin:end][chosen[begin:end]]
    full = len(ranks) == instance.demand[who]
    return bool(chosen[choice] or (full and ranks.max(initial=0) <= instance.rank[choice]))
