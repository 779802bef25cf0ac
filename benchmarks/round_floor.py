"""The least a round could take: the same rows read and written plainly, solved and verified.

Rows are read into Python as the driver gives them and nothing is asked of profiles. Results go to
the table that keeps them, with its keys, and are taken back.
"""

from time import perf_counter
from typing import Any

import numpy as np

from matching import Instance, solve, verify
from mobility import clock
from mobility.db import db
from mobility.rounds.models import Run
from mobility.rounds.snapshot import Inputs

APPLICATIONS = """
    SELECT id, pseudonym, score, call_id, applicant_id, agrees_to_open_file, applies_as, partner_id,
    credits_wanted, credits_most FROM application
    WHERE call_id = {call} AND status = 'approved' ORDER BY pseudonym
"""
CHOICES = """
    SELECT choice.application_id, choice.offer_id FROM choice
    JOIN application ON application.id = choice.application_id
    WHERE application.call_id = {call} AND application.status = 'approved'
    ORDER BY application.pseudonym, choice.rank
"""
PROFILES = """
    SELECT profile.id, profile.user_id, institution_id, unit_id, eqf_level, isced_field, position
    FROM application JOIN "user" ON "user".id = application.applicant_id
    JOIN profile ON profile.user_id = "user".id
    WHERE call_id = {call} AND application.status = 'approved'
"""
SKILLS = """
    SELECT profile_id, language, cefr FROM application
    JOIN profile ON profile.user_id = application.applicant_id
    JOIN language_skill ON language_skill.profile_id = profile.id
    WHERE call_id = {call} AND application.status = 'approved'
"""
OFFERS = "SELECT id, seats FROM offer WHERE call_id = {call} AND status = 'open' ORDER BY id"
COPIED = ("round_id", "policy", "seed", "snapshot_hash", "limit_seconds", "requested_by_id")
COLUMNS = "run_id, application_id, part, offer_id, rank, reason"


def floor(run_id: int) -> tuple[float, int]:
    """(seconds, people placed). The lottery is drawn before: it is no part of this."""
    run = db.session.get_one(Run, run_id)
    again = {column: getattr(run, column) for column in COPIED}
    db.session.add(mine := Run(**again, created_at=clock.now()))
    db.session.flush()
    call_id, weight = run.round.call_id, run.round.call.merit_weight
    lottery = Inputs(run.round.snapshot or "").lottery(run.seed)
    connection = db.session.connection()
    plain: Any = connection.connection.driver_connection
    postgresql = connection.dialect.name == "postgresql"
    read = _copy_out if postgresql else _select
    begun = perf_counter()
    people = read(plain, APPLICATIONS.format(call=call_id))
    choices = read(plain, CHOICES.format(call=call_id))
    offers = read(plain, OFFERS.format(call=call_id))
    read(plain, PROFILES.format(call=call_id))
    read(plain, SKILLS.format(call=call_id))
    ids = np.array([row[0] for row in people], dtype=np.int64)
    places = np.array([row[0] for row in offers], dtype=np.int64)
    listed = np.array(choices, dtype=np.int64)
    order = np.argsort(ids)
    who = order[np.searchsorted(ids, listed[:, 0], sorter=order)]
    instance = Instance(
        indptr=np.cumsum([0, *np.bincount(who, minlength=len(ids))]),
        offer=np.searchsorted(places, listed[:, 1]),
        capacity=[int(row[1]) for row in offers],
        merit=[float(row[2]) for row in people],
        weight=weight,
        lottery=lottery,
    )
    result = solve(instance, run.policy, seed=int(run.seed))
    if not verify(instance, result).optimal:
        raise RuntimeError("the floor is not proved optimal")
    got = result.choice
    rows = [
        (mine.id, person, 1, place, rank, None)
        if rank > 0
        else (mine.id, person, 1, None, None, "all_full")
        for person, place, rank in zip(
            ids.tolist(),
            places[instance.offer[got]].tolist(),
            (got - instance.indptr[:-1] + 1).tolist(),
            strict=True,
        )
    ]
    (_copy_in if postgresql else _insert)(plain, rows)
    seconds = perf_counter() - begun
    db.session.rollback()
    return seconds, result.placed


def _copy_out(plain: Any, query: str) -> list[Any]:
    with plain.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
        return [
            row.split("\t") for block in [b"".join(copy).decode()] for row in block.splitlines()
        ]


def _copy_in(plain: Any, rows: list[Any]) -> None:
    with plain.cursor().copy(f"COPY run_row ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _select(plain: Any, query: str) -> list[Any]:
    return plain.execute(query).fetchall()


def _insert(plain: Any, rows: list[Any]) -> None:
    plain.executemany(f"INSERT INTO run_row ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)
