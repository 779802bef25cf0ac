"""What a run found beside the places: prices and claims, as plain values and back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..snapshot import Inputs

if TYPE_CHECKING:
    from matching import Instance, Result

Ranks = Sequence[int | list[int]]
"""In pseudonym order, as a file has them: the rank of each person's place, 0 for none; where a
round gives several courses, the ranks of each person's, rising."""

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


def ranks_of(inputs: Inputs, instance: "Instance", result: "Result") -> Ranks:
    """What a result gives to each person."""
    if inputs.several:
        return inputs.bundles.ranks(result.chosen)
    ranks = (result.choice - instance.indptr[:-1] + 1) * (result.choice >= 0)
    return [int(rank) for rank in ranks]


def as_in_file(inputs: Inputs, ranks: Mapping[str, list[int]]) -> Ranks:
    """The ranks by pseudonym in the form of a file. ValueError for two places of one person."""
    given = [sorted(ranks.get(pseudonym, [])) for pseudonym in inputs.pseudonyms]
    if inputs.several:
        return given
    if any(len(row) > 1 for row in given):
        raise ValueError("somebody got two places")
    return [row[0] if row else 0 for row in given]


def people_in(ranks: Ranks) -> int:
    """How many got something."""
    return sum(bool(rank) for rank in ranks)


def seats_in(ranks: Ranks) -> list[int]:
    """The rank of each seat that is given."""
    return [one for rank in ranks for one in (rank if isinstance(rank, list) else [rank]) if one]


def result_from(
    inputs: Inputs,
    instance: "Instance",
    policy: str,
    seed: str,
    ranks: Ranks,
    proof: dict[str, Any],
    objective: float | None = None,
) -> "Result":
    """The result that gives `ranks`, with the proof that stands with it.

    Without an objective it is counted from the choices. Raises ValueError for a rank that nobody
    gave.
    """
    from matching import Result
    from matching.result import first_choice

    chosen = _chosen(inputs, instance, ranks)
    if objective is None:
        objective = sum(instance.costs[chosen].tolist()) / instance.scale
    return Result(
        policy=policy,
        seed=int(seed),
        choice=first_choice(instance.indptr, chosen),
        chosen=chosen,
        lottery=instance.lottery,
        objective=objective,
        placed=int(chosen.sum()),
        prices=_array(proof["values"]),
        tie_prices=_array(proof["tie"]),
        quota_prices=_array(proof["quota"]),
        gap=proof["gap"],
        claim=proof["claim"],
        solver=proof["solver"],
    )


def _chosen(inputs: Inputs, instance: "Instance", ranks: Ranks) -> Any:
    """The choices (k,) that `ranks` name."""
    import numpy as np  # numpy only where a round is computed

    if len(ranks) != instance.applicants:
        raise ValueError("there is not one rank for each applicant")
    rows: Any = ranks if inputs.several else [[rank] if rank else [] for rank in ranks]
    for row, own in zip(rows, inputs.rows, strict=True):
        if any(type(rank) is not int or not 1 <= rank <= len(own) for rank in row):
            raise ValueError("somebody got a choice that they did not make")
        if len(set(row)) != len(row):
            raise ValueError("somebody got a choice twice")
    if inputs.several:
        return np.array(inputs.bundles.chosen(rows), dtype=np.bool_)
    chosen = np.zeros(len(instance.offer), dtype=np.bool_)
    begins = instance.indptr.tolist()
    chosen[[begins[who] + row[0] - 1 for who, row in enumerate(rows) if row]] = True
    return chosen


def _array(values: Any) -> Any:
    import numpy as np  # see _chosen

    return None if values is None else np.array(values, dtype=np.int64)
