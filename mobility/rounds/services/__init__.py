"""Writing rounds: freezing inputs, drawing the lottery, runs, publishing, and what follows."""

from . import estimating as estimating  # nobody calls it but its own job
from .appealing import (
    ask_for_seat,
    consent_to_seat,
    dismiss_appeal,
    open_appeal,
    promise_seat,
    refuse_seat,
    withdraw_appeal,
)
from .auditing import dismiss_auditor, name_auditor
from .draws import commit_own_seed, commit_seed, hand_in_seed, may_commit
from .explaining import ask_for_explanation
from .freezing import freeze_round, open_round, thaw_round
from .overriding import (
    ask_override,
    consent_to_override,
    why_no_override,
    withdraw_override,
)
from .planning import cancel_plan, plan_publication
from .publishing import publish_run
from .running import cancel_run, request_run, request_runs
from .second_rounds import publish_second_round, request_second_round, why_no_second_round

__all__ = [
    "ask_for_explanation",
    "ask_for_seat",
    "ask_override",
    "cancel_plan",
    "cancel_run",
    "commit_own_seed",
    "commit_seed",
    "consent_to_override",
    "consent_to_seat",
    "dismiss_appeal",
    "dismiss_auditor",
    "freeze_round",
    "hand_in_seed",
    "may_commit",
    "name_auditor",
    "open_appeal",
    "open_round",
    "plan_publication",
    "promise_seat",
    "publish_run",
    "publish_second_round",
    "refuse_seat",
    "request_run",
    "request_runs",
    "request_second_round",
    "thaw_round",
    "why_no_override",
    "why_no_second_round",
    "withdraw_appeal",
    "withdraw_override",
]
