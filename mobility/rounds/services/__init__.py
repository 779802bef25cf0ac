"""Writing rounds: freezing inputs, drawing the lottery, asking for runs, publishing."""

from .draws import commit_own_seed, commit_seed, hand_in_seed, may_commit
from .freezing import freeze_round, open_round, thaw_round
from .overriding import ask_override, consent_to_override, withdraw_override
from .planning import cancel_plan, plan_publication
from .publishing import publish_run
from .running import cancel_run, request_run, request_runs

__all__ = [
    "ask_override",
    "cancel_plan",
    "cancel_run",
    "commit_own_seed",
    "commit_seed",
    "consent_to_override",
    "freeze_round",
    "hand_in_seed",
    "may_commit",
    "open_round",
    "plan_publication",
    "publish_run",
    "request_run",
    "request_runs",
    "thaw_round",
    "withdraw_override",
]
