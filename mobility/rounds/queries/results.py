"""What a published run gave to people, and why."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ...accounts.models import User, UserStatus
from ...applications.models import Application
from ...applications.queries import visible_to
from ...db import db
from ...jobs import Job, JobStatus
from ...offers.models import Offer
from ...placements.models import Placement
from ..models import Round, RoundStatus, Run, RunRow
from .pages import page_of


def results_of(user: Any) -> Sequence[RunRow]:
    """What published runs gave to a person, the newest first."""
    return db.session.scalars(
        select(RunRow)
        .join(RunRow.run)
        .join(Run.round)
        .join(RunRow.application)
        .where(
            or_(Application.applicant_id == user.id, Application.partner_id == user.id),
            RunRow.part == 1,
            Run.published,
            Round.status == RoundStatus.PUBLISHED,
        )
        .options(
            joinedload(RunRow.application).joinedload(Application.call),
            joinedload(RunRow.placement),
            joinedload(RunRow.offer),
            contains_eager(RunRow.run).contains_eager(Run.round),
        )
        .order_by(Round.published_at.desc(), RunRow.id)
    ).all()


def placements_of_rows(rows: Sequence[RunRow]) -> dict[int, list[Placement]]:
    """What became of the people of some rows: their placements, by application, in order."""
    found: dict[int, list[Placement]] = defaultdict(list)
    for placement in db.session.scalars(
        select(Placement)
        .where(Placement.application_id.in_([row.application_id for row in rows]))
        .options(joinedload(Placement.offer))
        .order_by(Placement.part)
    ):
        found[placement.application_id].append(placement)
    return found


def row_of(application: Application) -> RunRow | None:
    """What the published run of the application's call gave to it; None before publication."""
    return db.session.scalar(
        select(RunRow)
        .join(RunRow.run)
        .join(Run.round)
        .where(
            RunRow.application_id == application.id,
            RunRow.part == 1,
            Run.published,
            Round.status == RoundStatus.PUBLISHED,
        )
        .options(joinedload(RunRow.run).joinedload(Run.round), joinedload(RunRow.placement))
    )


def courses_of(row: RunRow) -> Sequence[RunRow]:
    """Everything that a run gave to the person of a row, where it gives several courses."""
    return db.session.scalars(
        select(RunRow)
        .where(
            RunRow.run_id == row.run_id,
            RunRow.application_id == row.application_id,
            RunRow.offer_id.is_not(None),
        )
        .options(
            joinedload(RunRow.offer).joinedload(Offer.condition),
            joinedload(RunRow.offer).joinedload(Offer.unit),
            joinedload(RunRow.placement),
        )
        .order_by(RunRow.part)
    ).all()


def rows_in_scope(round_: Round, user: User, page: int) -> Pagination:
    """What a published round gave to the people in a coordinator's scope, by name."""
    scope = visible_to(user).with_only_columns(Application.id)
    chosen = (
        select(RunRow)
        .join(RunRow.run)
        .join(RunRow.application)
        .where(Run.round_id == round_.id, Run.published, RunRow.application_id.in_(scope))
        .options(
            joinedload(RunRow.application).joinedload(Application.applicant),
            joinedload(RunRow.application).joinedload(Application.sending_unit),
            joinedload(RunRow.offer),
            joinedload(RunRow.placement),
        )
        .order_by(Application.order_key, Application.id)
    )
    return page_of(chosen, page)


def in_scope(round_: Round, user: User) -> dict[str, Application]:
    """The applications of a round that a coordinator may open, by pseudonym."""
    found = db.session.scalars(
        visible_to(user)
        .where(Application.call_id.in_(round_.call.together_ids))
        .options(joinedload(Application.applicant))
    )
    return {application.pseudonym: application for application in found}


def unexplained(run: Run, application_id: int | None) -> dict[str, tuple[int, int | None]]:
    """(row, rank) by pseudonym of all in a run, or of one person, whose reasons are missing."""
    chosen = (
        select(Application.pseudonym, RunRow.id, RunRow.rank)
        .join(RunRow.application)
        .join(Application.applicant)
        .where(
            RunRow.run_id == run.id,
            RunRow.told.is_(None),
            User.status != UserStatus.ERASED,  # the snapshot does not know them any more
        )
    )
    if application_id is not None:
        chosen = chosen.where(RunRow.application_id == application_id)
    return {pseudonym: (row, rank) for pseudonym, row, rank in db.session.execute(chosen)}


def explaining(row: RunRow) -> Job | None:
    """The work under way on a person's reasons: their own, else that on the whole run."""
    keys = (explanation_key(row.run_id), explanation_key(row.run_id, row.application_id))
    return db.session.scalar(
        select(Job)
        .where(Job.key.in_(keys), Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .order_by(Job.id.desc())
        .limit(1)
    )


def explanation_key(run_id: int, application_id: int | None = None) -> str:
    """Under which a job explains a run, or one person in it."""
    whole = f"rounds.explain.{run_id}"
    return whole if application_id is None else f"{whole}.{application_id}"
