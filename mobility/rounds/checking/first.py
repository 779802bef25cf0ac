"""The result of a round in its file."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from ..computing.proofs import HUNDREDTHS, proof_of, ranks_of, result_from
from ..draw import number_of_key
from ..files import result_form
from ..snapshot import Inputs, engine_version
from .verdict import Refused, Report

KNOWN = ("format", "snapshot", "snapshot_hash", "seeds", "key", "lottery", "result")


def check_result(body: dict[str, Any], inputs: Inputs, report: Report) -> None:
    from matching import solve, verify  # numpy: see _engine_error

    seed = number_of_key(body["key"])
    stored = body["result"]
    policy = stored.get("policy", inputs.policy)
    instance = inputs.instance(policy, seed)
    proof = _proof(stored, instance.scale)
    result = result_from(inputs, instance, policy, seed, stored["ranks"], proof)
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
    ranks = ranks_of(inputs, instance, again)
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
    report.said.append(proved(certificate.proof))
    if not engine:
        report.said.append(
            _("Prices were not compared: the file was made by another version of the engine.")
        )


_OF_ENGINE = frozenset({"prices", "tie_prices", "quota_prices", "gap", "claim", "solver"})


def proved(proof: str) -> str:
    """What a certificate of this kind says of a result."""
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
