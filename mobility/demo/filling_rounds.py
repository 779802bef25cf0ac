"""The published round: frozen, run by the real job, certified, published."""

from .. import clock
from ..db import transaction
from ..rounds.models import Run
from ..rounds.services import freeze_round, open_round, publish_run, request_run
from .filling_letters import carry_due_jobs
from .scene import Scene

FROZEN, PUBLISHED = -97, -96


class NotCertified(RuntimeError):
    """The run of the demonstration came without a proof that it is optimal."""


def fill_round(scene: Scene) -> set[int]:
    """Freeze and run the decided call, check its certificate, publish it the next morning.

    Returns the ids of the applications that got a place.
    """
    with clock.at(scene.timetable.at(FROZEN, 10)), transaction():
        round_ = open_round(scene.calls["decided"], scene.admin)
        freeze_round(round_, scene.admin)
    with clock.at(scene.timetable.at(FROZEN, 10.5)):
        with transaction():
            run = request_run(round_, scene.admin)
        carry_due_jobs()
    _check(run)
    with clock.at(scene.timetable.at(PUBLISHED, 10)), transaction():
        publish_run(run, scene.admin)
        placed = {row.application_id for row in run.rows if row.offer_id is not None}
        scene.say(f"a published round: {len(placed)} of {len(run.rows)} placed")
    return placed


def _check(run: Run) -> None:
    with transaction(write=False):
        certificate = run.certificate
        if certificate is None or not certificate["optimal"]:
            raise NotCertified(run.error or f"certificate: {certificate}")
