"""One solver on one round in a process of its own; prints its figures as JSON.

`python -m benchmarks.child SOLVER ROUND.npz REPEAT SECONDS`, started by `benchmarks.measure`.
SOLVER `idle` only holds the arrays: the memory that is not the solver's.
"""

import json
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.rounds_grid import Arrays, load
from benchmarks.solvers import SOLVERS, Solver


def idle(arrays: Arrays) -> dict[str, Any]:
    """Peak of a process that has the arrays, and one pass for each applicant's best choice."""
    figures: dict[str, Any] = {"peak": peak()}
    figures["pass"] = median(
        timed(lambda: np.minimum.reduceat(arrays["cost"], arrays["indptr"][:-1]))[0]
        for _ in range(5)
    )
    return figures


def measured(solver: Solver, arrays: Arrays, repeat: int, seconds: float) -> dict[str, Any]:
    """Cold: imports and the first solve. Warm: median of `repeat` more, or as many as fit."""
    importing, _ = timed(lambda: [import_module(name) for name in solver.imports])
    prepared = solver.prepare(arrays)
    first, answer = timed(lambda: solver.run(prepared))
    most = peak()
    total, figures = solver.read(answer, arrays)
    runs: list[dict[str, Any]] = []
    while len(runs) < repeat and (not runs or sum(run["warm"] for run in runs) < seconds):
        del answer  # it would stand beside the next one
        warm, answer = timed(lambda: solver.run(prepared))
        again, figures = solver.read(answer, arrays)
        assert again == total, "another total the second time"
        runs.append({"warm": warm, **figures})
    numbers = {
        name: median(run[name] for run in runs)
        for name in ("warm", "build", "verify")
        if name in runs[0]
    }
    return {
        **figures,
        **numbers,
        "runs": len(runs),
        "total": total,
        "cold": importing + first,
        "peak": most,
    }


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = perf_counter()
    answer = act()
    return perf_counter() - begun, answer


def peak() -> int:
    """Most memory this process held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(name: str, path: str, repeat: str, seconds: str) -> None:
    arrays = load(Path(path))
    if name == "idle":
        figures = idle(arrays)
    else:
        figures = measured(SOLVERS[name], arrays, int(repeat), float(seconds))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
