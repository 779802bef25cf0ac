"""The engine beside its peers: `python -m benchmarks`, or `make bench` with the peers installed.

Prints a table a size, and writes the same to docs/benchmarks.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.growth import points, svg
from benchmarks.measure import ROOT, Task, draw, figures
from benchmarks.report import HEAD, main_row, page, remarks, table
from benchmarks.row import Row
from benchmarks.shapes import LARGEST, OFFERS, cell_names

PATIENCE = 300.0
DEFAULT_CELLS = {1_000_000: ["*/100/merit"]}


def main(arguments: list[str]) -> int:
    asked = _options().parse_args(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.npz"
        _warm_up(path)
        for size in asked.sizes:
            task = Task(path, asked.repeat, asked.seconds, asked.patience)
            print(f"\n## {size:,} applicants\n\n{table(HEAD, [])}", flush=True)
            for cell in cell_names(asked.cells or DEFAULT_CELLS.get(size, ["*"])):
                rows.append(_measure(size, cell, asked.peers, task))
                print(f"| {' | '.join(main_row(rows[-1]))} |", flush=True)
            print("", *remarks([row for row in rows if row.size == size]), sep="\n\n", flush=True)
    plot = asked.plot and len(points(rows, "ours")) > 1
    if plot:
        (ROOT / "docs" / "growth.svg").write_text(svg(rows))
    command = " ".join(["python -m benchmarks", *arguments])
    (ROOT / "docs" / "benchmarks.md").write_text(page(rows, command, plot))
    return int(any(row.wrong() for row in rows))


def _options() -> argparse.ArgumentParser:
    def names(text: str) -> list[str]:
        return text.split(",")

    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in names(text)],
        default=list(OFFERS),
        help="numbers of applicants, e.g. 1000,10000",
    )
    options.add_argument(
        "--cells",
        type=names,
        help="patterns of popularity/seats/cost, e.g. */100/merit,flat/*/rank; without them all, "
        "and */100/merit at a million",
    )
    options.add_argument(
        "--peers",
        type=names,
        default=list(LARGEST),
        help=f"which to run beside ours, of {','.join(LARGEST)}",
    )
    options.add_argument("--repeat", type=int, default=5, help="warm solves, of which the median")
    options.add_argument(
        "--seconds", type=float, default=60, help="no more warm solves of one cell after so long"
    )
    options.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        help="no solver of one cell is waited for longer, all its solves together",
    )
    options.add_argument("--plot", action="store_true", help="write docs/growth.svg")
    return options


def _warm_up(path: Path) -> None:
    """Whatever is compiled on the first use ever is on disk after this."""
    draw(1_000, "flat/100/merit", path)
    for solver in ("ours", "lottery", "deferred"):
        figures(solver, Task(path, 1, 0, PATIENCE))


def _measure(size: int, cell: str, peers: list[str], task: Task) -> Row:
    draw(size, cell, task.round)
    solvers = ["idle", "ours", *[peer for peer in peers if size <= LARGEST[peer]]]
    # by merit where the cell has it, and once for all costs
    if not cell.endswith("merit"):
        solvers = [solver for solver in solvers if solver not in ("deferred", "matching")]
    return Row(size, cell, {solver: figures(solver, task) for solver in solvers})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
