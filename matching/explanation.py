"""Why one applicant did not get what they would rather have, as claims that can be tried.

Each claim carries a number, and solving again with it changes the outcome as the claim says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from matching.arrays import positions
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
    return explain_many(instance, result, [applicant])[0]


def explain_many(
    instance: Instance, result: Result, applicants: Sequence[int]
) -> list[Explanation]:
    """The same for each of `applicants`, what they have in common looked up once.

    Under linear assignment and capacities alone that is one search for each place they hold.
    Raises InvalidInstance for who is no applicant.
    """
    if result.policy not in REASONS:
        raise UnsupportedConstraint(result.policy, "explanations")
    asked = positions("applicants", applicants, instance.applicants).tolist()
    ranges = [np.arange(instance.indptr[who], instance.indptr[who + 1]) for who in asked]
    missing = rather(instance, result)
    missed = [own[missing[own]] for own in ranges]
    every = np.concatenate([np.zeros(0, dtype=np.int64), *missed])
    reasons = iter(REASONS[result.policy](instance, result, every))
    return [
        Explanation(
            applicant=who,
            policy=result.policy,
            granted=tuple(own[result.chosen[own]].tolist()),
            reasons=tuple(islice(reasons, len(wanted))),
        )
        for who, own, wanted in zip(asked, ranges, missed, strict=True)
    ]
