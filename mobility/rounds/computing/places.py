"""What a run finds of each place: the last admitted score or the price, and one seat more.

Computed in the child process of the run and stored with it; pages read what is stored.
"""

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..snapshot import BY_MERIT, Inputs
from .proofs import ranks_of, seats_in

if TYPE_CHECKING:
    from matching import Instance, Result

MOST_SOLVED = 10
"""Where each seat more is a round solved again: at how many places it is tried."""

PATIENCE_SECONDS = 20.0
"""What solving again may take in all; a round that took longer itself is not tried again."""


def place_figures(
    inputs: Inputs, instance: "Instance", result: "Result", seconds: float
) -> dict[str, Any]:
    """Figures by the offers' own codes. `seconds` is what solving and certifying took.

    cutoffs: the lowest admitted score where a rule by merit filled the place; prices: where costs
    decided; seat_more: see `_seat_more`.
    """
    found: dict[str, Any] = {"seat_more": _seat_more(inputs, instance, result, seconds)}
    if result.policy in BY_MERIT:
        found["cutoffs"] = _cutoffs(inputs, instance, result)
    elif result.policy == "linear_assignment" and result.prices is not None:
        prices = zip(inputs.codes, result.prices.tolist(), strict=False)  # twins stand behind
        found["prices"] = {code: price / instance.scale for code, price in prices}
    return found


def _cutoffs(inputs: Inputs, instance: "Instance", result: "Result") -> dict[str, float]:
    import numpy as np  # numpy only where a round is computed

    from matching import cutoffs

    lowest = cutoffs(instance, result)[: len(inputs.codes)]
    return {
        code: float(score)
        for code, score in zip(inputs.codes, lowest, strict=True)
        if np.isfinite(score)
    }


def _seat_more(
    inputs: Inputs, instance: "Instance", result: "Result", seconds: float
) -> dict[str, Any] | None:
    """One seat more, solved again, where it changes anything: by code, people placed and cost.

    `tried` places: all where one search answers, else some of those that most people would rather
    have. None where it took too long, or nothing proves the result.
    """
    from matching import MatchingError

    try:
        if _answered_at_once(instance, result):
            return _changes(inputs, instance, result, range(len(inputs.codes)))
        return _tried(inputs, instance, result, seconds)
    except (MatchingError, ValueError):
        return None


def _tried(
    inputs: Inputs, instance: "Instance", result: "Result", seconds: float
) -> dict[str, Any] | None:
    """One place after the other, the most wished for first, as long as patience lasts."""
    if seconds > PATIENCE_SECONDS:
        return None
    until = monotonic() + PATIENCE_SECONDS
    found: dict[str, Any] = {"tried": 0, "exact": True, "by_code": {}}
    for offer in _wished(inputs, instance, result)[:MOST_SOLVED]:
        one = _changes(inputs, instance, result, [offer])
        found["tried"] += 1
        found["exact"] &= one["exact"]
        found["by_code"] |= one["by_code"]
        if monotonic() > until:
            break
    return found


def _changes(
    inputs: Inputs, instance: "Instance", result: "Result", offers: Sequence[int]
) -> dict[str, Any]:
    from matching import seat_value

    values = seat_value(instance, result, list(offers))
    changes = zip(offers, values.more_placed.tolist(), values.more_cost.tolist(), strict=True)
    return {
        "tried": len(offers),
        "exact": values.exact,
        "by_code": {
            inputs.codes[offer]: [placed, cost / instance.scale]
            for offer, placed, cost in changes
            if placed or cost
        },
    }


def _answered_at_once(instance: "Instance", result: "Result") -> bool:
    """Whether the proof of a linear assignment tells the worth of every seat."""
    return (
        result.policy == "linear_assignment" and not instance.asks_for - {"cost"} and not result.gap
    )


def _wished(inputs: Inputs, instance: "Instance", result: "Result") -> list[int]:
    """The offers that somebody would rather have, those of the most people first."""
    import numpy as np  # see _cutoffs

    granted = np.where(
        result.choice >= 0, result.choice - instance.indptr[:-1] + 1, instance.limit + 1
    )
    position = np.arange(len(instance.offer)) - instance.indptr[instance.applicant] + 1
    rather = instance.offer[position < granted[instance.applicant]]
    counts = np.bincount(rather, minlength=instance.offers)[: len(inputs.codes)].tolist()
    order = sorted(range(len(counts)), key=lambda offer: (-counts[offer], offer))
    return [offer for offer in order if counts[offer]]


def balance_cost(inputs: Inputs, policy: str, seed: str, placed: int) -> int | None:
    """How many seats the balance of exchange left empty: solved again without it.

    None where the round has no balance, or the public part alone is there, which names none.
    """
    from matching import solve  # heavy; jobs only

    balances = {group for group, meaning in inputs.groups.items() if meaning["kind"] == "balance"}
    free = inputs.without(balances)
    if len(free.quotas) == len(inputs.quotas):
        return None
    instance = free.instance(policy, seed)
    again = solve(instance, policy, seed=int(seed))
    return len(seats_in(ranks_of(free, instance, again))) - placed
