"""What the child process of `benchmarks.round` loads: no more than one of the service."""

import resource
from typing import Any

from mobility.rounds.computing.runs import compute


def compute_with_peak(snapshot: str, policy: str, seed: str) -> tuple[Any, int]:
    """The outcome of a run, and the peak of memory in KiB."""
    outcome = compute(snapshot, policy, seed)
    return outcome, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
