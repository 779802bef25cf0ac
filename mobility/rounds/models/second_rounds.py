"""Second rounds: the vacated seats of a published round, matched."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...applications.models import Application
from ...db import Base, value_enum
from ...jobs import Job
from ...offers.models import Offer
from ...status import Kind, Status
from ...workflow import Workflow
from .rounds import Round


class SecondRoundStatus(Status):
    QUEUED = "queued", _l("waiting to start"), Kind.WAITING
    RUNNING = "running", _l("running"), Kind.WAITING
    DONE = "done", _l("computed, not published"), Kind.NEEDS_YOU
    FAILED = "failed", _l("failed"), Kind.STOPPED
    PUBLISHED = "published", _l("published"), Kind.GOOD


_R = SecondRoundStatus
SECOND_ROUND_WORKFLOW = Workflow(
    "second_round",
    "status",
    {
        "start": ({_R.QUEUED, _R.RUNNING}, _R.RUNNING),
        "finish": ({_R.RUNNING}, _R.DONE),
        "fail": ({_R.QUEUED, _R.RUNNING}, _R.FAILED),
        "publish": ({_R.DONE}, _R.PUBLISHED),
    },
)


class SecondRound(Base):
    """The giving of vacated seats on the frozen snapshot; at most one of a round is published.

    `standing` is canonical JSON: who holds what, who may move up, who is out, how many seats there
    are now. The computation reads it and the snapshot, and nothing else.
    """

    __tablename__ = "second_round"
    __table_args__ = (
        Index(
            "uq_second_round_published",
            "round_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint(
            "status NOT IN ('done', 'published') OR stats IS NOT NULL", name="done_has_stats"
        ),
        CheckConstraint("status <> 'failed' OR error IS NOT NULL", name="failed_has_error"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    status: Mapped[SecondRoundStatus] = mapped_column(
        value_enum(SecondRoundStatus, "second_round_status"), default=SecondRoundStatus.QUEUED
    )
    standing: Mapped[str] = mapped_column(Text)
    standing_hash: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    error: Mapped[str | None] = mapped_column(Text)
    stats: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    prices: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    engine: Mapped[str] = mapped_column(String(40), default="")
    seconds: Mapped[float | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    file_digest: Mapped[str | None] = mapped_column(String(64))
    file: Mapped[str | None] = mapped_column(Text, deferred=True)

    round: Mapped[Round] = relationship()
    job: Mapped[Job | None] = relationship()
    requested_by: Mapped[User] = relationship()


class SecondRow(Base):
    """What a second round leaves somebody with who was in it; `held_rank` is what they held."""

    __tablename__ = "second_row"
    __table_args__ = (
        UniqueConstraint("second_round_id", "application_id"),
        CheckConstraint("(offer_id IS NULL) = (rank IS NULL)", name="placed"),
        CheckConstraint(
            "held_rank IS NULL OR (rank IS NOT NULL AND rank <= held_rank)", name="never_worse"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    second_round_id: Mapped[int] = mapped_column(ForeignKey("second_round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    held_rank: Mapped[int | None]
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    rank: Mapped[int | None]

    second_round: Mapped[SecondRound] = relationship()
    application: Mapped[Application] = relationship()
    offer: Mapped[Offer | None] = relationship()
