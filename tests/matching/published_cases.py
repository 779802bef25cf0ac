"""Published matching problems, solved, certified and compared with their known answers.

`python -m tests.matching.published_cases DIR` prints passed, failed and out of scope per file,
and why; DIR holds the folders named below, by default the small ones kept here.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.matching.published import courses, mechanisms, orlib, peer_lap, preflib, spa
from tests.matching.published.case import Cases, OutOfScope, shortcoming

OWN_DATA = Path(__file__).parent / "data"

READERS: dict[str, Callable[[Path], Cases]] = {
    "orlib-assign": orlib.assignments,
    "peer-lap": peer_lap.assignments,
    "peer-mechanisms": mechanisms.two_sided,
    "preflib-agh": preflib.course_selection,
    "preflib-glasgow-projects": preflib.projects,
    "preflib-bidding": preflib.bidding,
    "matchingproblems-spa": spa.allocations,
    "umass-courses": courses.survey,
    "fairpyx": courses.fair_division,
}


def cases(folder: Path) -> Cases:
    """Everything in those folders that are there."""
    for name, read in READERS.items():
        if (folder / name).is_dir():
            yield from read(folder / name)


def main(folder: Path) -> int:
    table: dict[str, list[int]] = {}
    failed: list[str] = []
    outside: dict[str, list[str]] = {}
    for case in cases(folder):
        counts = table.setdefault(case.file, [0, 0, 0])
        if isinstance(case, OutOfScope):
            counts[2] += 1
            outside.setdefault(case.reason, []).append(case.name)
            continue
        wrong = shortcoming(case)
        counts[1 if wrong else 0] += 1
        if wrong:
            failed.append(f"failed: {case.name}: {wrong}")
    if not table:
        print(f"{folder} holds none of {', '.join(READERS)}")
        return 1
    print(f"{'file':36}{'passed':>8}{'failed':>8}{'out of scope':>14}")
    totals = [sum(column) for column in zip(*table.values(), strict=True)]
    for file, counts in [*table.items(), ("total", totals)]:
        print(f"{file:36}{counts[0]:8}{counts[1]:8}{counts[2]:14}")
    for line in failed:
        print(line)
    for reason, names in outside.items():
        print(f"out of scope: {reason}: {', '.join(names)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else OWN_DATA))
