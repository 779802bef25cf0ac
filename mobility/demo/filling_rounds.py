"""The published round: seeds committed, frozen, drawn, run by three rules, certified, published."""

import hashlib

from .. import clock
from ..applications.models import Application, ApplicationStatus
from ..applications.services import pre_place_application
from ..db import db, transaction
from ..rounds.models import Round, Run
from ..rounds.queries import get_run
from ..rounds.services import (
    commit_seed,
    freeze_round,
    hand_in_seed,
    name_auditor,
    open_round,
    publish_run,
    request_runs,
)
from . import catalogue
from .filling_letters import carry_due_jobs
from .scene import Scene

COMMITTED, FROZEN, PUBLISHED = -120, -97, -96
SEED = hashlib.sha256(b"Chelyabinsk, November 2017").hexdigest()
HOURS_TO_HAND_IN = 4
COMPARED = ("linear_assignment", "rank_maximal", "serial_dictatorship")


class NotCertified(RuntimeError):
    """The run of the demonstration came without a proof that it is optimal."""


def fill_round(scene: Scene) -> set[int]:
    """Freeze the decided call, run it by three rules, publish the frozen one the next morning.

    The host has committed a seed while the call was open, and hands it in after the freeze.
    Returns the ids of the applications that got a place.
    """
    call, host = scene.calls["decided"], scene.institutions["susu.ru"]
    speaker = scene.coordinators["susu.ru", ""]
    with clock.at(scene.timetable.at(COMMITTED, 11)), transaction():
        commit_seed(call, host, speaker, hashlib.sha256(bytes.fromhex(SEED)).hexdigest())
    _place_one_before(scene)
    with clock.at(scene.timetable.at(FROZEN, 10)), transaction():
        round_ = open_round(call, scene.admin)
        freeze_round(round_, scene.admin, hours=HOURS_TO_HAND_IN)
        name_auditor(round_, scene.coordinators["enu.kz", ""].email, scene.admin)
    with clock.at(scene.timetable.at(FROZEN, 12)), transaction():
        hand_in_seed(round_, host, speaker, SEED)
    with clock.at(scene.timetable.at(FROZEN, 10.1 + HOURS_TO_HAND_IN)):
        carry_due_jobs()
    run = _run(scene, round_)
    with clock.at(scene.timetable.at(PUBLISHED, 10)), transaction():
        publish_run(run, scene.admin)
        placed = {row.application_id for row in run.rows if row.offer_id is not None}
        scene.say(f"a published round: {len(placed)} of {len(run.rows)} placed")
    return placed


def _place_one_before(scene: Scene) -> None:
    """One of the best gets their first choice by a decision of the admin, with a reason."""
    approved = [
        one.application
        for one in scene.applied["decided"]
        if one.application.status is ApplicationStatus.APPROVED
    ]
    application = max(approved, key=lambda one: (one.score or 0.0, one.id))
    with clock.at(scene.timetable.at(FROZEN, 9.5)), transaction():
        found = db.session.get_one(Application, application.id)
        reason = catalogue.remark("pre_placement_reason", 0, found.applicant.language)
        pre_place_application(found, found.choices[0].offer, reason, scene.admin)


def _run(scene: Scene, round_: Round) -> Run:
    """The run by the frozen rule, with two by others beside it."""
    with clock.at(scene.timetable.at(FROZEN, 10.5 + HOURS_TO_HAND_IN)):
        with transaction():
            asked = request_runs(round_, scene.admin, COMPARED)
            ids = [run.id for run in asked]
        carry_due_jobs()
    with transaction(write=False):
        run = get_run(ids[0])
        assert run is not None
        if run.certificate is None or not run.certificate["optimal"]:
            raise NotCertified(run.error or f"certificate: {run.certificate}")
    return run
