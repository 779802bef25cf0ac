"""Several courses a student: ratings, seats, credits and clashing times."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from tests.matching.published.case import Case, Cases, OutOfScope, from_lists, text

ACCEPTABLE = 5
"""Least rating at which a section is given, in the survey's scenarios."""


def survey(folder: Path) -> Cases:
    """The UMass survey: scenarios of `expected.json` by their letter."""
    about = json.loads((folder / "expected.json").read_text())
    totals = {scenario["name"][0]: scenario["max_total"] for scenario in about["scenarios"]}
    sections = json.loads(text(folder / "sections.json"))
    students = [json.loads(line) for line in text(folder / "students.jsonl").splitlines()]
    seats = [max(1, section["capacity"] // 2) for section in sections]
    scarce = [max(1, seat // 6) for seat in seats]
    wishes_of_some, timetable = survey_arguments(folder, 60, share=40)
    for letter, arguments in (
        ("A", _wishes(students, seats)),
        ("B", _wishes(students, scarce)),
        ("C", {**wishes_of_some, **timetable}),
    ):
        yield Case(
            file="students.jsonl",
            name=f"umass {letter}",
            arguments=arguments,
            total=-totals[letter],
        )


def survey_arguments(
    folder: Path, count: int, *, share: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the first so many students wish for, with one in `share` of the seats; and what binds:
    credits, limits and clashing times."""
    sections = json.loads(text(folder / "sections.json"))
    lines = text(folder / "students.jsonl").splitlines()
    students = [json.loads(line) for line in lines[:count]]
    seats = [max(1, section["capacity"] // share) for section in sections]
    timetable = {
        "credits": [section["credits"] for section in sections],
        "credit_limit": [3 * student["limit"] + 1 for student in students],
        "clashes": _clashes(sections),
    }
    return _wishes(students, seats), timetable


def _wishes(students: Sequence[dict[str, Any]], seats: list[int]) -> dict[str, Any]:
    worth = [
        {j: rating for j, rating in enumerate(student["ratings"]) if rating >= ACCEPTABLE}
        for student in students
    ]
    return most_worth(worth, [student["limit"] for student in students], seats)


def most_worth(
    worth: Sequence[Mapping[int, int]], demand: Sequence[int], seats: Sequence[int]
) -> dict[str, Any]:
    """Arguments that ask for the most total worth: what is not given costs nothing."""
    lists = [sorted(row, key=lambda j, row=row: -row[j]) for row in worth]
    return {
        **from_lists(lists, seats),
        "cost": [-row[j] for row, offers in zip(worth, lists, strict=True) for j in offers],
        "unplaced": np.zeros(len(worth), dtype=np.int64),
        "demand": list(demand),
    }


def _clashes(sections: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [
        (a, b) for a, b in combinations(range(len(sections)), 2) if _clash(sections[a], sections[b])
    ]


def _clash(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Two sections of one course, or a shared weekday with overlapping times."""
    if a["course"] == b["course"]:
        return True
    return bool({*a["days"]} & {*b["days"]}) and a["start"] < b["end"] and b["start"] < a["end"]


def fair_division(folder: Path) -> Cases:
    """fairpyx: a real allocation of courses, and the examples of its tests."""
    yield from _ariel(folder)
    for entry in json.loads((folder / "distilled_cases.json").read_text()):
        yield from _distilled("distilled_cases.json", entry)


def _ariel(folder: Path) -> Cases:
    about = json.loads(text(folder / "ariel_5783_input.json"))
    expected = json.loads((folder / "ariel_5783.expected.json").read_text())
    items = list(about["item_capacities"])
    clashes = {
        tuple(sorted((items.index(a), items.index(b))))
        for a, others in about["item_conflicts"].items()
        for b in others
    }
    for at, scenario in enumerate(expected["scenarios"]):
        title = scenario["name"]
        barred = about["agent_conflicts"] if "agent_conflicts" in title else {}
        worth = [
            {items.index(c): v for c, v in row.items() if v > 0 and c not in barred.get(agent, ())}
            for agent, row in about["valuations"].items()
        ]
        seats = [3] * len(items) if "capacities 3" in title else about["item_capacities"].values()
        arguments = most_worth(
            worth, [about["agent_capacities"][a] for a in about["valuations"]], list(seats)
        )
        if "item_conflicts" in title:
            arguments["clashes"] = sorted(clashes)
        yield Case(
            file="ariel_5783_input.json",
            name=f"ariel {at + 1}",
            arguments=arguments,
            total=-scenario["max_total"],
        )


def _distilled(file: str, entry: dict[str, Any]) -> Iterator[Case | OutOfScope]:
    name, asked, expected = entry["id"], entry["input"], entry["expected"]
    if "bids" in asked:
        yield _by_bids(file, name, asked, expected)
        return
    items = list(asked.get("item_capacities") or next(iter(asked["valuations"].values())))
    agents = list(asked["valuations"])
    worth = [{items.index(c): v for c, v in asked["valuations"][a].items()} for a in agents]
    seats = list(asked.get("item_capacities", {}).values()) or [asked["item_capacity"]] * len(items)
    demand = [asked.get("agent_capacities", {}).get(a, asked.get("agent_capacity")) for a in agents]
    arguments = most_worth(worth, demand, seats)
    if "max_seats" in expected:
        yield from _seats_then_order(file, name, arguments, expected)
        return
    if "item_weights" in asked:
        arguments["credits"] = [asked["item_weights"][c] for c in items]
        arguments["credit_limit"] = [asked["agent_target_weights"][a] for a in agents]
    bundles = expected.get("bundles")
    yield Case(
        file=file,
        name=name,
        arguments=arguments,
        total=-expected.get("total", expected.get("max_total_value_with_hard_credit_limits")),
        granted=bundles and [frozenset(items.index(c) for c in bundles[a]) for a in agents],
    )


def _seats_then_order(
    file: str, name: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> Cases:
    """Most seats, then the best places on the lists; bids as a third level are not asked."""
    courses = len(arguments["capacity"])
    points = np.concatenate([courses - np.arange(n) for n in np.diff(arguments["indptr"])])
    asked = {**arguments, "cost": -points}
    del asked["unplaced"]
    yield Case(
        file=file,
        name=f"{name} seats, then order",
        arguments=asked,
        size=expected["max_seats"],
        total=-expected["max_ordinal_score_at_max_seats"],
    )
    reason = "bids as a third objective after seats and order (lexicographic)"
    yield OutOfScope(file=file, name=f"{name} bids", reason=reason)


def _by_bids(file: str, name: str, asked: dict[str, Any], expected: dict[str, Any]) -> Case:
    """Gale-Shapley in which a course prefers the higher bid, and of equal bids the luckier."""
    agents, courses = list(asked["bids"]), list(asked["item_capacities"])
    lists = [[courses.index(c) for c in asked["preference_order"][a]] for a in agents]
    merit = [asked["bids"][a][c] for a in agents for c in asked["preference_order"][a]]
    luck = sorted(agents, key=lambda a: -asked["tie_lottery"][a])
    return Case(
        file=file,
        name=name,
        arguments={
            **from_lists(lists, list(asked["item_capacities"].values())),
            "merit": merit,
            "lottery": [luck.index(a) + 1 for a in agents],
        },
        policy="deferred_acceptance",
        granted=[frozenset(courses.index(c) for c in expected["allocation"][a]) for a in agents],
    )
