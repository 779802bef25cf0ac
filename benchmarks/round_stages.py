"""The stages of one round on a database of its own: the process behind `benchmarks.round`.

Prints one line of JSON: seconds by stage, those of the floor, and the peaks of memory.
"""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from benchmarks.round_floor import floor
from benchmarks.round_pages import pages
from benchmarks.round_peak import compute_with_peak
from benchmarks.round_rows import fill
from mobility import create_app
from mobility.accounts.models import User
from mobility.children import compute as in_a_child
from mobility.db import db, transaction
from mobility.memory import keep_what_is_loaded
from mobility.offers.models import Call
from mobility.rounds import services
from mobility.rounds.models import RUN_WORKFLOW, Run
from mobility.rounds.services.running import store_outcome
from mobility.running import prepare_instance

KIB_TO_MB = 1.024e-3
FLOORS = 3
"""How often the floor is measured; the one in the middle counts."""


def main(applicants: int, choices: int, offers: int) -> None:
    with create_app().app_context():
        prepare_instance()
        call_id, admin_id = fill(applicants, choices, offers)
        _warm_up()
        found, run_id = _stages(call_id, admin_id)
        found["own"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_TO_MB
        with transaction(write=False):
            floors = sorted(floor(run_id) for _ in range(FLOORS))
        found["floor"], found["floor_placed"] = floors[FLOORS // 2]
        found["pages"] = pages(run_id)
    print(json.dumps(found))


def _warm_up() -> None:
    """The process that children are forked from is there, as in a service that runs."""
    in_a_child(len, "", check_wanted=lambda: None)
    keep_what_is_loaded()


def _stages(call_id: int, admin_id: int) -> tuple[dict[str, Any], int]:
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        seconds[name] = perf_counter() - begun

    with stage("snapshot"), transaction():
        admin = db.session.get_one(User, admin_id)
        round_ = services.open_round(db.session.get_one(Call, call_id), admin)
        services.freeze_round(round_, admin)
    with stage("request"), transaction():
        admin = db.session.get_one(User, admin_id)
        run_id = services.request_run(db.session.merge(round_), admin).id
    with stage("compute"):
        with transaction(write=False):
            run = db.session.get_one(Run, run_id)
            snapshot, policy, seed = run.round.snapshot, run.policy, run.seed
        outcome, child = in_a_child(
            compute_with_peak, snapshot, policy, seed, check_wanted=lambda: None
        )
    with stage("store"), transaction():
        run = db.session.get_one(Run, run_id)
        RUN_WORKFLOW.advance(run, "start", actor=None)
        store_outcome(run, outcome)
    return {
        "stages": seconds,
        "solved": outcome["seconds"],
        "placed": outcome["stats"]["placed"],
        "child": child * KIB_TO_MB,
    }, run_id
