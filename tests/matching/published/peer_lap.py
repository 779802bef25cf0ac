"""Linear assignment in the tests of scipy, networkx, OR-Tools and lap."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.matching.published.case import Case, Cases, OutOfScope, from_lists


def assignments(folder: Path) -> Cases:
    yield from _matrices(folder / "lap_cases.json")
    yield from _seeded(folder / "lap_seeded_recipes.json")
    yield from _largest(folder / "cardinality_cases.json")
    for entry in json.loads((folder / "gap_sample.json").read_text()):
        reason = "a task takes several sizes of seat"
        yield OutOfScope(file="gap_sample.json", name=entry["id"], reason=reason)


def _matrices(path: Path) -> Cases:
    """The smaller side must be matched in full; infeasible is a case where it cannot be."""
    for entry in json.loads(path.read_text()):
        sign = -1 if entry["maximize"] else 1
        size = min(len(entry["cost"]), len(entry["cost"][0]))
        expected = entry["expected"]
        yield Case(
            file=path.name,
            name=entry["id"],
            arguments=_from_matrix(entry["cost"], sign),
            size=size if expected["feasible"] else None,
            fewer_than=None if expected["feasible"] else size,
            total=None if expected["total"] is None else sign * expected["total"],
        )


def _seeded(path: Path) -> Cases:
    for entry in json.loads(path.read_text()):
        matrix = _seeded_matrix(entry["n"], entry["hard"])
        assert hashlib.sha256(matrix.tobytes()).hexdigest() == entry["sha256_int64_C_order"]
        yield Case(
            file=path.name,
            name=entry["id"],
            arguments=_from_matrix(matrix.tolist(), 1),
            size=entry["n"],
            total=entry["expected_total"],
        )


def _largest(path: Path) -> Cases:
    for entry in json.loads(path.read_text()):
        lists: list[list[int]] = [[] for _ in range(entry["left"])]
        for applicant, offer in entry["edges"]:
            lists[applicant].append(offer)
        yield Case(
            file=path.name,
            name=entry["id"],
            arguments=from_lists(lists, [1] * entry["right"]),
            size=entry["expected"]["size"],
        )


def _from_matrix(matrix: list[list[float | None]], sign: int) -> dict[str, Any]:
    """None is no choice."""
    lists = [[j for j, cost in enumerate(row) if cost is not None] for row in matrix]
    costs = [sign * cost for row in matrix for cost in row if cost is not None]
    return {**from_lists(lists, [1] * len(matrix[0])), "cost": costs}


def _seeded_matrix(n: int, hard: bool) -> np.ndarray:
    """The recipe of the source, which uses numpy's old generator."""
    random = np.random.RandomState(1299821)
    matrix = random.randint(1, 101, size=(n, n))
    if hard:
        for row in range(n):
            matrix[row, :] += random.randint(0, 100)
        for column in range(n):
            matrix[:, column] += random.randint(0, 100)
    return matrix.astype(np.int64)
