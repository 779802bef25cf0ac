"""The files of published rounds, as they were published."""

from collections.abc import Sequence

from sqlalchemy import select

from ...accounts.models import User
from ...applications.models import Application
from ...db import db
from ..files import file_of, second_file_of
from ..models import Round, RoundStatus, Run, RunRow, SecondRound
from .draws import seeds
from .second_rounds import second_rows


def text_of_file(round_: Round) -> str:
    """The text of a published round's file; made again where none was kept yet."""
    if round_.file is not None:
        return round_.file
    assert round_.published_run is not None
    return file_of(round_, round_.published_run, seeds(round_.call))


def text_of_second_file(second: SecondRound) -> str:
    """The text of a published second round's file; made again where none was kept yet."""
    if second.file is not None:
        return second.file
    run = second.round.published_run
    assert run is not None
    return second_file_of(second, run, seeds(second.round.call), second_rows(second))


def published_rounds_with(user: User) -> Sequence[Round]:
    """The published rounds in which a person applied."""
    return db.session.scalars(
        select(Round)
        .where(
            Round.status == RoundStatus.PUBLISHED,
            Round.id.in_(
                select(Run.round_id)
                .join(Run.rows)
                .join(RunRow.application)
                .where(Run.published, Application.applicant_id == user.id)
            ),
        )
        .order_by(Round.id)
    ).all()
