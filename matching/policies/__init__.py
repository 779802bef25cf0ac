"""The policies by their standard names; one file each, one line here."""

from matching.errors import UnsupportedConstraint
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


def solve(instance: Instance, policy: str = "linear_assignment", *, seed: int) -> Result:
    """Match applicants to offers under a policy.

    The seed draws the lottery that breaks ties where the instance has none. The same
    instance and seed give the same result on every machine; other labels for applicants
    (their lottery carried along) or offers give the same places. Raises ValueError for an
    unknown policy, UnsupportedConstraint when the policy cannot honour the instance.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r} is not one of {', '.join(POLICIES)}")
    chosen = POLICIES[policy]
    unhandled = sorted(instance.asks_for - chosen.handles)
    if unhandled:
        raise UnsupportedConstraint(policy, unhandled[0])
    lottery = instance.lottery
    if lottery is None and chosen.draws_lottery:
        lottery = draw_lottery(instance.applicants, seed)
    return chosen.solve(instance, lottery, seed)
