"""What those who check have done within a day, with what stood before, so that it can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...db import Base
from .applications import Application

HANDLINGS = ("approve", "return", "reject", "assign")


class Handling(Base):
    """One deed upon one application; those of one press of a button share their `batch`.

    `before`: the status, the note and the holder that stood before. `version`: that of the
    application after the deed; while it is the same, nothing else has happened.
    """

    __tablename__ = "handling"
    __table_args__ = (
        CheckConstraint(f"action IN ({', '.join(repr(a) for a in HANDLINGS)})", name="action"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(32), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int]
    undone_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
