"""What becomes of vacated seats: a granted appeal, a dismissed one, and a second round."""

from datetime import timedelta

from sqlalchemy import select

from .. import clock
from ..applications.models import Application, Choice
from ..applications.queries import choices_of
from ..db import db, transaction
from ..placements.models import Placement, PlacementStatus
from ..placements.services import accept_place, keep_place
from ..rounds import queries, services
from ..rounds.models import Round, RunRow
from . import catalogue
from .filling_letters import carry_due_jobs
from .scene import Scene

APPEALED, DECIDED, ACCEPTED = -90, -89, -88
ASKED, PUBLISHED, SETTLED = -85, -84, -78


def fill_appeals(scene: Scene) -> None:
    """Two whom the round left without a place appeal: one gets a declined seat, one reads why not.

    The seat is one that had been declined by then, so the promise is kept at once.
    """
    with transaction():
        free = _declined_before(scene)
        unplaced = _unplaced(scene)
        granted, choice = next(
            (one, choice)
            for one in unplaced
            for choice in choices_of(one)
            if choice.offer_id in free and choice.obstacles is None
        )
        dismissed = next(one for one in unplaced if one.id != granted.id)
        first = choices_of(dismissed)[0]
        _appeal(scene, granted, choice, 0)
        _appeal(scene, dismissed, first, 1)
    with clock.at(scene.timetable.at(DECIDED, 11)), transaction():
        for application, kind in ((granted, "appeal_grant"), (dismissed, "appeal_dismissal")):
            [appeal] = queries.appeals_of(application)
            answer = catalogue.remark(kind, 0, application.applicant.language)
            decide = services.promise_seat if application is granted else services.dismiss_appeal
            decide(appeal, scene.admin, answer)
    with clock.at(scene.timetable.at(DECIDED, 11.2)):
        carry_due_jobs()
    with clock.at(scene.timetable.at(ACCEPTED, 15)), transaction():
        given = db.session.scalars(
            select(Placement).where(Placement.application_id == granted.id)
        ).one()
        accept_place(given, granted.applicant)


def _appeal(scene: Scene, application: Application, choice: Choice, variant: int) -> None:
    reason = catalogue.remark("appeal_reason", variant, application.applicant.language)
    with clock.at(scene.timetable.at(APPEALED, 18 + variant)):
        services.open_appeal(application, application.applicant, choice.offer_id, reason)


def _declined_before(scene: Scene) -> set[int]:
    """Offers at which somebody has declined by the day of the appeal."""
    declined = db.session.scalars(
        select(Placement).where(Placement.status == PlacementStatus.DECLINED)
    )
    until = scene.timetable.at(APPEALED, 9)
    return {one.offer_id for one in declined if one.answered_at and one.answered_at < until}


def _unplaced(scene: Scene) -> list[Application]:
    """Whom the published round left without a place, the highest scores first."""
    run = _round(scene).published_run
    assert run is not None
    return list(
        db.session.scalars(
            select(Application)
            .join(RunRow, RunRow.application_id == Application.id)
            .where(RunRow.run_id == run.id, RunRow.offer_id.is_(None))
            .order_by(Application.score.desc(), Application.id)
        )
    )


def _round(scene: Scene) -> Round:
    found = queries.round_of(scene.calls["decided"])
    assert found is not None
    return found


def fill_second_round(scene: Scene) -> None:
    """The vacated seats are matched and given; everybody whom they reach accepts in time.

    Who asked to be moved up decides then to keep the place, so that they can be nominated.
    """
    with clock.at(scene.timetable.at(ASKED, 10)):
        with transaction():
            asked = services.request_second_round(_round(scene), scene.admin).id
        carry_due_jobs()
    with clock.at(scene.timetable.at(PUBLISHED, 10)):
        with transaction():
            found = queries.get_second_round(asked)
            assert found is not None
            services.publish_second_round(found, scene.admin)
            stats = found.stats or {}
            scene.say(f"a second round: {stats['placed']} placed, {stats['moved']} moved up")
        carry_due_jobs()
    with transaction():
        for placement in db.session.scalars(select(Placement).order_by(Placement.id)):
            applicant = placement.application.applicant
            if placement.status is PlacementStatus.OFFERED:
                with clock.at(placement.answer_until - timedelta(days=6)):
                    accept_place(placement, applicant)
            elif placement.upgrade:
                with clock.at(scene.timetable.at(SETTLED, 12)):
                    keep_place(placement, applicant)
