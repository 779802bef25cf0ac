"""What became of a call's matching rules after its opening."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base
from .models import Call, Offer


class RuleChange(Base):
    """A change of a call's matching rules after its opening, shown to everybody who applied.

    `changes` is rule → [before, after] as plain values; `offer` where it is the minimum of one.
    `told_at`: when they were written to.
    """

    __tablename__ = "rule_change"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    told_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    offer: Mapped[Offer | None] = relationship()
