"""A round in both ways between two countries, with quotas and balance of every pair of HEIs.

`python -m benchmarks.quotas` prints the time of the relaxation (seats alone) and of the whole,
the solver's gap, and the bound that anybody can check with `verify`. 20,000 applicants with 8
choices each, 77 Russian and 49 Kazakhstan HEIs, an annual quota for each sending and receiving
HEI, and a balance of at most 2 between those who go and those who come.
"""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

import numpy as np

from matching import Instance, Quota, Result, solve, verify

RUSSIAN, KAZAKHSTAN = 77, 49
CHOICES = 8
BALANCE = 2


def members(random: np.random.Generator, count: int) -> np.ndarray:
    """HEIs of so many people or offers, half of them in either country."""
    russian = random.integers(0, RUSSIAN, count)
    kazakhstan = RUSSIAN + random.integers(0, KAZAKHSTAN, count)
    return np.where(random.integers(0, 2, count) == 0, russian, kazakhstan)


def round_of_both_ways(applicants: int, offers: int, seed: int) -> dict[str, Any]:
    """Arguments of `Instance`: lists of offers abroad by popularity (Zipf 0.7), seats for all."""
    random = np.random.default_rng(seed)
    home, host = members(random, applicants), members(random, offers)
    popularity = -0.7 * np.log(1 + random.permutation(offers))
    lists = np.empty((applicants, CHOICES), dtype=np.int64)
    for who in range(applicants):
        keys = popularity + random.gumbel(size=offers)
        keys[(host < RUSSIAN) == (home[who] < RUSSIAN)] = -np.inf
        lists[who] = np.argsort(-keys)[:CHOICES]
    offer = lists.ravel()
    sending, receiving = np.repeat(home, CHOICES), host[offer]
    return {
        "indptr": np.arange(0, len(offer) + 1, CHOICES),
        "offer": offer,
        "capacity": np.full(offers, round(applicants / offers)),
        "merit": random.integers(0, 10_001, applicants) / 100,
        "quotas": agreements(random, sending, receiving),
    }


def agreements(
    random: np.random.Generator, sending: np.ndarray, receiving: np.ndarray
) -> list[Quota]:
    """1 to 5 mobilities a year for each direction, and the balance of both."""
    low, high = np.minimum(sending, receiving), np.maximum(sending, receiving)
    pair = low * (RUSSIAN + KAZAKHSTAN) + high
    order = np.argsort(pair, kind="stable")
    quotas = []
    for choices in np.split(order, np.flatnonzero(np.diff(pair[order])) + 1):
        sign = np.where(sending[choices] < receiving[choices], 1, -1)
        for way in (1, -1):
            one_way = choices[sign == way]
            year = int(random.integers(1, 6))
            quotas.append(Quota(one_way, np.ones(len(one_way), dtype=np.int64), None, year))
        quotas.append(Quota(choices, sign, -BALANCE, BALANCE))
    return quotas


def timed(instance: Instance, limit: float) -> tuple[Result, float]:
    begun = perf_counter()
    result = solve(instance, seed=1, time_limit=limit)
    return result, perf_counter() - begun


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--offers", type=int, default=1_200)
    parser.add_argument("--limit", type=float, default=110, help="seconds for the solver")
    options = parser.parse_args()
    arguments = round_of_both_ways(options.applicants, options.offers, seed=1)
    instance = Instance(**arguments)
    relaxation = Instance(**{**arguments, "quotas": ()})
    timed(Instance.from_lists([[0]], [1]), 1)
    free, alone = timed(relaxation, options.limit)
    result, whole = timed(instance, options.limit)
    certificate = verify(instance, result)
    print(f"{options.applicants:,} applicants, {len(instance.quotas):,} quotas")
    print(f"relaxation   {alone:8.2f} s  placed {free.placed:,}  cost {free.objective:,.2f}")
    print(f"with quotas  {whole:8.2f} s  placed {result.placed:,}  cost {result.objective:,.2f}")
    print(f"solver gap   {result.gap:,.2f} ({result.claim})")
    print(f"checkable    bound {certificate.bound:,.2f}, gap {certificate.gap:,.2f}")
    print(f"a placement  {int(instance.stay[0]) / instance.scale:,.2f}; proof {certificate.proof}")


if __name__ == "__main__":
    main()
