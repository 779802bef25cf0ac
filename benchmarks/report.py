"""What was measured, as Markdown tables and sentences."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from benchmarks.growth import slope
from benchmarks.row import Row

PACKAGES = ("numpy", "scipy", "numba", "ortools", "networkx", "matching")
SMALL_PEERS = {"scipy": "scipy, seats expanded", "highs": "HiGHS LP", "networkx": "networkx"}


HEAD = (
    "popularity/seats/cost",
    "ours",
    "of it building",
    "with lottery",
    "verify",
    "OR-Tools",
    "with arcs for staying",
    "ratio",
    "cold: ours",
    "cold: OR-Tools",
    "MB: ours",
    "MB: OR-Tools",
    "one pass",
    "ours / pass",
    "runs",
    "proof",
)


BY_MERIT_HEAD = ("deferred acceptance", "ours", "PyPI matching", "ratio", "our proof")


def main_row(row: Row) -> list[str]:
    f = row.figures
    if not row.has("ours"):
        return [row.cell, *row.wrong(), *[""] * (len(HEAD) - 1 - len(row.wrong()))]
    ours, both = f["ours"], row.has("ours", "ortools")
    return [
        row.cell,
        duration(ours["warm"]),
        duration(ours["build"]),
        _time(row, "lottery"),
        duration(ours["verify"]),
        _time(row, "ortools"),
        _time(row, "ortools-stays"),
        f"**{row.ratio:.2f}**" if both else "",
        duration(ours["cold"]),
        duration(f["ortools"]["cold"]) if both else "",
        f"{row.peak('ours') / 1e6:.0f}",
        f"{row.peak('ortools') / 1e6:.0f}" if both else "",
        duration(f["idle"]["pass"]),
        f"{ours['warm'] / f['idle']['pass']:.0f}",
        " / ".join(str(f[s]["runs"]) for s in ("ours", "ortools") if row.has(s)),
        ours["proof"],
    ]


def _time(row: Row, solver: str) -> str:
    if solver not in row.figures:
        return ""
    if not row.has(solver):
        return row.figures[solver].get("over") or row.figures[solver]["error"]
    return duration(row.figures[solver]["warm"])


def summary(rows: Sequence[Row]) -> str:
    """Ratios over the grid, memory, distance from one pass."""
    done = [row for row in rows if row.has("ours", "ortools")]
    if not done:
        return ""
    ratios = [row.ratio for row in done]
    memory = [row.peak("ours") / row.peak("ortools") for row in done]
    passes = [row.figures["ours"]["warm"] / row.figures["idle"]["pass"] for row in done]
    cells = "1 cell" if len(done) == 1 else f"{len(done)} cells"
    return (
        f"Over {cells} OR-Tools, in its faster form, takes {median(ratios):.2f} times as "
        f"long in the median and {min(ratios):.2f} times at the least. Our peak memory is "
        f"{max(memory):.0%} of its at the most. We take {median(passes):.0f} times one numpy pass "
        f"in the median, {max(passes):.0f} at the most."
    )


def small_peers(rows: Sequence[Row]) -> Iterable[list[str]]:
    """Time and memory of the peers that are not run at every size, beside ours."""
    for row in rows:
        shown = [f"{_time(row, s)}, {_memory(row, s)}" for s in SMALL_PEERS if s in row.figures]
        if shown and row.has("ours"):
            ours = f"{duration(row.figures['ours']['warm'])}, {_memory(row, 'ours')}"
            yield [row.cell, ours, *shown]


def _memory(row: Row, solver: str) -> str:
    return f"{row.peak(solver) / 1e6:.0f} MB" if row.has(solver) else ""


def by_merit(rows: Sequence[Row]) -> Iterable[list[str]]:
    """Deferred acceptance beside the PyPI package `matching`."""
    for row in rows:
        if row.has("deferred", "matching"):
            ours, peer = row.figures["deferred"], row.figures["matching"]
            yield [
                row.cell,
                duration(ours["warm"]),
                duration(peer["warm"]),
                f"{peer['warm'] / ours['warm']:.0f}",
                ours["proof"],
            ]


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines])


def duration(seconds: float) -> str:
    """Three digits, in the unit that suits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{float(f'{seconds / size:.3g}'):g} {unit}"
    return f"{float(f'{seconds * 1e6:.3g}'):g} µs"


def machine() -> str:
    """What it ran on, without saying where."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(
        f"{package} {found}" for package in PACKAGES if (found := _version(package))
    )
    return (
        f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def page(rows: Sequence[Row], command: str, plot: bool) -> str:
    sizes = sorted({row.size for row in rows})
    parts = [INTRODUCTION.format(command=command, machine=machine())]
    if plot:
        parts.append(growth_words(rows))
    for size in sizes:
        parts.append(section(size, [row for row in rows if row.size == size]))
    return "\n\n".join(parts) + "\n"


def section(size: int, rows: Sequence[Row]) -> str:
    """Everything about one size."""
    main = table(HEAD, [main_row(row) for row in rows])
    return "\n\n".join([f"## {size:,} applicants", main, *remarks(rows)])


def remarks(rows: Sequence[Row]) -> list[str]:
    """What stands under the table: ratios, what went wrong, the peers of small sizes."""
    titles = [title for solver, title in SMALL_PEERS.items() if solver in rows[0].figures]
    peers = list(small_peers(rows))
    merit = list(by_merit(rows))
    parts = [
        summary(rows),
        "\n".join(f"- {row.cell}: {wrong}" for row in rows for wrong in row.wrong()),
        table(("cell", "ours", *titles), peers) if peers else "",
        table(BY_MERIT_HEAD, merit) if merit else "",
    ]
    return [part for part in parts if part]


def growth_words(rows: Sequence[Row]) -> str:
    ours, peer = slope(rows, "ours"), slope(rows, "ortools")
    return (
        "## Growth\n\n![Time by number of applicants](growth.svg)\n\n"
        f"With the cells that were run at every size, our time grows like n^{ours:.2f} and that of "
        f"OR-Tools like n^{peer:.2f}: ten times the applicants take us {10**ours:.0f} times as "
        f"long, and OR-Tools {10**peer:.0f} times. The number of choices each is the same, so "
        "n^1 would be the time of reading the lists."
    )


INTRODUCTION = """\
# Benchmarks

    {command}

{machine}.

Rounds are drawn from a seed (`benchmarks/rounds_grid.py`): 10 choices an applicant over 100, 1,000,
5,000 or 10,000 offers; popularity flat, Zipf 0.7 or Zipf 1.2; seats for 70, 100 or 130 of a hundred
applicants, spread evenly; cost by rank, by rank and merit, or 4^rank.

- *Ours* is building `Instance`, validation included, and `solve`, without `lottery`; then with it.
- *OR-Tools* is `SimpleMinCostFlow`: adding the arcs in bulk and solving, in two forms:
  `solve_max_flow_with_min_cost` over the choices alone, and `solve` with an arc for staying
  unplaced. The *ratio* is to the faster. Its arrays are made ready before the clock starts.
- Every solver runs in a process of its own on the same file, one after the other. *Cold* is the
  imports and the first solve, machine code loaded from disk, the start of Python itself not
  counted. The other times are medians of the solves after it, as many as *runs* says (fewer than
  asked where they take long).
- *MB* is the most the process held until the first solve ended (`ru_maxrss`), less the same of a
  process that only loads numpy and the arrays. So what a solver imports counts.
- *One pass* is `numpy.minimum.reduceat` over the costs, which finds each applicant's best choice:
  no method can do with less.
- Totals are compared. Where one differs from ours, or a solver failed, a line under the table
  says so.
- *Proof* is what `verify` found, a check that trusts no solver."""
