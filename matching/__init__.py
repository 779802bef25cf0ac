"""Matching of applicants to places: arrays in, arrays out.

Importing this package costs numpy alone; scipy is loaded by the first `solve`.
"""

from matching.chances import Chances, chances
from matching.comparison import Comparison, compare
from matching.errors import (
    Infeasible,
    InvalidInstance,
    MatchingError,
    NotCertified,
    UnsupportedConstraint,
)
from matching.explanation import Explanation, explain, explain_many
from matching.instance import Instance, Quota
from matching.lottery import draw_lottery
from matching.measures import blocking_choices, cutoffs, rank_profile, unplaced_reasons
from matching.policies import POLICIES, Policy, solve
from matching.reasons.by_cost import CostsMore
from matching.reasons.by_merit import BelowCutoff
from matching.reasons.by_profile import WorseProfile
from matching.resolving import SecondRound, resolve, second_round
from matching.result import UNMATCHED, Certificate, Result, chosen_by
from matching.seat_values import SeatValues, seat_value
from matching.verify import verify

__all__ = [
    "POLICIES",
    "UNMATCHED",
    "BelowCutoff",
    "Certificate",
    "Chances",
    "Comparison",
    "CostsMore",
    "Explanation",
    "Infeasible",
    "Instance",
    "InvalidInstance",
    "MatchingError",
    "NotCertified",
    "Policy",
    "Quota",
    "Result",
    "SeatValues",
    "SecondRound",
    "UnsupportedConstraint",
    "WorseProfile",
    "blocking_choices",
    "chances",
    "chosen_by",
    "compare",
    "cutoffs",
    "draw_lottery",
    "explain",
    "explain_many",
    "rank_profile",
    "resolve",
    "seat_value",
    "second_round",
    "solve",
    "unplaced_reasons",
    "verify",
]
