"""Second rounds and their rows."""

from collections.abc import Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ...applications.models import Application
from ...db import db
from ...offers.models import Offer
from ..models import Round, SecondRound, SecondRoundStatus, SecondRow
from .pages import page_of


def second_rounds_of(round_: Round) -> Sequence[SecondRound]:
    """The second rounds asked for in a round, the newest first."""
    return db.session.scalars(
        select(SecondRound)
        .where(SecondRound.round_id == round_.id)
        .options(joinedload(SecondRound.job))
        .order_by(SecondRound.id.desc())
    ).all()


def get_second_round(second_round_id: int) -> SecondRound | None:
    return db.session.get(SecondRound, second_round_id)


def published_second_round(round_: Round) -> SecondRound | None:
    return db.session.scalar(
        select(SecondRound).where(
            SecondRound.round_id == round_.id,
            SecondRound.status == SecondRoundStatus.PUBLISHED,
        )
    )


def second_rows(second: SecondRound) -> Sequence[SecondRow]:
    """A second round's rows with everything that placements and letters need."""
    return db.session.scalars(
        select(SecondRow)
        .where(SecondRow.second_round_id == second.id)
        .options(
            joinedload(SecondRow.application).joinedload(Application.applicant),
            joinedload(SecondRow.application).joinedload(Application.call),
            joinedload(SecondRow.offer).joinedload(Offer.condition),
        )
        .order_by(SecondRow.id)
    ).all()


def second_row_page(second: SecondRound, page: int) -> Pagination:
    """A page of a second round's rows in pseudonym order."""
    chosen = (
        select(SecondRow)
        .join(SecondRow.application)
        .where(SecondRow.second_round_id == second.id)
        .options(joinedload(SecondRow.application), joinedload(SecondRow.offer))
        .order_by(Application.pseudonym)
    )
    return page_of(chosen, page)


def second_row_of(application: Application) -> SecondRow | None:
    """What the published second round of its call left somebody with, if they were in it."""
    return db.session.scalar(
        select(SecondRow)
        .join(SecondRow.second_round)
        .where(
            SecondRow.application_id == application.id,
            SecondRound.status == SecondRoundStatus.PUBLISHED,
        )
    )
