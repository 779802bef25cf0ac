"""Joint projects: the frame that research places and laboratory slots hang from."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..db import Base, value_enum
from ..i18n import localized
from ..partners.models import Institution
from ..status import Kind, Labelled, Status
from ..workflow import Workflow


class ProjectStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    OPEN = "open", _l("under way"), Kind.GOOD
    CLOSED = "closed", _l("closed"), Kind.STOPPED


PROJECT_WORKFLOW = Workflow(
    "project",
    "status",
    {
        "open": ({ProjectStatus.DRAFT, ProjectStatus.CLOSED}, ProjectStatus.OPEN),
        "close": ({ProjectStatus.OPEN}, ProjectStatus.CLOSED),
        "amend": ({ProjectStatus.DRAFT, ProjectStatus.OPEN}, None),
    },
)


class Standing(Status):
    """What a project is on a day: its status and its period together."""

    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    LATER = "later", _l("begins later"), Kind.WAITING
    RUNNING = "running", _l("under way"), Kind.GOOD
    ENDED = "ended", _l("ended"), Kind.NEUTRAL
    CLOSED = "closed", _l("closed"), Kind.STOPPED


class Project(Base):
    """A joint project of two partners."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("partner_a_id <> partner_b_id", name="two_partners"),
        CheckConstraint("starts_on <= ends_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_en: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_kk: Mapped[str] = mapped_column(String(200), default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    description_ru: Mapped[str] = mapped_column(Text, default="")
    description_kk: Mapped[str] = mapped_column(Text, default="")
    partner_a_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    partner_b_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[ProjectStatus] = mapped_column(
        value_enum(ProjectStatus, "project_status"), default=ProjectStatus.DRAFT
    )
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    partner_a: Mapped[Institution] = relationship(foreign_keys=partner_a_id)
    partner_b: Mapped[Institution] = relationship(foreign_keys=partner_b_id)
    leaders: Mapped[list["ProjectLeader"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="ProjectLeader.id"
    )
    results: Mapped[list["ProjectResult"]] = relationship(
        back_populates="project",
        cascade="all, delete-orphan",
        order_by="(ProjectResult.on.desc(), ProjectResult.id.desc())",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def title(self) -> str:
        return localized(self, "title")

    @property
    def description(self) -> str:
        return localized(self, "description")

    @property
    def partners(self) -> tuple[Institution, Institution]:
        return self.partner_a, self.partner_b

    @property
    def partner_ids(self) -> set[int]:
        return {self.partner_a_id, self.partner_b_id}

    def leader_of(self, institution_id: int) -> User | None:
        """Who leads it at a partner."""
        found = (one.user for one in self.leaders if one.institution_id == institution_id)
        return next(found, None)

    @property
    def standing(self) -> Standing:
        """How it stands today, by the clock of the service."""
        if self.status is not ProjectStatus.OPEN:
            return Standing(self.status.value)
        today = clock.now().date()
        if today < self.starts_on:
            return Standing.LATER
        return Standing.RUNNING if today <= self.ends_on else Standing.ENDED


class ProjectLeader(Base):
    """Who leads a project at one of its partners."""

    __tablename__ = "project_leader"
    __table_args__ = (UniqueConstraint("project_id", "institution_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)

    project: Mapped[Project] = relationship(back_populates="leaders")
    institution: Mapped[Institution] = relationship()
    user: Mapped[User] = relationship()


class ResultKind(Labelled):
    PUBLICATION = "publication", _l("publication")
    DATA = "data", _l("data set")
    PATENT = "patent", _l("patent")
    EVENT = "event", _l("conference or seminar")
    OTHER = "other", _l("other result")


class ProjectResult(Base):
    """Something that a project has brought: a publication, data, an event."""

    __tablename__ = "project_result"
    __table_args__ = (CheckConstraint("title <> ''", name="title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[ResultKind] = mapped_column(value_enum(ResultKind, "result_kind"))
    title: Mapped[str] = mapped_column(String(500))
    link: Mapped[str] = mapped_column(String(500), default="")
    on: Mapped[date]

    project: Mapped[Project] = relationship(back_populates="results")
