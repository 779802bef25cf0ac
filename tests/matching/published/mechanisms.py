"""Two-sided cases of other libraries, solved from either side by deferred acceptance."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.matching.published.case import Case, Cases, OutOfScope, from_lists, six_optima

LADDER = 10_000
"""Merit has two decimals up to 100, so an offer can tell this many applicants apart."""


def two_sided(folder: Path) -> Cases:
    yield from _hospitals(folder / "two_sided_cases.json")
    yield from _marriages(folder / "sm_enumerated_regret_equal_sm.json")
    yield from _project_day(folder / "project_day.json")


def _hospitals(path: Path) -> Cases:
    for entry in json.loads(path.read_text()):
        name, expected = entry["id"], entry["expected"]
        if entry["kind"] == "student_project_allocation":
            reason = "stability with lecturers who rank students over all their projects"
            yield OutOfScope(file=path.name, name=name, reason=reason)
            continue
        students = {s: list(row) for s, row in entry["input"]["students"].items()}
        programmes = entry["input"]["programmes"]
        yield from _both_sides(path.name, name, students, programmes, expected)
        if "boston" in expected:
            reason = "immediate acceptance (Boston) is not one of the policies"
            yield OutOfScope(file=path.name, name=f"{name} boston", reason=reason)


def _both_sides(
    file: str,
    name: str,
    students: dict[str, list[str]],
    programmes: dict[str, dict[str, Any]],
    expected: dict[str, Any],
) -> Cases:
    """Students propose; then programmes, each as a copy of itself a seat.

    Students rank the copies of a programme in one order, so the stable matchings are the same;
    Roth & Sotomayor (1990), "Two-Sided Matching", lemma 5.6.
    """
    seats = [(p, seat) for p, about in programmes.items() for seat in range(about["capacity"])]
    priority = {p: list(about["priority"]) for p, about in programmes.items()}
    yield Case(
        file=file,
        name=f"{name} students propose",
        arguments=_proposals(students, priority, [a["capacity"] for a in programmes.values()]),
        policy="deferred_acceptance",
        granted=_offers_of_students(students, list(programmes), expected["student_optimal"]),
    )
    copies = {
        s: [seat for p in row for seat in seats if seat[0] == p] for s, row in students.items()
    }
    held = expected["programme_optimal"]
    arguments = _proposals({seat: priority[seat[0]] for seat in seats}, copies, [1] * len(students))
    yield Case(
        file=file,
        name=f"{name} programmes propose",
        arguments=arguments,
        policy="deferred_acceptance",
        granted=_students_of_seats(arguments, seats, list(students), held),
    )


def _proposals(
    proposers: dict[Any, list[Any]], receivers: dict[Any, list[Any]], capacity: Sequence[int]
) -> dict[str, Any]:
    """Pairs that both sides list; merit falls by one step a place in the receiver's order."""
    index = {receiver: j for j, receiver in enumerate(receivers)}
    place = {r: {p: at for at, p in enumerate(order)} for r, order in receivers.items()}
    assert all(len(order) <= LADDER for order in receivers.values())
    lists = [[r for r in row if p in place[r]] for p, row in proposers.items()]
    steps = [place[r][p] for p, row in zip(proposers, lists, strict=True) for r in row]
    return {
        **from_lists([[index[r] for r in row] for row in lists], capacity),
        "merit": (LADDER - np.array(steps, dtype=np.int64)) / 100,
    }


def _offers_of_students(
    students: dict[str, list[str]], programmes: list[str], matching: dict[str, list[str]]
) -> list[frozenset[int]]:
    got = {s: programmes.index(p) for p, members in matching.items() for s in members}
    return [frozenset({got[s]} if s in got else ()) for s in students]


def _students_of_seats(
    arguments: dict[str, Any],
    seats: list[tuple[str, int]],
    students: list[str],
    matching: dict[str, list[str]],
) -> list[frozenset[int]]:
    """The first copy of a programme holds the student it ranks highest, and so on."""
    indptr, offer = arguments["indptr"].tolist(), arguments["offer"].tolist()
    held = []
    for at, (programme, seat) in enumerate(seats):
        row = offer[indptr[at] : indptr[at + 1]]
        members = sorted((students.index(s) for s in matching[programme]), key=row.index)
        held.append(frozenset(members[seat : seat + 1]))
    return held


def _marriages(path: Path) -> Cases:
    for entry in json.loads(path.read_text())["cases"]:
        sides = {side: dict(enumerate(entry[side], 1)) for side in ("men", "women")}
        for proposing, other, expected in (
            ("men", "women", entry["man_optimal"]),
            ("women", "men", _inverse(entry["woman_optimal"])),
        ):
            yield Case(
                file=path.name,
                name=f"{entry['id']} {proposing} propose",
                arguments=_proposals(sides[proposing], sides[other], [1] * len(expected)),
                policy="deferred_acceptance",
                granted=[frozenset({partner - 1}) for partner in expected],
            )
        reason = "the list of all stable marriages, from which regret-equal ones are picked"
        yield OutOfScope(file=path.name, name=entry["id"], reason=reason)


def _inverse(partners: list[int]) -> list[int]:
    return [partners.index(other) + 1 for other in range(1, len(partners) + 1)]


def _project_day(path: Path) -> Cases:
    day = json.loads(path.read_text())
    courses = list(day["capacities"])
    lists = [[courses.index(str(course)) for course in row] for row in day["preferences"]]
    arguments = from_lists(lists, list(day["capacities"].values()))
    rank = [at for row in lists for at in range(1, len(row) + 1)]
    arguments["rank"] = np.array(rank, dtype=np.int64)
    yield from six_optima(path.name, "project-day", arguments, day["expected"])
