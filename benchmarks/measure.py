"""Runs solvers one after the other on one round, each in its own process.

This process imports no array library and stays small: Linux counts the peak of the process that
starts another towards the other's.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PEER_FIRST = (
    "import sys; sys.path.append({root!r}); from benchmarks.child import main; main(*{arguments!r})"
)
"""The PyPI package `matching` has to be found before ours."""


@dataclass(frozen=True)
class Task:
    round: Path
    repeat: int
    seconds: float
    patience: float


def figures(solver: str, task: Task) -> dict[str, Any]:
    """What `benchmarks.child` says; {"error": ...} when it failed, {"over": ...} when it took
    longer than anybody waits."""
    arguments = [solver, str(task.round), str(task.repeat), str(task.seconds)]
    if solver == "matching":
        code = PEER_FIRST.format(root=str(ROOT), arguments=tuple(arguments))
        # isolated: neither this folder nor PYTHONPATH, where our own package is, comes first
        command = [sys.executable, "-I", "-c", code]
    else:
        command = [sys.executable, "-m", "benchmarks.child", *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=task.patience, check=False
        )
    except subprocess.TimeoutExpired:
        return {"over": f"over {task.patience:g} s"}
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1]}
    return json.loads(done.stdout)


def draw(applicants: int, cell: str, path: Path) -> None:
    """Write one round, drawn in another process."""
    command = [sys.executable, "-m", "benchmarks.rounds_grid", str(applicants), cell, str(path)]
    subprocess.run(command, cwd=ROOT, check=True)
