"""One computation of a round, from its snapshot to what each gets, with the proof.

`compute` runs in a child process: plain values in, plain values out, no database.
"""

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypedDict

from ..snapshot import Inputs, engine_version
from .places import balance_cost, place_figures
from .pools import by_pools
from .proofs import as_in_file, people_in, proof_of, ranks_of, result_from, seats_in

if TYPE_CHECKING:
    from matching import Instance, Result


class Row(TypedDict):
    """What one applicant gets: the offer's code and the rank of it, or the reason why none.

    Of several courses each is a `part`, from 1, the best first. `pre_placed`: an override gave
    it before the round.
    """

    pseudonym: str
    part: int
    code: str | None
    rank: int | None
    reason: str | None
    pre_placed: bool


class Outcome(TypedDict):
    """Everything a run stores."""

    rows: list[Row]
    stats: dict[str, Any]
    certificate: dict[str, Any]
    prices: dict[str, Any]
    engine: str
    seconds: float


class NotFeasible(RuntimeError):
    """The solver broke a hard rule; nothing of it may be stored."""


def compute(snapshot: str, policy: str, seed: str) -> Outcome:
    """Solve a snapshot under `policy`, certify the result and read its figures off.

    `seconds` is the wall time of solving and certifying. Raises NotFeasible when the independent
    check finds a place that nobody listed or more people than seats.
    """
    from matching import solve, unplaced_reasons, verify  # heavy; jobs only

    inputs = Inputs(snapshot)
    begun = perf_counter()
    instance = inputs.instance(policy, seed)
    result = solve(instance, policy, seed=int(seed))
    certificate = verify(instance, result)
    seconds = perf_counter() - begun
    if not certificate.feasible:
        raise NotFeasible("; ".join(certificate.reasons))
    ranks = ranks_of(inputs, instance, result)
    proof = proof_of(instance, result)
    if inputs.several:
        instance, result = inputs.bundles.without_marks(instance, result)
    reasons = unplaced_reasons(instance, result).tolist()
    if inputs.has_pools:
        reasons = by_pools(inputs, ranks, reasons)
    rows = [
        row
        for who, (rank, reason) in enumerate(zip(ranks, reasons, strict=True))
        for row in _rows(inputs, who, rank, reason)
    ]
    seats = seats_in(ranks)
    return {
        "rows": [*rows, *map(_pre_placed, inputs.pre_placed)],
        "stats": {
            "applicants": len(ranks),
            "placed": people_in(ranks),
            "seats_given": len(seats),
            "profile": [seats.count(rank) for rank in range(1, inputs.limit + 1)],
            "reasons": _counted(reason for reason in reasons if reason),
            "seats": sum(inputs.seats),
            "seats_by_offer": dict(zip(inputs.codes, inputs.seats, strict=True)),
            "filled": _filled(inputs, rows),
            "objective": result.objective,
            "excluded": inputs.excluded,
            "pre_placed": len(inputs.pre_placed),
            "balance_cost": balance_cost(inputs, policy, seed, len(seats)),
            **_figures(inputs, instance, result, seconds),
        },
        "certificate": {
            "feasible": certificate.feasible,
            "optimal": certificate.optimal,
            "bound": certificate.bound,
            "gap": certificate.gap,
            "proof": certificate.proof,
            "reasons": list(certificate.reasons),
        },
        "prices": proof,
        "engine": engine_version(),
        "seconds": seconds,
    }


def _figures(
    inputs: Inputs, instance: "Instance", result: "Result", seconds: float
) -> dict[str, Any]:
    """What is said of places and of envy. With several courses a person or two kinds of seats
    neither is defined: credits, a timetable or the other kind may keep somebody from a seat."""
    if inputs.several or inputs.has_pools:
        return {}
    return {
        "envious": _envious(instance, result),
        **place_figures(inputs, instance, result, seconds),
    }


def _filled(inputs: Inputs, rows: list[Row]) -> dict[str, int]:
    """By code of an offer: seats taken. A team takes two."""
    return _counted(
        row["code"]
        for row in rows
        if row["code"]
        for _seat in range(sum(inputs.takes[inputs.place_of[row["pseudonym"]]]))
    )


def _rows(inputs: Inputs, who: int, ranks: int | list[int], reason: str) -> list[Row]:
    given = [one for one in (ranks if isinstance(ranks, list) else [ranks]) if one]
    return [
        {
            "pseudonym": inputs.pseudonyms[who],
            "part": part,
            "code": inputs.lists[who][rank - 1] if rank else None,
            "rank": rank,
            "reason": None if rank else reason,
            "pre_placed": False,
        }
        for part, rank in enumerate(given or [None], start=1)
    ]


def _pre_placed(row: dict[str, Any]) -> Row:
    """What an override gave before the round, beside what the round gives."""
    return {
        "pseudonym": row["pseudonym"],
        "part": 1,
        "code": row["called"],
        "rank": row["rank"],
        "reason": None,
        "pre_placed": True,
    }


def _envious(instance: "Instance", result: "Result") -> int:
    """How many people would rather have a seat that is free or held by someone of less merit.

    Equal scores are put in order by the lottery, the luckier first, whatever the policy.
    """
    from matching import POLICIES, blocking_choices

    lottery = instance.lottery
    assert lottery is not None
    lower_first = lottery if POLICIES[result.policy].lucky == "lower" else -lottery
    passed_over = blocking_choices(instance, replace(result, lottery=lower_first))
    return len(set(instance.applicant[passed_over].tolist()))


def _counted(values: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items()))


def check(
    snapshot: str,
    policy: str,
    seed: str,
    ranks: dict[str, list[int]],
    prices: dict[str, Any],
    objective: float,
) -> tuple[bool, str]:
    """Certify stored rows against the snapshot once more: (optimal, kind of proof).

    `ranks` says by pseudonym which ranks each placed person got. Raises NotFeasible. Needs numpy
    but no solver, and one pass over the choices.
    """
    from matching import verify  # see compute

    inputs = Inputs(snapshot)
    instance = inputs.instance(policy, seed)
    if strangers := ranks.keys() - set(inputs.pseudonyms):
        raise NotFeasible(f"{len(strangers)} people got a place who are not in the snapshot")
    try:
        given = as_in_file(inputs, ranks)
        result = result_from(inputs, instance, policy, seed, given, prices, objective)
    except ValueError as error:
        raise NotFeasible(str(error)) from error
    certificate = verify(instance, result)
    if not certificate.feasible:
        raise NotFeasible("; ".join(certificate.reasons))
    return certificate.optimal, certificate.proof
