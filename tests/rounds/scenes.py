"""A closed call with a few approved people, ready for a round."""

from datetime import timedelta

from sqlalchemy import select

from mobility import clock
from mobility.applications.models import ApplicationStatus
from mobility.db import db, transaction
from mobility.jobs import Job, JobStatus
from mobility.placements.models import Placement
from mobility.placements.services import accept_place, decline_place
from mobility.rounds import queries, services
from mobility.rounds.computing.claims import claims_of
from mobility.rounds.computing.runs import compute
from mobility.rounds.computing.second_rounds import compute_second
from mobility.rounds.models import RUN_WORKFLOW, SECOND_ROUND_WORKFLOW, Run, RunRow, SecondRound
from mobility.rounds.services.explaining import store_claims
from mobility.rounds.services.running import store_outcome
from mobility.rounds.services.second_rounds import store_second
from tests import factories


class Scene:
    """Abai KazNPU sends to SUSU: two places of one seat, four approved students.

    Ayan and Bota want A then B; Chingiz wants A alone; Dana lists nothing. By score Ayan comes
    first, then Bota, then Chingiz. One seat each, so Chingiz and Dana stay without a place.
    """

    def __init__(self, *, closed: bool = True) -> None:
        self.admin = factories.admin()
        self.home = factories.institution("kaznpu.kz")
        self.host = factories.institution("susu.ru", timezone="Asia/Yekaterinburg")
        self.sender = factories.coordinator(self.home)
        self.receiver = factories.coordinator(self.host)
        self.condition = factories.condition(self.home, self.host)
        closes = clock.now() + timedelta(days=-1 if closed else 7)
        self.call = factories.call(closes_at=closes)
        self.a = factories.offer(self.call, self.condition, code="A", seats=1)
        self.b = factories.offer(self.call, self.condition, code="B", seats=1)
        self.ayan = self.person("Ayan", "aaaa", 90, self.a, self.b)
        self.bota = self.person("Bota", "bbbb", 80, self.a, self.b)
        self.chingiz = self.person("Chingiz", "cccc", 70, self.a)
        self.dana = self.person("Dana", "dddd", 60)

    def person(self, name: str, pseudonym: str, score: float, *offers):
        """An approved application of a new student."""
        return factories.application(
            factories.student(self.home, name=name),
            self.call,
            offers,
            status=ApplicationStatus.APPROVED,
            pseudonym=pseudonym,
            score=score,
        )


def scene(**values) -> Scene:
    with transaction():
        return Scene(**values)


def frozen(at: Scene):
    """The scene's round with its inputs frozen."""
    with transaction():
        round_ = services.open_round(at.call, at.admin)
        services.freeze_round(round_, at.admin)
    return round_


def computed(at: Scene) -> Run:
    """A finished run of the scene's round, solved in this process: a child takes seconds."""
    round_ = frozen(at)
    with transaction():
        run = services.request_run(round_, at.admin)
    finish(run)
    return run


def finish(run: Run) -> None:
    """Compute and store what a run asks for, and mark its job as done."""
    with transaction():
        RUN_WORKFLOW.advance(run, "start", actor=None)
        store_outcome(run, compute(run.round.snapshot, run.policy, run.seed))
        db.session.get_one(Job, run.job_id).status = JobStatus.DONE
    db.session.expire_all()


def published(at: Scene) -> Run:
    """The scene's round, published."""
    run = computed(at)
    with transaction():
        services.publish_run(run, at.admin)
    return run


def explained(run: Run) -> None:
    """Work out and store what each person of a run is told, in this process."""
    with transaction():
        waiting = queries.unexplained(run, None)
        told = claims_of(run.round.snapshot, run.policy, run.seed, list(waiting), 60)
        store_claims(run.id, waiting, told)
    db.session.expire_all()


def given(run: Run) -> dict[str, tuple]:
    """What a run gave, by name: (offer code, rank), or (reason,)."""
    rows = db.session.scalars(select(RunRow).where(RunRow.run_id == run.id))
    return {
        row.application.applicant.name: (row.offer.code, row.rank)
        if row.offer
        else (row.reason.value,)
        for row in rows
    }


def placement_of(application) -> Placement:
    """The place that somebody holds, or held."""
    return db.session.scalars(
        select(Placement).where(Placement.application_id == application.id)
    ).one()


def answered(at: Scene, **answers: str) -> None:
    """Let people answer for their places: accept, upgrade, or decline."""
    with transaction():
        for name, answer in answers.items():
            application = getattr(at, name)
            placement = placement_of(application)
            if answer == "decline":
                decline_place(placement, application.applicant)
            else:
                accept_place(placement, application.applicant, upgrade=answer == "upgrade")


def second_computed(at: Scene) -> SecondRound:
    """A second round of the scene's published round, solved in this process."""
    with transaction():
        asked = services.request_second_round(queries.round_of(at.call), at.admin)
    return finish_second(asked)


def finish_second(asked: SecondRound) -> SecondRound:
    run = asked.round.published_run
    outcome = compute_second(asked.round.snapshot, asked.standing, run.policy, run.seed)
    with transaction():
        SECOND_ROUND_WORKFLOW.advance(asked, "start", actor=None)
        store_second(asked, outcome)
        db.session.get_one(Job, asked.job_id).status = JobStatus.DONE
    db.session.expire_all()
    return asked
