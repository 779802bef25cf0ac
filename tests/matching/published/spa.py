"""Student-project allocation with ties, minimums and closures, with optima by enumeration."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from matching import Quota
from tests.matching.published.case import Case, Cases, OutOfScope, from_ties, text


def allocations(folder: Path) -> Cases:
    for entry in json.loads(text(folder / "cases.json"))["cases"]:
        name, published = entry["id"], entry["published"]
        arguments = _arguments(entry["instance"])
        expected = published.get("bruteforce", entry["recomputed"])
        yield from _optima(name, arguments, expected)
        if "bruteforce_pc" in published:
            closing = np.ones(len(arguments["capacity"]), dtype=bool)
            expected = published["bruteforce_pc"]
            yield from _optima(f"{name} closures", {**arguments, "may_close": closing}, expected)
        if entry["instance"]["lecturers"]:
            reason = "distance of lecturers' loads from their targets"
            yield OutOfScope(file="cases.json", name=f"{name} lec_abs_diff", reason=reason)
        if "stable" in published:
            reason = "stability with lecturers who rank students over all their projects"
            yield OutOfScope(file="cases.json", name=f"{name} stable", reason=reason)


def _arguments(about: dict[str, Any]) -> dict[str, Any]:
    """Minimums of projects are hard; those and the limits of lecturers are quotas."""
    projects = about["projects"]
    lists = [[[j - 1 for j in group] for group in row] for row in about["students"]]
    arguments = from_ties(lists, [project["upper"] for project in projects])
    arguments["min_seats"] = np.array([project["lower"] for project in projects])
    arguments["quotas"] = _quotas(arguments["offer"], about)
    return arguments


def _quotas(offer: np.ndarray, about: dict[str, Any]) -> list[Quota]:
    """The load of each lecturer whom anybody's choice concerns."""
    if not about["lecturers"]:
        return []
    lecturer = np.array([project["lecturer"] - 1 for project in about["projects"]])[offer]
    quotas = []
    for at, limits in enumerate(about["lecturers"]):
        choices = np.flatnonzero(lecturer == at)
        if len(choices):
            quotas.append(
                Quota(
                    choices=choices,
                    coefficients=np.ones(len(choices), dtype=np.int64),
                    lower=limits["lower"],
                    upper=limits["upper"],
                )
            )
    return quotas


def _optima(name: str, arguments: dict[str, Any], expected: dict[str, Any]) -> Cases:
    """All by linear assignment: minimums and quotas are its own.

    A profile is read as a number to the base n + 1, which orders profiles of n students as
    their first, or their last, difference does.
    """
    rank, size = arguments["rank"], expected["optimal_size"]
    base = len(arguments["indptr"])
    greedy, generous = -(base ** (rank.max() - rank)), base ** (rank - 1)

    def case(title: str, cost: np.ndarray, **more: Any) -> Case:
        asked = {**arguments, "cost": cost, **more.pop("asked", {})}
        return Case(file="cases.json", name=f"{name} {title}", arguments=asked, **more)

    yield case("maxsizemincost", rank, size=size, total=expected["optimal_maxsizemincost"])
    yield case("maxsizeminsqcost", rank**2, size=size, total=expected["optimal_maxsizeminsqcost"])
    for title, cost in (("greedymaxprofile", greedy), ("generousmaxprofile", generous)):
        yield case(title, cost, size=size, profile=expected[f"optimal_{title}"])
    unplaced = {"unplaced": np.zeros(base - 1, dtype=np.int64)}
    yield case("greedyprofile", greedy, profile=expected["optimal_greedyprofile"], asked=unplaced)
    yield from _least_degree(name, arguments, expected)


def _least_degree(name: str, arguments: dict[str, Any], expected: dict[str, Any]) -> Cases:
    """The worst rank of a largest matching: lists cut there give as many seats, shorter fewer."""
    size, degree = expected["optimal_size"], expected["optimal_maxsizemindegree"]
    title = f"{name} maxsizemindegree"
    cut = _cut(arguments, degree)
    yield Case(file="cases.json", name=title, arguments=cut, size=size)
    cut = _cut(arguments, degree - 1)
    yield Case(file="cases.json", name=f"{title} less 1", arguments=cut, fewer_than=size)


def _cut(arguments: dict[str, Any], degree: int) -> dict[str, Any]:
    kept = arguments["rank"] <= degree
    new = np.concatenate([[0], np.cumsum(kept)])
    return {
        **arguments,
        "indptr": new[arguments["indptr"]],
        "offer": arguments["offer"][kept],
        "rank": arguments["rank"][kept],
        "quotas": [_cut_quota(quota, kept, new) for quota in arguments["quotas"]],
    }


def _cut_quota(quota: Quota, kept: np.ndarray, new: np.ndarray) -> Quota:
    choices = np.asarray(quota.choices)
    left = new[choices[kept[choices]]]
    return Quota(
        choices=left,
        coefficients=np.ones(len(left), dtype=np.int64),
        lower=quota.lower,
        upper=quota.upper,
    )
