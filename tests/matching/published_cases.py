"""Assignment problems with published optima, solved and certified.

`python -m tests.matching.published_cases DIR` prints passed, failed and out of scope per
file; DIR holds `orlib-assign` and `peer-lap`, by default the small ones kept here.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matching import Instance, solve, verify

OWN_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Case:
    """`size` placements are expected at `total` cost, or, infeasible, fewer than `size`."""

    file: str
    name: str
    instance: Instance
    size: int
    feasible: bool
    total: float | None


@dataclass(frozen=True)
class OutOfScope:
    file: str
    name: str
    reason: str


def cases(folder: Path) -> Iterator[Case | OutOfScope]:
    """Everything found in a folder of published cases."""
    yield from orlib_cases(folder / "orlib-assign")
    yield from peer_cases(folder / "peer-lap")


def orlib_cases(folder: Path) -> Iterator[Case]:
    for entry in json.loads((folder / "manifest.json").read_text())["instances"]:
        text = gzip.decompress((folder / entry["file"]).read_bytes())
        assert hashlib.sha256(text).hexdigest() == entry["sha256_uncompressed"]
        numbers = np.array(text.split(), dtype=np.int64)
        n, body = int(numbers[0]), numbers[1:]
        assert n == entry["n"]
        if entry["format"].startswith("dense"):
            row, column = np.divmod(np.arange(n * n), n)
            cost = body[: n * n]
        else:
            triples = body.reshape(-1, 3)
            triples = triples[np.argsort(triples[:, 0], kind="stable")]
            row, column, cost = triples[:, 0] - 1, triples[:, 1] - 1, triples[:, 2]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))])
        instance = Instance(indptr=indptr, offer=column, capacity=np.ones(n, int), cost=cost)
        yield Case(entry["file"], entry["name"], instance, n, True, entry["optimum"])


def peer_cases(folder: Path) -> Iterator[Case | OutOfScope]:
    for entry in _load(folder, "lap_cases.json"):
        size = min(len(entry["cost"]), len(entry["cost"][0]))
        instance = _from_matrix(entry["cost"], -1 if entry["maximize"] else 1)
        total = entry["expected"]["total"]
        if total is not None and entry["maximize"]:
            total = -total
        feasible = entry["expected"]["feasible"]
        yield Case("lap_cases.json", entry["id"], instance, size, feasible, total)
    for entry in _load(folder, "lap_seeded_recipes.json"):
        matrix = _seeded_matrix(entry["n"], entry["hard"])
        assert hashlib.sha256(matrix.tobytes()).hexdigest() == entry["sha256_int64_C_order"]
        instance = _from_matrix(matrix.tolist(), 1)
        total = entry["expected_total"]
        yield Case("lap_seeded_recipes.json", entry["id"], instance, entry["n"], True, total)
    for entry in _load(folder, "cardinality_cases.json"):
        lists: list[list[int]] = [[] for _ in range(entry["left"])]
        for applicant, offer in entry["edges"]:
            lists[applicant].append(offer)
        instance = Instance.from_lists(lists, np.ones(entry["right"], int))
        size = entry["expected"]["size"]
        yield Case("cardinality_cases.json", entry["id"], instance, size, True, None)
    for entry in _load(folder, "gap_sample.json"):
        yield OutOfScope("gap_sample.json", entry["id"], "a task takes several sizes of seat")


def _load(folder: Path, name: str) -> list[dict[str, Any]]:
    entries = json.loads((folder / name).read_text())
    return entries if isinstance(entries, list) else [entries]


def _from_matrix(matrix: list[list[float | None]], sign: int) -> Instance:
    """None is no choice."""
    lists = [[j for j, cost in enumerate(row) if cost is not None] for row in matrix]
    costs = [[sign * cost for cost in row if cost is not None] for row in matrix]
    return Instance.from_lists(lists, np.ones(len(matrix[0]), int), cost=costs)


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


def shortcoming(case: Case) -> str | None:
    """What is wrong with our answer, or None."""
    result = solve(case.instance, seed=0)
    certificate = verify(case.instance, result)
    if not certificate.optimal:
        return f"not certified: {'; '.join(certificate.reasons)}"
    if not case.feasible:
        return None if result.placed < case.size else "placed everybody, which cannot be"
    if result.placed != case.size:
        return f"placed {result.placed} instead of {case.size}"
    if case.total is not None and result.objective != case.total:
        return f"cost {result.objective} instead of {case.total}"
    return None


def main(folder: Path) -> int:
    table: dict[str, list[int]] = {}
    notes = []
    for case in cases(folder):
        counts = table.setdefault(case.file, [0, 0, 0])
        if isinstance(case, OutOfScope):
            counts[2] += 1
            notes.append(f"out of scope: {case.name}: {case.reason}")
            continue
        wrong = shortcoming(case)
        counts[1 if wrong else 0] += 1
        if wrong:
            notes.append(f"failed: {case.name}: {wrong}")
    print(f"{'file':28}{'passed':>8}{'failed':>8}{'out of scope':>14}")
    for file, (passed, failed, outside) in table.items():
        print(f"{file:28}{passed:8}{failed:8}{outside:14}")
    print(*notes, sep="\n")
    return int(any(failed for _, failed, _ in table.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else OWN_DATA))
