"""Rounds: one matching of a closed call."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...db import Base, value_enum
from ...offers.models import Call
from ...status import Kind, Status
from ...workflow import Workflow

if TYPE_CHECKING:
    from .runs import Run


class RoundStatus(Status):
    OPEN = "open", _l("in preparation"), Kind.NEUTRAL
    FROZEN = "frozen", _l("inputs frozen"), Kind.WAITING
    PUBLISHED = "published", _l("published"), Kind.GOOD


ROUND_WORKFLOW = Workflow(
    "round",
    "status",
    {
        "freeze": ({RoundStatus.OPEN}, RoundStatus.FROZEN),
        "thaw": ({RoundStatus.FROZEN}, RoundStatus.OPEN),
        "publish": ({RoundStatus.FROZEN}, RoundStatus.PUBLISHED),
    },
)


class Round(Base):
    """One matching of a closed call and of those decided with it.

    Runs read the frozen snapshot and nothing else.

    `seed` is the key of the lottery, made of all revealed seeds at one moment after the snapshot
    was frozen (`reveal_at`, done at `revealed_at`). It stays for every run, so that nobody can run
    again and again for a luckier draw. `file_open`: whether everybody may have the file. `file` is
    kept as it was published, whatever becomes of the rows it was made from.
    """

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (snapshot IS NULL)", name="frozen_has_snapshot"),
        CheckConstraint("(snapshot IS NULL) = (snapshot_hash IS NULL)", name="snapshot_hash"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint(
            "revealed_at IS NULL OR (seed IS NOT NULL AND snapshot IS NOT NULL)",
            name="drawn_from_snapshot",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    status: Mapped[RoundStatus] = mapped_column(
        value_enum(RoundStatus, "round_status"), default=RoundStatus.OPEN
    )
    snapshot: Mapped[str | None] = mapped_column(Text)
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(80))
    reveal_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    file_open: Mapped[bool] = mapped_column(default=False)
    file_digest: Mapped[str | None] = mapped_column(String(64))
    file: Mapped[str | None] = mapped_column(Text, deferred=True)
    frozen_at: Mapped[datetime | None]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    frozen_by: Mapped[User | None] = relationship()
    runs: Mapped[list["Run"]] = relationship(back_populates="round", order_by="Run.id")
    published_run: Mapped["Run | None"] = relationship(
        primaryjoin="and_(Run.round_id == Round.id, Run.published)", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def title(self) -> str:
        return self.call.round_title
