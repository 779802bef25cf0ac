"""Real rankings and bids from PrefLib: courses, projects, papers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.matching.published.case import Case, Cases, from_lists, from_ties, six_optima, text

TAKEN = 2
"""Categories of a bid that can be granted: yes and maybe."""


def course_selection(folder: Path) -> Cases:
    """Complete strict rankings of courses, with capacities derived by the collector."""
    for path in sorted(folder.glob("*.expected.json")):
        source = path.name.replace(".expected.json", ".soc")
        lists = _rankings(folder / source)
        for scenario in json.loads(path.read_text())["scenarios"]:
            name, expected = scenario["scenario"], scenario["expected"]
            yield from _rounds(source, name, lists, scenario["capacities"], expected)


def projects(folder: Path) -> Cases:
    """Strict incomplete rankings of projects with one seat each."""
    for path in sorted(folder.glob("*.expected.json")):
        source = path.name.replace(".expected.json", ".soi")
        about = json.loads(path.read_text())
        lists = _rankings(folder / source)
        capacity = [about["project_capacity"]] * about["projects"]
        yield from _rounds(source, path.name[:14], lists, capacity, about["expected"])


def bidding(folder: Path) -> Cases:
    """Bids on papers: one paper a bidder, and reviewing with several bidders a paper."""
    for path in sorted(folder.glob("*.expected.json")):
        source = path.name.replace(".expected.json", ".cat")
        about = json.loads(path.read_text())
        bids = [row[:TAKEN] for row in _bids(folder / source)]
        papers, name = about["papers"], path.name[:14]
        one_seat = from_ties(bids, [1] * papers)
        yield from six_optima(source, name, one_seat, about["scenario_one_seat"]["expected"])
        yield _reviewing(source, name, bids, papers, about["scenario_reviewing"])


def _rounds(
    file: str, name: str, lists: list[list[int]], capacity: list[int], expected: dict[str, Any]
) -> Cases:
    arguments = from_ties([[[j] for j in row] for row in lists], capacity)
    yield from six_optima(file, name, arguments, expected)
    by_turn = expected["serial_dictatorship_file_order"]
    granted = [frozenset() if j is None else frozenset({j - 1}) for j in by_turn["assignment"]]
    yield Case(
        file=file,
        name=f"{name} serial_dictatorship",
        arguments={**from_lists(lists, capacity), "lottery": np.arange(1, len(lists) + 1)},
        policy="serial_dictatorship",
        size=len(lists) - by_turn["unmatched"],
        profile=by_turn["profile"],
        granted=granted,
    )


def _reviewing(
    file: str, name: str, bids: list[list[list[int]]], papers: int, scenario: dict[str, Any]
) -> Case:
    """Most slots filled, then least cost; each bidder takes several papers."""
    arguments = from_ties(bids, [scenario["paper_demand"]] * papers)
    expected = scenario["expected"]
    yes = expected["yes_slots_at_optimum"]
    return Case(
        file=file,
        name=f"{name} reviewing",
        arguments={
            **arguments,
            "cost": arguments["rank"],
            "demand": np.full(len(bids), scenario["bidder_load"]),
        },
        size=expected["max_filled_slots"],
        total=expected["min_cost_at_max"],
        profile=[yes, expected["max_filled_slots"] - yes],
    )


def _rankings(path: Path) -> list[list[int]]:
    """One list a voter, offers from 0."""
    votes = _votes(path.read_text())
    return [[int(j) - 1 for j in row.split(",")] for row in votes]


def _bids(path: Path) -> list[list[list[int]]]:
    """One list of categories a voter; a category of one paper may stand without braces."""
    return [
        [[int(j) - 1 for j in re.findall(r"\d+", group)] for group in _groups(row)]
        for row in _votes(text(path))
    ]


def _groups(row: str) -> list[str]:
    return re.findall(r"\{[^}]*\}|\d+", row)


def _votes(text: str) -> Iterator[str]:
    """A line `m: order` is m voters in a row."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            count, order = line.split(":", 1)
            yield from [order.strip()] * int(count)
