"""One published question, its answer, and what is wrong with ours."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matching import (
    Instance,
    InvalidInstance,
    MatchingError,
    Result,
    UnsupportedConstraint,
    solve,
    verify,
)

Profile = Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A question to one policy. Answers that are None are not asked.

    arguments: of `Instance`; it is built when the case is judged.
    size: seats given. fewer_than: "infeasible" in a source that wants everybody matched: fewer
        seats are given, or minimums cannot be met at all.
    total: the objective. profile: seats given by rank, zeros at the end left out.
    granted: the offers of each applicant.
    """

    file: str
    name: str
    arguments: dict[str, Any]
    policy: str = "linear_assignment"
    size: int | None = None
    fewer_than: int | None = None
    total: float | None = None
    profile: Profile | None = None
    granted: Sequence[frozenset[int]] | None = None


@dataclass(frozen=True, kw_only=True)
class OutOfScope:
    """A question that an `Instance` cannot state."""

    file: str
    name: str
    reason: str


Cases = Iterator[Case | OutOfScope]


def shortcoming(case: Case) -> str | None:
    """What is wrong with our answer, or None. An answer without a proof is wrong."""
    try:
        instance = Instance(**case.arguments)
        result = solve(instance, case.policy, seed=0)
    except (InvalidInstance, UnsupportedConstraint) as error:
        return f"refused: {error}"
    except MatchingError as error:
        return None if case.fewer_than is not None else f"no solution: {error}"
    certificate = verify(instance, result)
    if not certificate.feasible or certificate.proof == "none":
        return f"not certified: {'; '.join(certificate.reasons)}"
    return _difference(case, instance, result)


def _difference(case: Case, instance: Instance, result: Result) -> str | None:
    given = _given(instance, result)
    profile = np.bincount(instance.rank[given])[1:].tolist()
    bundles = [set[int]() for _ in range(instance.applicants)]
    for at in given.tolist():
        bundles[instance.applicant[at]].add(int(instance.offer[at]))
    if case.size is not None and len(given) != case.size:
        return f"{len(given)} seats instead of {case.size}"
    if case.fewer_than is not None and len(given) >= case.fewer_than:
        return f"{len(given)} seats, which cannot be"
    if case.total is not None and result.objective != case.total:
        return f"cost {result.objective} instead of {case.total}"
    if case.profile is not None and profile != trimmed(case.profile):
        return f"profile {profile} instead of {trimmed(case.profile)}"
    if case.granted is not None and bundles != list(case.granted):
        return f"gave {bundles} instead of {list(case.granted)}"
    return None


def _given(instance: Instance, result: Result) -> np.ndarray:
    """Positions of what is given."""
    return np.flatnonzero(result.chosen)


def trimmed(profile: Profile) -> list[int]:
    """Without zeros at the end."""
    last = max((at for at, count in enumerate(profile, 1) if count), default=0)
    return list(profile[:last])


def text(path: Path) -> str:
    """A file, which may be kept gzipped."""
    zipped = path.with_name(f"{path.name}.gz")
    return gzip.decompress(zipped.read_bytes()).decode() if zipped.exists() else path.read_text()


def from_lists(lists: Sequence[Sequence[int]], capacity: Sequence[int]) -> dict[str, Any]:
    """The three arguments every instance has."""
    lengths = [len(row) for row in lists]
    return {
        "indptr": np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        "offer": np.array([j for row in lists for j in row], dtype=np.int64),
        "capacity": np.asarray(capacity, dtype=np.int64),
    }


def from_ties(lists: Sequence[Sequence[Sequence[int]]], capacity: Sequence[int]) -> dict[str, Any]:
    """The same from lists of tied groups, with `rank` the position of the group, from 1."""
    flat = [[j for group in row for j in group] for row in lists]
    rank = [at for row in lists for at, group in enumerate(row, 1) for _ in group]
    return {**from_lists(flat, capacity), "rank": np.array(rank, dtype=np.int64)}


def six_optima(file: str, name: str, arguments: dict[str, Any], expected: dict[str, Any]) -> Cases:
    """The optima by which real preferences are published: two totals and three profiles."""
    rank = arguments["rank"]
    size = expected["max_cardinality"]
    for title, cost in (("rank_cost", rank), ("squared_rank_cost", rank**2)):
        total = expected[f"min_{title}_at_max_cardinality"]
        yield Case(
            file=file,
            name=f"{name} {title}",
            arguments={**arguments, "cost": cost},
            size=size,
            total=total,
        )
    for policy in ("rank_maximal", "greedy_maximum", "generous_maximum"):
        yield Case(
            file=file,
            name=f"{name} {policy}",
            arguments=arguments,
            policy=policy,
            size=None if policy == "rank_maximal" else size,
            profile=expected[f"{policy}_profile"],
        )
