"""Proofs for small instances without our solvers: prices from HiGHS, bounds in plain Python."""

from typing import Any

import numpy as np
from scipy.optimize import linprog

from matching import Instance

Vector = tuple[int, ...]


def prices_of_relaxation(
    instance: Instance, costs: list[Vector], stays: list[Vector], base: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Prices (m, C) of offers and (rows, C) of quotas for vectors compared in order.

    The components are weighted with powers of `base`, and so are the duals: the digits of a
    dual in that base are its components. None where the relaxation is infeasible.
    """
    n, m, k = instance.applicants, instance.offers, len(instance.offer)
    weigh = [base**place for place in range(len((costs + stays)[0]) - 1, -1, -1)]
    objective = [sum(w * c for w, c in zip(weigh, row, strict=True)) for row in costs + stays]
    seats = np.zeros((m, k + n))
    seats[instance.offer, np.arange(k)] = 1
    floored = np.flatnonzero((instance.min_seats > 0) & ~instance.may_close)
    quotas = np.zeros((len(instance.quotas), k + n))
    for row, quota in enumerate(instance.quotas):
        quotas[row, quota.choices] = quota.coefficients
    upper = [row for row, quota in enumerate(instance.quotas) if quota.upper is not None]
    lower = [row for row, quota in enumerate(instance.quotas) if quota.lower is not None]
    bounds = [instance.quotas[row].upper for row in upper]
    bounds += [-instance.quotas[row].lower for row in lower]
    everybody = np.zeros((n, k + n))
    everybody[instance.applicant, np.arange(k)] = 1
    everybody[np.arange(n), k + np.arange(n)] = 1
    solved = linprog(
        objective,
        A_ub=np.vstack([seats, -seats[floored], quotas[upper], -quotas[lower]]),
        b_ub=np.concatenate([instance.capacity, -instance.min_seats[floored], bounds]),
        A_eq=everybody,
        b_eq=instance.demand,
        bounds=[(0, 1)] * k + [(0, None)] * n,
        method="highs-ds",
    )
    if solved.status != 0:
        return None
    above, below, most, least = np.split(
        solved.ineqlin.marginals, np.cumsum([m, len(floored), len(upper)])
    )
    of_offers = -above
    of_offers[floored] += below
    of_quotas = np.zeros(len(quotas))
    of_quotas[upper] -= most
    of_quotas[lower] += least
    return _digits(of_offers, weigh), _digits(of_quotas, weigh)


def _digits(duals: np.ndarray, weigh: list[int]) -> np.ndarray:
    left = [round(dual) for dual in duals.tolist()]
    columns = []
    for weight in weigh:
        digit = [(2 * number + weight) // (2 * weight) for number in left]
        left = [number - d * weight for number, d in zip(left, digit, strict=True)]
        columns.append(digit)
    return np.array(columns, dtype=np.int64).reshape(len(weigh), len(duals)).T


def slow_bound(
    instance: Instance, costs: list[Vector], stays: list[Vector], prices: Any, quota_prices: Any
) -> Vector | None:
    """The bound of `verify` by its definition, one number at a time; None without a sign for it."""
    parts = range(len((costs + stays)[0]))
    total = [0 for _ in parts]
    values = []
    for at, cost in enumerate(costs):
        value = [cost[c] + int(prices[instance.offer[at]][c]) for c in parts]
        for quota, price in zip(instance.quotas, quota_prices, strict=True):
            for spot, coefficient in zip(quota.choices, quota.coefficients, strict=True):
                if spot == at:
                    value = [
                        v + int(coefficient) * int(p) for v, p in zip(value, price, strict=True)
                    ]
        values.append(tuple(value))
    for i in range(instance.applicants):
        wanted = int(instance.demand[i])
        options = [*values[instance.indptr[i] : instance.indptr[i + 1]], *[stays[i]] * wanted]
        for option in sorted(options)[:wanted]:
            total = [t + v for t, v in zip(total, option, strict=True)]
    nothing = tuple(0 for _ in parts)
    rents = []
    for j, vector in enumerate(prices):
        floor = (
            None if instance.may_close[j] or not instance.min_seats[j] else instance.min_seats[j]
        )
        rents.append((vector, instance.capacity[j], floor))
    rents += [
        (vector, quota.upper, quota.lower)
        for quota, vector in zip(instance.quotas, quota_prices, strict=True)
    ]
    for given, upper, lower in rents:
        vector = tuple(int(number) for number in given)
        if vector == nothing:
            continue
        limit = upper if vector > nothing else lower
        if limit is None:
            return None
        total = [t - int(limit) * v for t, v in zip(total, vector, strict=True)]
    return tuple(total)
