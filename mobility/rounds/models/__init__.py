"""Rounds, the runs computed in them and what each run gives to whom."""

from .appeals import APPEAL_WORKFLOW, Appeal, AppealStatus
from .chances import Chances, Estimate, EstimatePart
from .draws import SeedCommitment
from .publications import OverrideConsent, PlannedPublication, RoundAuditor, RuleOverride
from .rounds import ROUND_WORKFLOW, Round, RoundStatus
from .runs import ACTIVE, LIMIT_SECONDS, RUN_WORKFLOW, Run, RunRow, RunStatus, UnplacedReason
from .second_rounds import SECOND_ROUND_WORKFLOW, SecondRound, SecondRoundStatus, SecondRow

__all__ = [
    "ACTIVE",
    "APPEAL_WORKFLOW",
    "LIMIT_SECONDS",
    "ROUND_WORKFLOW",
    "RUN_WORKFLOW",
    "SECOND_ROUND_WORKFLOW",
    "Appeal",
    "AppealStatus",
    "Chances",
    "Estimate",
    "EstimatePart",
    "OverrideConsent",
    "PlannedPublication",
    "Round",
    "RoundAuditor",
    "RoundStatus",
    "RuleOverride",
    "Run",
    "RunRow",
    "RunStatus",
    "SecondRound",
    "SecondRoundStatus",
    "SecondRow",
    "SeedCommitment",
    "UnplacedReason",
]
