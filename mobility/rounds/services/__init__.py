"""Writing rounds: freezing inputs, asking for runs, publishing."""

from .freezing import freeze_round, open_round, thaw_round
from .publishing import publish_run
from .running import cancel_run, request_run, request_runs

__all__ = [
    "cancel_run",
    "freeze_round",
    "open_round",
    "publish_run",
    "request_run",
    "request_runs",
    "thaw_round",
]
