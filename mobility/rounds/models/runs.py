"""Runs: what is computed in a round, and what each gives to whom."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from ...placements.models import Placement
from ...status import Kind, Labelled, Status
from ...workflow import Workflow
from .rounds import Round

if TYPE_CHECKING:
    from .publications import RuleOverride


class RunStatus(Status):
    QUEUED = "queued", _l("waiting to start"), Kind.WAITING
    RUNNING = "running", _l("running"), Kind.WAITING
    DONE = "done", _l("done"), Kind.GOOD
    FAILED = "failed", _l("failed"), Kind.STOPPED
    CANCELLED = "cancelled", _l("cancelled"), Kind.NEUTRAL


ACTIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})

RUN_WORKFLOW = Workflow(
    "run",
    "status",
    {
        "start": ({RunStatus.QUEUED, RunStatus.RUNNING}, RunStatus.RUNNING),
        "finish": ({RunStatus.RUNNING}, RunStatus.DONE),
        "fail": ({RunStatus.QUEUED, RunStatus.RUNNING}, RunStatus.FAILED),
        "cancel": ({RunStatus.QUEUED, RunStatus.RUNNING}, RunStatus.CANCELLED),
    },
)


class UnplacedReason(Labelled):
    NO_CHOICES = "no_choices", _l("no choices were listed")
    NO_SEATS = "no_seats", _l("the listed places had no seats")
    ALL_FULL = "all_full", _l("all listed places went to others")
    OUTWEIGHED = "outweighed", _l("seats were left, but a quota or a minimum kept them back")


LIMIT_SECONDS = 600


class Run(Base):
    """One computation in a round, with one policy and one seed; at most one is published.

    `limit_seconds` is what solving and certifying may take.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index(
            "uq_run_published",
            "round_id",
            unique=True,
            sqlite_where=text("published"),
            postgresql_where=text("published"),
        ),
        CheckConstraint("NOT published OR status = 'done'", name="published_is_done"),
        CheckConstraint("status <> 'done' OR stats IS NOT NULL", name="done_has_stats"),
        CheckConstraint("limit_seconds > 0", name="limit_seconds"),
        CheckConstraint("status <> 'failed' OR error IS NOT NULL", name="failed_has_error"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    policy: Mapped[str] = mapped_column(String(40))
    seed: Mapped[str] = mapped_column(String(80))
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    limit_seconds: Mapped[int] = mapped_column(default=LIMIT_SECONDS)
    status: Mapped[RunStatus] = mapped_column(
        value_enum(RunStatus, "run_status"), default=RunStatus.QUEUED
    )
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    error: Mapped[str | None] = mapped_column(Text)
    stats: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    prices: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    engine: Mapped[str] = mapped_column(String(40), default="")
    seconds: Mapped[float | None]
    published: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(back_populates="runs")
    job: Mapped[Job | None] = relationship()
    requested_by: Mapped[User] = relationship()
    override: Mapped["RuleOverride | None"] = relationship(back_populates="run")
    rows: Mapped[list["RunRow"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", order_by="RunRow.id"
    )


class RunRow(Base):
    """What a run gives to one applicant: a place at a rank, or the reason why none.

    Where a call gives several courses each is a `part`, from 1, the best first. `told`, with the
    first of them, is the explanation, as `computing.told.Told`; None until it has been computed.
    """

    __tablename__ = "run_row"
    __table_args__ = (
        UniqueConstraint("run_id", "application_id", "part"),
        CheckConstraint("part >= 1 AND (part = 1 OR offer_id IS NOT NULL)", name="part"),
        CheckConstraint(
            "(offer_id IS NULL) = (rank IS NULL) AND (offer_id IS NULL) = (reason IS NOT NULL)",
            name="placed_or_reason",
        ),
        CheckConstraint("placement_id IS NULL OR offer_id IS NOT NULL", name="placement"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    part: Mapped[int] = mapped_column(default=1)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    rank: Mapped[int | None]
    reason: Mapped[UnplacedReason | None] = mapped_column(
        value_enum(UnplacedReason, "unplaced_reason")
    )
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), unique=True)

    run: Mapped[Run] = relationship(back_populates="rows")
    application: Mapped[Application] = relationship()
    offer: Mapped[Offer | None] = relationship()
    placement: Mapped[Placement | None] = relationship()
