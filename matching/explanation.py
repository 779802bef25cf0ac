"""Why one applicant did not get what they would rather have, as claims that can be tried.

Each claim carries a number, and solving again with it changes the outcome as the claim says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.errors import UnsupportedConstraint
from matching.instance import Instance
from matching.measures import rather
from matching.reasons.by_cost import CostsMore, costs_more
from matching.reasons.by_merit import BelowCutoff, below_cutoffs
from matching.reasons.by_profile import WorseProfile, worse_profiles
from matching.result import IntArray, Result

Reason = CostsMore | BelowCutoff | WorseProfile

REASONS: Final[dict[str, Callable[[Instance, Result, IntArray], Sequence[Reason]]]] = {
    "linear_assignment": costs_more,
    "deferred_acceptance": below_cutoffs,
    "serial_dictatorship": below_cutoffs,
    "rank_maximal": worse_profiles,
    "greedy_maximum": worse_profiles,
    "generous_maximum": worse_profiles,
}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What one applicant got, and what was missing for anything they would rather have.

    granted: positions in `offer` of what they got. reasons: one for each choice they would
    rather have, in the order of the list; all choices for who got nothing.
    """

    applicant: int
    policy: str
    granted: tuple[int, ...]
    reasons: tuple[Reason, ...]


def explain(instance: Instance, result: Result, applicant: int) -> Explanation:
    """What was missing, in terms right for the policy of the result.

    `CostsMore` under linear assignment, `BelowCutoff` under deferred acceptance and serial
    dictatorship, `WorseProfile` under policies over profiles; see there for what each claims
    and costs. Raises UnsupportedConstraint for a policy without terms of its own.
    """
    if result.policy not in REASONS:
        raise UnsupportedConstraint(result.policy, "explanations")
    own = np.arange(instance.indptr[applicant], instance.indptr[applicant + 1])
    missed = own[rather(instance, result)[own]]
    return Explanation(
        applicant=applicant,
        policy=result.policy,
        granted=tuple(own[result.chosen[own]].tolist()),
        reasons=tuple(REASONS[result.policy](instance, result, missed)),
    )
