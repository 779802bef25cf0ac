"""Rounds, the runs computed in them and what each run gives to whom."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
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

from ..accounts.models import User
from ..applications.models import Application
from ..db import Base, value_enum
from ..jobs import Job
from ..offers.models import Call, Offer
from ..partners.models import Institution
from ..placements.models import Placement
from ..status import Kind, Labelled, Status
from ..workflow import Workflow


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
    """One matching of a closed call. Runs read the frozen snapshot and nothing else.

    `seed` is the key of the lottery, made of all revealed seeds at one moment after the snapshot
    was frozen (`reveal_at`, done at `revealed_at`). It stays for every run, so that nobody can run
    again and again for a luckier draw.
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
    file_digest: Mapped[str | None] = mapped_column(String(64))
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


class SeedCommitment(Base):
    """A seed of the lottery, committed to by its hash before it may be known.

    `institution` is the HEI that committed; None is this service, whose seed is drawn and sealed
    here at the opening of the call. A void draw leaves its rows behind.
    """

    __tablename__ = "seed_commitment"
    __table_args__ = (
        Index(
            "uq_seed_commitment_institution",
            "call_id",
            "institution_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL AND institution_id IS NOT NULL"),
            postgresql_where=text("voided_at IS NULL AND institution_id IS NOT NULL"),
        ),
        Index(
            "uq_seed_commitment_service",
            "call_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL AND institution_id IS NULL"),
            postgresql_where=text("voided_at IS NULL AND institution_id IS NULL"),
        ),
        CheckConstraint("length(commitment) = 64", name="commitment"),
        CheckConstraint("handed_in_at IS NULL OR seed IS NOT NULL", name="handed_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    commitment: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(64))
    committed_at: Mapped[datetime]
    committed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    handed_in_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    institution: Mapped[Institution | None] = relationship()


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


class RuleOverride(Base):
    """The wish to publish a run by another rule than the frozen one.

    Who asked is the admin that consents; a coordinator of each partner has to consent too.
    """

    __tablename__ = "rule_override"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]

    run: Mapped[Run] = relationship(back_populates="override")
    asked_by: Mapped[User] = relationship()
    consents: Mapped[list["OverrideConsent"]] = relationship(
        back_populates="override", cascade="all, delete-orphan", order_by="OverrideConsent.at"
    )


class OverrideConsent(Base):
    """A partner's consent to an override, given by one of its coordinators."""

    __tablename__ = "override_consent"

    override_id: Mapped[int] = mapped_column(ForeignKey("rule_override.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    override: Mapped[RuleOverride] = relationship(back_populates="consents")
    institution: Mapped[Institution] = relationship()
    user: Mapped[User] = relationship()


class PlannedPublication(Base):
    """A run that is to be published at a set time; `refused` says why it could not be then."""

    __tablename__ = "planned_publication"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    at: Mapped[datetime]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    planned_at: Mapped[datetime]
    refused: Mapped[str | None] = mapped_column(Text)

    round: Mapped[Round] = relationship()
    run: Mapped[Run] = relationship()
    planned_by: Mapped[User] = relationship()


class RunRow(Base):
    """What a run gives to one applicant: a place at a rank, or the reason why none.

    `told` is the explanation, as `claims.Told`; None until it has been computed.
    """

    __tablename__ = "run_row"
    __table_args__ = (
        UniqueConstraint("run_id", "application_id"),
        CheckConstraint(
            "(offer_id IS NULL) = (rank IS NULL) AND (offer_id IS NULL) = (reason IS NOT NULL)",
            name="placed_or_reason",
        ),
        CheckConstraint("placement_id IS NULL OR offer_id IS NOT NULL", name="placement"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
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


# --- After the publication ------------------------------------------------------------------------


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


class AppealStatus(Status):
    OPEN = "open", _l("waiting for a decision"), Kind.WAITING
    ASKED = "asked", _l("waiting for the consent of the receiving side"), Kind.WAITING
    PROMISED = "promised", _l("granted: the next free seat"), Kind.GOOD
    PLACED = "placed", _l("granted: the place is given"), Kind.GOOD
    DISMISSED = "dismissed", _l("dismissed"), Kind.STOPPED
    WITHDRAWN = "withdrawn", lazy_pgettext("appeal", "withdrawn"), Kind.STOPPED


_A = AppealStatus
APPEAL_WORKFLOW = Workflow(
    "appeal",
    "status",
    {
        "ask": ({_A.OPEN}, _A.ASKED),
        "refuse": ({_A.ASKED}, _A.OPEN),
        "promise": ({_A.OPEN}, _A.PROMISED),
        "consent": ({_A.ASKED}, _A.PLACED),
        "fulfil": ({_A.PROMISED}, _A.PLACED),
        "lapse": ({_A.PROMISED}, _A.WITHDRAWN),
        "dismiss": ({_A.OPEN, _A.ASKED}, _A.DISMISSED),
        "withdraw": ({_A.OPEN, _A.ASKED, _A.PROMISED}, _A.WITHDRAWN),
    },
)
UNDECIDED = "status IN ('open', 'asked', 'promised')"


class Appeal(Base):
    """Somebody's objection to not having got a choice; the published round is never run again.

    `answer` is what an admin decided and why, `comment` why the receiving side gave no seat.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("application_id", "offer_id"),
        Index(
            "uq_appeal_undecided",
            "application_id",
            unique=True,
            sqlite_where=text(UNDECIDED),
            postgresql_where=text(UNDECIDED),
        ),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "status NOT IN ('asked', 'promised', 'placed', 'dismissed') OR answer <> ''",
            name="answer",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    status: Mapped[AppealStatus] = mapped_column(
        value_enum(AppealStatus, "appeal_status"), default=AppealStatus.OPEN
    )
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship()
    offer: Mapped[Offer] = relationship()

    @property
    def is_undecided(self) -> bool:
        return self.status in {AppealStatus.OPEN, AppealStatus.ASKED, AppealStatus.PROMISED}

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
