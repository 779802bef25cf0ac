"""Writing rounds: freezing inputs, asking for runs, publishing."""

from .freezing import freeze_round, open_round, thaw_round
from .publishing import publish_run
from .running import request_run

__all__ = ["freeze_round", "open_round", "publish_run", "request_run", "thaw_round"]
