"""The policies by their standard names; one file each, one line here."""

from typing import Final

from matching.errors import NotCertified, UnsupportedConstraint
from matching.instance import Instance
from matching.lottery import draw_lottery
from matching.policies.deferred_acceptance import DEFERRED_ACCEPTANCE
from matching.policies.generous_maximum import GENEROUS_MAXIMUM
from matching.policies.greedy_maximum import GREEDY_MAXIMUM
from matching.policies.linear_assignment import LINEAR_ASSIGNMENT
from matching.policies.policy import Policy
from matching.policies.rank_maximal import RANK_MAXIMAL
from matching.policies.serial_dictatorship import SERIAL_DICTATORSHIP
from matching.result import Result
from matching.verify import verify

__all__ = ["POLICIES", "Policy", "solve"]

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        LINEAR_ASSIGNMENT,
        RANK_MAXIMAL,
        GREEDY_MAXIMUM,
        GENEROUS_MAXIMUM,
        DEFERRED_ACCEPTANCE,
        SERIAL_DICTATORSHIP,
    )
}


TIME_LIMIT: Final = 60.0
"""Seconds for what the kernel cannot do alone."""


def solve(
    instance: Instance,
    policy: str = "linear_assignment",
    *,
    seed: int,
    time_limit: float = TIME_LIMIT,
) -> Result:
    """Match applicants to offers under a policy.

    The seed draws the lottery that breaks ties where the instance has none. The same
    instance and seed give the same result on every machine; other labels for applicants
    (their lottery carried along) or offers give the same places. Only linear assignment under
    minimums, credits, clashes or quotas may need `time_limit`, in seconds; a gap left then
    stands in the result. `verify` has accepted whatever is returned, and what it claims.

    Raises ValueError for an unknown policy or no time limit, UnsupportedConstraint when the
    policy cannot honour the instance, Infeasible when nothing keeps all minimums and quotas,
    and NotCertified, which is a fault of this package, rather than return what does not hold.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r} is not one of {', '.join(POLICIES)}")
    if not time_limit >= 0:
        raise ValueError(f"time_limit: {time_limit} is not a number of seconds")
    chosen = POLICIES[policy]
    unhandled = sorted(instance.asks_for - chosen.handles)
    if unhandled:
        raise UnsupportedConstraint(policy, unhandled[0])
    lottery = instance.lottery
    if lottery is None and chosen.draws_lottery:
        lottery = draw_lottery(instance.applicants, seed)
    for way in (chosen.solve, chosen.fallback):
        if way is None:
            continue
        result = way(instance, lottery, seed, time_limit)
        certificate = verify(instance, result)
        admits_a_gap = result.claim == "bounded" and result.gap > 0
        if certificate.feasible and (admits_a_gap or certificate.proof != "none"):
            return result
    raise NotCertified(policy, certificate.reasons)
