"""Reads of reviews: what is in, and what one reviewer may see of another's."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from ...accounts.models import User
from ...db import db
from ...offers.models import Call
from ..models import Application, Review


@dataclass(frozen=True)
class Reviews:
    """The reviews of an application as one reader may see them.

    `seen`: all of them once as many are in as the call asks for, before that none. `own`: the
    reader's. `count`: how many are in. `open`: whether the reader may still give or change one.
    """

    seen: list[Review]
    own: Review | None
    count: int
    needed: int

    @property
    def complete(self) -> bool:
        return self.count >= self.needed

    @property
    def open(self) -> bool:
        return self.needed == 1 or self.own is not None or not self.complete

    @property
    def last_one(self) -> bool:
        """Whether with the reader's all are in."""
        return self.complete or (self.own is None and self.count + 1 == self.needed)

    @property
    def spread(self) -> float | None:
        """How far the scores lie apart; None of one review, or before all are in."""
        if len(self.seen) < 2:
            return None
        scores = [review.score for review in self.seen]
        return round(max(scores) - min(scores), 2)


def reviews_of(application: Application) -> list[Review]:
    """All that are in, the first one in front."""
    return list(
        db.session.scalars(
            select(Review)
            .options(joinedload(Review.reviewer))
            .where(Review.application_id == application.id)
            .order_by(Review.id)
        )
    )


def reviews_for(application: Application, reader: User) -> Reviews:
    """What `reader` may see: of the others nothing before all are in."""
    found = reviews_of(application)
    needed = application.call.reviews_needed
    own = next((review for review in found if review.reviewer_id == reader.id), None)
    if own is None and needed == 1 and found:
        own = found[0]  # one sheet, which colleagues change in turn
    return Reviews(found if len(found) >= needed else [], own, len(found), needed)


def is_scored(call: Call) -> bool:
    """Whether anybody has scored in a call already."""
    reviewed = select(Review.application_id)
    found = select(Application.id).where(
        Application.call_id == call.id,
        or_(Application.score.is_not(None), Application.id.in_(reviewed)),
    )
    return db.session.scalar(found.limit(1)) is not None
