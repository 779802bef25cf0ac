"""Chances before the deadline."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class Estimate(Base):
    """An estimate under way: what every part of it draws from, kept until the last part is in.

    asked: whose lists and scores, at which offers, without a name.
    """

    __tablename__ = "estimate"
    # a part that comes late must not meet the number of its estimate with another
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    asked_at: Mapped[datetime]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)

    parts: Mapped[list["EstimatePart"]] = relationship(
        cascade="all, delete-orphan", order_by="EstimatePart.begin"
    )


class EstimatePart(Base):
    """Some of the draws of an estimate: from number `begin` on, `draws` of them."""

    __tablename__ = "estimate_part"

    estimate_id: Mapped[int] = mapped_column(ForeignKey("estimate.id"), primary_key=True)
    begin: Mapped[int] = mapped_column(primary_key=True)
    draws: Mapped[int]
    got: Mapped[list[list[int]]] = mapped_column(JSON)
