"""The checking of a published file by whoever has it: no database, no trust in what it says.

In this order: the digest of its bytes, the canonical form, the lottery from the seeds, what the
result must keep, the proof by prices or the rule, and the result by solving the snapshot again.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from .computing.proofs import HUNDREDTHS, proof_of, result_from
from .draw import commitment_of, key_of, number_of_key
from .files import FORMAT, result_form
from .snapshot import FORMAT as SNAPSHOT
from .snapshot import Inputs, canonical, digest_of, engine_version

_BEGIN = b'{"body":'
_END = re.compile(rb',"digest":"([0-9a-f]{64})"\}\n')
_END_LENGTH = 78
_WRONG_KIND = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)


class Unreadable(ValueError):
    """This is not the file of a round."""


class Refused(ValueError):
    """The file does not hold; the message says where."""


@dataclass
class Report:
    """What was checked and held, in sentences."""

    digest: str
    said: list[str] = field(default_factory=list)


def check_file(data: bytes, expected: str | None = None) -> Report:
    """Check the bytes of a file. Raises Unreadable, or Refused with the reason.

    `expected` is the digest from the page of the round or from a letter: it tells a file that
    holds together, but is of another round, from the one that was published.
    """
    body, digest = _opened(data)
    if expected is not None and expected != digest:
        raise Refused(
            _("The digest of the file is %(own)s, not the one that you gave.", own=digest)
        )
    report = Report(digest)
    report.said.append(_("Every byte is under the digest %(digest)s.", digest=digest))
    try:
        _check_body(body, report)
    except Refused:
        raise
    except (*_WRONG_KIND, _engine_error()) as error:
        raise Refused(_("The file does not hold together: %(why)s.", why=error)) from error
    return report


def _engine_error() -> type[Exception]:
    from matching import MatchingError  # numpy: no other command should wait for it

    return MatchingError


def _opened(data: bytes) -> tuple[str, str]:
    """The body as text and its digest, which fits."""
    end = _END.fullmatch(data[-_END_LENGTH:])
    begins = data.startswith(_BEGIN)
    if not begins and end is None:
        raise Unreadable(_("This is not the file of a round."))
    body = data[len(_BEGIN) : -_END_LENGTH]
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = None
    if not begins or end is None or text is None or digest_of(text) != end[1].decode():
        raise Refused(_("A byte was changed: the digest does not fit what the file says."))
    return text, end[1].decode()


def _check_body(text: str, report: Report) -> None:
    body = json.loads(text)
    if canonical(body) != text:
        raise Refused(_("The file is not in canonical form."))
    if body["format"] != FORMAT or body["snapshot"]["format"] != SNAPSHOT:
        raise Unreadable(_("This file is of a form that this version cannot read."))
    _check_names(body)
    public = canonical(body["snapshot"])
    inputs = Inputs(public)
    if body["snapshot_hash"] != inputs.hash:
        raise Refused(_("The snapshot does not have the hash that the file names."))
    report.said.append(_("The snapshot has the hash %(hash)s.", hash=inputs.hash))
    if any(one["pseudonym"] in inputs.place_of for one in inputs.pre_placed):
        raise Refused(_("Somebody who was placed before the round stands in it."))
    _check_lottery(body, inputs, report)
    _check_result(body, inputs, report)


def _check_names(body: dict[str, Any]) -> None:
    """Nothing may stand in a file that nobody checks."""
    known = {"format", "snapshot", "snapshot_hash", "seeds", "key", "lottery", "result"}
    if strange := sorted(body.keys() ^ known):
        raise Refused(_("A field is missing or strange: %(name)s.", name=strange[0]))


def _check_lottery(body: dict[str, Any], inputs: Inputs, report: Report) -> None:
    seeds, commitments = body["seeds"], inputs.commitments
    if len(seeds) != len(commitments):
        raise Refused(_("Lottery: there is not one seed for each commitment."))
    for seed, commitment in zip(seeds, commitments, strict=True):
        if seed is not None and commitment_of(seed) != commitment:
            raise Refused(_("Lottery: a seed does not fit its commitment."))
    if body["key"] != key_of(seeds):
        raise Refused(_("Lottery: the key does not follow from the seeds."))
    numbers = [str(number) for number in inputs.numbers(number_of_key(body["key"]))]
    if body["lottery"] != numbers:
        raise Refused(_("Lottery: a number does not follow from the key."))
    report.said.append(
        _(
            "The lottery follows from the seeds: %(handed)s of %(committed)s committed.",
            handed=sum(seed is not None for seed in seeds),
            committed=len(seeds),
        )
    )


def _check_result(body: dict[str, Any], inputs: Inputs, report: Report) -> None:
    from matching import solve, verify  # numpy: see _engine_error

    seed = number_of_key(body["key"])
    stored = body["result"]
    policy = stored.get("policy", inputs.policy)
    instance = inputs.instance(policy, seed)
    result = result_from(instance, policy, seed, stored["ranks"], _proof(stored, instance.scale))
    certificate = verify(instance, result)
    if not certificate.feasible:
        raise Refused(_("Not feasible: %(why)s.", why="; ".join(certificate.reasons)))
    if policy != inputs.policy:
        report.said.append(
            _(
                "An override: the result is by the rule %(policy)s, while %(frozen)s was frozen.",
                policy=policy,
                frozen=inputs.policy,
            )
        )
    report.said.append(_("The result is feasible: it keeps every seat, list, minimum and quota."))
    found = {"optimal": certificate.optimal, "proof": certificate.proof}
    if certificate.proof != stored["proof"] or certificate.optimal != stored["optimal"]:
        why = "; ".join(certificate.reasons) or certificate.proof
        raise Refused(_("The proof does not hold: %(why)s.", why=why))
    again = solve(instance, policy, seed=int(seed))
    ranks = _ranks(instance, again)
    if ranks != stored["ranks"]:
        raise Refused(_("The result does not follow from the snapshot by its rule."))
    computed = result_form(inputs, ranks, proof_of(instance, again), found, policy=policy)
    engine = inputs.engine == engine_version()
    for name in sorted(computed.keys() | stored.keys()):
        if name not in stored or name not in computed:
            raise Refused(_("A field is missing or strange: %(name)s.", name=name))
        if computed[name] != stored[name] and (engine or name not in _OF_ENGINE):
            raise Refused(_("Result: “%(name)s” is not what follows.", name=name))
    report.said.append(_("The result follows from the snapshot: solving it again gives the same."))
    report.said.append(_proved(certificate.proof))
    if not engine:
        report.said.append(
            _("Prices were not compared: the file was made by another version of the engine.")
        )


_OF_ENGINE = frozenset({"prices", "tie_prices", "quota_prices", "gap", "claim", "solver"})


def _proved(proof: str) -> str:
    said: dict[str, Callable[[], str]] = {
        "prices": lambda: _("The result is optimal: its prices prove it, without a gap."),
        "policy": lambda: _(
            "The result is by its rule: nobody is passed over for somebody who comes later."
        ),
        "solver": lambda: _(
            "That the result is optimal is what the solver says; its prices leave a gap."
        ),
    }
    return said.get(proof, lambda: _("Nothing is proved about how good the result is."))()


def _proof(stored: dict[str, Any], scale: int) -> dict[str, Any]:
    """The proof in the units of the instance."""
    prices = stored["prices"]
    finer = HUNDREDTHS // scale
    plain = 1 if prices and isinstance(prices[0], list) else finer
    return {
        "values": _numbers(prices, plain),
        "tie": _numbers(stored["tie_prices"], 1),
        "quota": _numbers(stored["quota_prices"], finer),
        "gap": stored["gap"],
        "claim": stored["claim"],
        "solver": stored["solver"],
    }


def _numbers(values: Any, finer: int) -> Any:
    if values is None:
        return None
    if isinstance(values, list):
        return [_numbers(value, finer) for value in values]
    number, rest = divmod(int(values), finer)
    if rest or str(int(values)) != values:
        raise Refused(_("The proof does not hold: %(why)s.", why=values))
    return number


def _ranks(instance: Any, result: Any) -> list[int]:
    placed = result.choice >= 0
    ranks = (result.choice - instance.indptr[:-1] + 1) * placed
    return [int(rank) for rank in ranks]
