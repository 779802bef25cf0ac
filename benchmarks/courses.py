"""A round of several courses a student: 350 students over the 96 sections of a real survey.

`python -m benchmarks.courses` prints the time of the relaxation (seats alone) and of the whole
round, with credits and clashing times, the solver's gap, and the bound that anybody can check with
`verify`. Ratings, sections, seats, credits and times are those of the UMass survey of 2024 (see
tests/matching/data/README.md), with one in eight of the seats, so that they are scarce.
"""

from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter
from typing import Any

from matching import Instance, Result, solve, verify
from tests.matching.published.courses import survey_arguments

DATA = Path(__file__).parent.parent / "tests" / "matching" / "data" / "umass-courses"


def timed(arguments: dict[str, Any], limit: float) -> tuple[Instance, Result, float]:
    instance = Instance(**arguments)
    begun = perf_counter()
    result = solve(instance, seed=1, time_limit=limit)
    return instance, result, perf_counter() - begun


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--students", type=int, default=350)
    parser.add_argument("--share", type=int, default=8, help="one in so many seats is there")
    parser.add_argument("--limit", type=float, default=110, help="seconds for the solver")
    options = parser.parse_args()
    wishes, timetable = survey_arguments(DATA, options.students, share=options.share)
    timed({**wishes, "indptr": [0, 1], "offer": [0], "cost": [0], "unplaced": [0],
           "demand": [1]}, 1)  # fmt: skip
    _, free, alone = timed(wishes, options.limit)
    instance, result, whole = timed({**wishes, **timetable}, options.limit)
    certificate = verify(instance, result)
    given = int(result.chosen.sum())
    print(f"{instance.applicants} students, {instance.offers} sections, {len(instance.offer):,}")
    print(f"wishes, {len(instance.clashes):,} pairs that clash")
    print(f"relaxation   {alone:8.2f} s  rating {-free.objective:,.0f}")
    print(f"whole        {whole:8.2f} s  rating {-result.objective:,.0f}, {given:,} seats given")
    print(f"solver gap   {result.gap:,.0f} ({result.claim})")
    print(f"checkable    at most {-(certificate.bound or 0):,.0f}, gap {certificate.gap:,.0f}")
    print(f"proof        {certificate.proof}")


if __name__ == "__main__":
    main()
