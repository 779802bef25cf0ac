"""What each reviewer gives an application, where a call asks for criteria or for two reviewers."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...db import Base
from .applications import Application


class Review(Base):
    """One reviewer's sheet. `marks`: 0 to 100 by the id of the criterion; {} in a call without.

    `score` is their weighted mean. The application has a score once all reviews asked for are in.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    marks: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    score: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    application: Mapped[Application] = relationship()
    reviewer: Mapped[User] = relationship()
