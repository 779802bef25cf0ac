"""Chances before the deadline."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base


class Chances(Base):
    """The last estimate of how often each place of an open call takes whom; see `chances`.

    got: by offer id, in how many of the `draws` a person of each score of the grid was taken.
    people: whose lists were drawn from, of an `earlier` round or of the call itself.
    middle_score: by which who has no score yet is read; None where there are no scores at all.
    """

    __tablename__ = "chances"
    __table_args__ = (CheckConstraint("draws > 0 AND people > 0", name="counts"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    computed_at: Mapped[datetime]
    draws: Mapped[int]
    people: Mapped[int]
    earlier: Mapped[bool]
    middle_score: Mapped[float | None]
    got: Mapped[dict[str, list[int]]] = mapped_column(JSON)
