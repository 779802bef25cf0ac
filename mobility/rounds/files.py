"""The file of a published round: everything that is needed to check it, under one digest.

{"body":{...},"digest":"..."} and a line end, canonical. The digest is the SHA-256 of the body as it
stands in the file; every other byte is fixed. Integers that may pass 2**53 are strings, so that a
reader whose numbers are doubles loses nothing. Costs and prices are in hundredths.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .computing.proofs import HUNDREDTHS, Ranks, as_in_file, people_in, seats_in
from .draw import key_from
from .snapshot import BY_MERIT, Inputs, canonical, digest_of, parts_of

if TYPE_CHECKING:
    from .models import Round, Run, RunRow, SecondRound, SecondRow

FORMAT = "sapar-file/1"
SECOND = "sapar-second/1"


def file_of(round_: "Round", run: "Run", seeds: Sequence[str | None]) -> str:
    """The text of the file of a published run. `seeds`: in the order of the commitments."""
    inputs, common = _inputs_of(round_, run, seeds)
    ranks = ranks_by_pseudonym(run.rows)
    assert run.prices is not None
    assert run.certificate is not None
    body = {
        "format": FORMAT,
        **common,
        "result": result_form(
            inputs,
            as_in_file(inputs, ranks),
            run.prices,
            run.certificate,
            policy=run.policy,
        ),
    }
    return enveloped(canonical(body))


def second_file_of(
    second: "SecondRound", run: "Run", seeds: Sequence[str | None], rows: Sequence["SecondRow"]
) -> str:
    """The text of the file of a published second round: how the round stood, and what it gave.

    `first` is the digest of the first round's file. `ranks` are of those who were in the second
    round, in pseudonym order, 0 for no place.
    """
    _inputs, common = _inputs_of(second.round, run, seeds)
    ranks = {row.application.pseudonym: row.rank or 0 for row in rows}
    assert second.certificate is not None
    body = {
        "format": SECOND,
        **common,
        "first": second.round.file_digest,
        "standing": json.loads(second.standing),
        "standing_hash": second.standing_hash,
        "result": second_form(
            run.policy, [ranks[one] for one in sorted(ranks)], second.prices, second.certificate
        ),
    }
    return enveloped(canonical(body))


def second_form(
    policy: str, ranks: list[int], prices: dict[str, Any] | None, certificate: dict[str, Any]
) -> dict[str, Any]:
    """What the file says of a second round; prices as in the file of the first."""
    plain = None
    if prices is not None:
        values = prices["values"]
        finer = 1 if _over_profiles(prices) else HUNDREDTHS // prices["scale"]
        plain = _strings(values, finer)
    return {
        "policy": policy,
        "ranks": ranks,
        "placed": sum(rank > 0 for rank in ranks),
        "prices": plain,
        "optimal": certificate["optimal"],
        "proof": certificate["proof"],
    }


def _inputs_of(
    round_: "Round", run: "Run", seeds: Sequence[str | None]
) -> tuple[Inputs, dict[str, Any]]:
    """The inputs of a round as everybody may have them, and what a file says of them."""
    assert round_.snapshot is not None
    _private, public = parts_of(round_.snapshot)
    inputs = Inputs(public)
    return inputs, {
        "snapshot": json.loads(public),
        "snapshot_hash": inputs.hash,
        "seeds": list(seeds),
        "key": key_from(run.seed),
        "lottery": [str(number) for number in inputs.numbers(run.seed)],
    }


def result_form(
    inputs: Inputs,
    ranks: Ranks,
    proof: dict[str, Any],
    certificate: dict[str, Any],
    *,
    policy: str | None = None,
) -> dict[str, Any]:
    """What the file says of the result.

    `policy` stands in it only where an override published another than the frozen one.
    """
    finer = HUNDREDTHS // proof["scale"]
    seats = seats_in(ranks)
    overridden = {} if policy in {None, inputs.policy} else {"policy": policy}
    return {
        **overridden,
        "ranks": ranks,
        "placed": people_in(ranks),
        "profile": [seats.count(rank) for rank in range(1, inputs.limit + 1)],
        "objective": objective_of(inputs, ranks),
        "prices": _strings(proof["values"], 1 if _over_profiles(proof) else finer),
        "tie_prices": _strings(proof["tie"], 1),
        "quota_prices": _strings(proof["quota"], finer),
        "gap": proof["gap"],
        "claim": proof["claim"],
        "solver": proof["solver"],
        "optimal": certificate["optimal"],
        "proof": certificate["proof"],
    }


def ranks_by_pseudonym(rows: Iterable["RunRow"]) -> dict[str, list[int]]:
    """What the rows of a run give to each person."""
    ranks: dict[str, list[int]] = {}
    for row in rows:
        given = ranks.setdefault(row.application.pseudonym, [])
        if row.rank is not None:
            given.append(row.rank)
    return ranks


def objective_of(inputs: Inputs, ranks: Ranks) -> str | None:
    """Σ factor × (rank² − (L + 1)²) in hundredths; None where a rule goes by order alone."""
    if inputs.policy in BY_MERIT:
        return None
    unplaced = (inputs.limit + 1) ** 2
    return str(
        sum(
            factor * (rank * rank - unplaced)
            for factor, own in zip(inputs.factors, ranks, strict=True)
            for rank in (own if isinstance(own, list) else [own])
            if rank
        )
    )


def _over_profiles(proof: dict[str, Any]) -> bool:
    """Whether the prices count people rank by rank instead of costs."""
    values = proof["values"]
    return bool(values) and isinstance(values[0], list)


def _strings(values: Any, finer: int) -> Any:
    if values is None:
        return None
    if isinstance(values, list):
        return [_strings(value, finer) for value in values]
    return str(values * finer)


def enveloped(body: str) -> str:
    """The text of a file around a body."""
    return f'{{"body":{body},"digest":"{digest_of(body)}"}}\n'


def digest_in(text: str) -> str:
    """The digest that stands in the text of a file."""
    return text[-67:-3]
