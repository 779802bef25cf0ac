"""What follows publication: answers, silence, nominations, the host's word, arrivals."""

from datetime import date, datetime, timedelta

from .. import clock
from ..accounts.models import User
from ..db import db, transaction
from ..placements import services
from ..placements.models import HostAnswer, Placement, PlacementStatus
from ..placements.queries import visible_to
from . import catalogue
from .filling_letters import carry_due_jobs
from .filling_rounds import PUBLISHED
from .filling_sequel import fill_appeals, fill_second_round
from .scene import Scene

NOMINATED, ANSWERED = -70, -62
# How many of the accepted wait: for nomination, and for the host's word.
NOT_NOMINATED, PENDING, REJECTED = 4, 6, 3
DECLINES, SILENT, UPGRADES, ARRIVES = 0.11, 0.07, 0.3, 0.6


def fill_placements(scene: Scene) -> None:
    """Every placed person of the published round answers or is silent; most are on their way.

    Vacated seats go to a granted appeal and in a second round, before anybody is nominated.
    """
    with transaction():
        placements = _placements(scene)
        for placement in placements:
            _answer(scene, placement)
    fill_appeals(scene)
    _let_silence_lapse(scene, placements[0].answer_until)
    fill_second_round(scene)
    with transaction():
        placements = _placements(scene)
        accepted = [p for p in placements if p.status is PlacementStatus.ACCEPTED]
        nominated = accepted[NOT_NOMINATED:]
        for placement in nominated:
            _nominate(scene, placement)
        for position, placement in enumerate(nominated[PENDING:]):
            _hear_host(scene, placement, rejects=position < REJECTED)
        _cancel(scene, nominated[-1])
        for placement in nominated[:-1]:
            _arrive(scene, placement)
    scene.say(f"{len(accepted)} accepted placements on their way")


def _placements(scene: Scene) -> list[Placement]:
    placements = list(db.session.scalars(visible_to(scene.admin).order_by(Placement.id)))
    scene.draw.shuffle(placements)
    return placements


def _answer(scene: Scene, placement: Placement) -> None:
    applicant = placement.application.applicant
    chance = scene.draw.random()
    if chance < SILENT:
        return
    first = scene.timetable.at(PUBLISHED, 11)
    with clock.at(scene.moment(first, placement.answer_until - timedelta(hours=3))):
        if chance < SILENT + DECLINES:
            reason = catalogue.remark("decline_reason", scene.draw.randrange(9), applicant.language)
            services.decline_place(placement, applicant, reason)
        else:
            wants_more = placement.may_ask_to_move_up and scene.draw.random() < UPGRADES
            services.accept_place(placement, applicant, upgrade=wants_more)


def _let_silence_lapse(scene: Scene, answer_until: datetime) -> None:
    """The job that publication left for the end of the answer time."""
    with clock.at(answer_until + timedelta(minutes=1)):
        carry_due_jobs()


def _nominate(scene: Scene, placement: Placement) -> None:
    application = placement.application
    actor = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    with clock.at(_working_hours(scene, NOMINATED)):
        services.nominate(placement, actor)


def _hear_host(scene: Scene, placement: Placement, *, rejects: bool) -> None:
    actor = _host(scene, placement)
    with clock.at(_working_hours(scene, ANSWERED)):
        if rejects:
            comment = catalogue.remark("host_comment", 1, actor.language)
            services.reject_nomination(placement, actor, comment)
        else:
            services.verify_nomination(placement, actor)


def _cancel(scene: Scene, placement: Placement) -> None:
    application = placement.application
    actor = scene.coordinator_of(application.sending_id, application.sending_unit_id)
    reason = catalogue.remark("decline_reason", 0, application.applicant.language)
    with clock.at(_working_hours(scene, ANSWERED + 20)):
        services.cancel_placement(placement, actor, reason)


def _arrive(scene: Scene, placement: Placement) -> None:
    """Those whose place has begun are there, except a few who are expected any day."""
    arrived_on = placement.offer.starts_on + timedelta(days=scene.draw.randint(0, 2))
    ready = placement.host_answer is HostAnswer.VERIFIED and scene.draw.random() < ARRIVES
    if ready and arrived_on < scene.timetable.today:
        with clock.at(_noon(scene, arrived_on)):
            services.confirm_arrival(placement, _host(scene, placement), arrived_on)


def _host(scene: Scene, placement: Placement) -> User:
    offer = placement.offer
    return scene.coordinator_of(offer.condition.receiving_id, offer.unit_id)


def _noon(scene: Scene, day: date) -> datetime:
    return scene.timetable.at((day - scene.timetable.today).days, 12)


def _working_hours(scene: Scene, day: int) -> datetime:
    return scene.timetable.at(day, 9 + 8 * scene.draw.random())
