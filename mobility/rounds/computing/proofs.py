"""What a run found beside the places: prices and claims, as plain values and back."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching import Instance, Result

HUNDREDTHS = 100
"""Costs in a published file are in hundredths, whatever the scale of the run."""


def proof_of(instance: "Instance", result: "Result") -> dict[str, Any]:
    """What proves a result, as plain values; prices in units of 1 / `scale`."""
    return {
        "scale": instance.scale,
        "values": _plain(result.prices),
        "tie": _plain(result.tie_prices),
        "quota": _plain(result.quota_prices),
        "gap": result.gap,
        "claim": result.claim,
        "solver": result.solver,
    }


def _plain(array: Any) -> Any:
    return None if array is None else array.tolist()


def result_from(
    instance: "Instance",
    policy: str,
    seed: str,
    ranks: list[int],
    proof: dict[str, Any],
    objective: float | None = None,
) -> "Result":
    """The result that gives `ranks` (n,), 0 for no place, with the proof that stands with it.

    Without an objective it is counted from the choices. Raises ValueError for a rank that nobody
    gave.
    """
    import numpy as np  # numpy only where a round is computed

    from matching import UNMATCHED, Result, chosen_by

    given = np.array(ranks, dtype=np.int64)
    if len(given) != instance.applicants or (given < 0).any():
        raise ValueError("there is not one rank for each applicant")
    if (given > np.diff(instance.indptr)).any():
        raise ValueError("somebody got a choice that they did not make")
    choice = np.where(given > 0, instance.indptr[:-1] + given - 1, UNMATCHED)
    if objective is None:
        objective = sum(instance.costs[choice[given > 0]].tolist()) / instance.scale
    return Result(
        policy=policy,
        seed=int(seed),
        choice=choice,
        chosen=chosen_by(choice, len(instance.offer)),
        lottery=instance.lottery,
        objective=objective,
        placed=int((given > 0).sum()),
        prices=_array(proof["values"]),
        tie_prices=_array(proof["tie"]),
        quota_prices=_array(proof["quota"]),
        gap=proof["gap"],
        claim=proof["claim"],
        solver=proof["solver"],
    )


def _array(values: Any) -> Any:
    import numpy as np  # see result_from

    return None if values is None else np.array(values, dtype=np.int64)
