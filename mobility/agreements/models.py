"""Inter-institutional agreements, their conditions and the approvals of both partners."""

import enum
import hashlib
import json
from datetime import date, datetime
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

from .. import clock
from ..accounts.models import Cefr, Role, User
from ..db import Base, value_enum
from ..i18n import localized
from ..partners.models import Institution, OrganisationalUnit
from ..status import Kind, Labelled, Status
from ..workflow import Workflow
from .notices import Notice


class Direction(Labelled):
    """What moves under a condition; `sends` says who."""

    INTERNSHIP = "internship", _l("internship")
    COURSES = "courses", _l("individual courses")
    RESEARCH = "research", _l("joint research")
    PROFESSIONAL_DEVELOPMENT = "professional_development", _l("professional development")
    LABORATORIES = "laboratories", _l("laboratories")

    @property
    def sends(self) -> frozenset[Role]:
        """Whom: students, teachers and staff, or both."""
        if self is Direction.PROFESSIONAL_DEVELOPMENT:
            return frozenset({Role.STAFF})
        if self in {Direction.RESEARCH, Direction.LABORATORIES}:
            return frozenset({Role.STUDENT, Role.STAFF})
        return frozenset({Role.STUDENT})

    def takes(self, user: User | None) -> bool:
        """Whether somebody may go in this direction, by their roles."""
        return user is not None and any(user.has_role(role) for role in self.sends)


class AgreementStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    PROPOSED = "proposed", _l("waiting for both approvals"), Kind.WAITING
    APPROVED = "approved", _l("approved by both"), Kind.GOOD
    TERMINATED = "terminated", _l("terminated"), Kind.STOPPED
    # Of a new version that was drafted, see docs/decisions/009:
    APPLIED = "applied", _l("taken over by the agreement"), Kind.GOOD
    DROPPED = "dropped", _l("dropped"), Kind.NEUTRAL


OF_VERSIONS = {AgreementStatus.APPLIED, AgreementStatus.DROPPED}
"""States that only the draft of a new version reaches."""

WORKFLOW = Workflow(
    "agreement",
    "status",
    {
        "propose": ({AgreementStatus.DRAFT}, AgreementStatus.PROPOSED),
        "amend": ({AgreementStatus.DRAFT, AgreementStatus.PROPOSED}, AgreementStatus.DRAFT),
        "approve": ({AgreementStatus.PROPOSED}, None),
        "conclude": ({AgreementStatus.PROPOSED}, AgreementStatus.APPROVED),
        "terminate": ({AgreementStatus.APPROVED}, AgreementStatus.TERMINATED),
        "give_notice": ({AgreementStatus.APPROVED}, None),
        "withdraw_notice": ({AgreementStatus.APPROVED}, None),
        "open_version": ({AgreementStatus.APPROVED}, None),
        "take_over": ({AgreementStatus.PROPOSED}, AgreementStatus.APPLIED),
        "replace": ({AgreementStatus.APPROVED}, None),
        "drop": ({AgreementStatus.DRAFT, AgreementStatus.PROPOSED}, AgreementStatus.DROPPED),
    },
)


class Standing(Status):
    """What an agreement is to its partners: its status, its approvals and the year together."""

    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    PROPOSED = "proposed", _l("waiting for both approvals"), Kind.WAITING
    ONE_SIDED = "one-sided", _l("approved on one side only"), Kind.NEEDS_YOU
    IN_FORCE = "in-force", _l("in force"), Kind.GOOD
    LATER = "later", _l("approved by both, begins later"), Kind.WAITING
    EXPIRED = "expired", _l("its years are over"), Kind.NEUTRAL
    EMPTY = "empty", _l("approved by both, without conditions"), Kind.NEUTRAL
    ENDING = "ending", _l("in force, notice is given"), Kind.WAITING
    ENDED = "ended", _l("ended after notice"), Kind.STOPPED
    TERMINATED = "terminated", _l("terminated"), Kind.STOPPED
    APPLIED = "applied", _l("taken over by the agreement"), Kind.GOOD
    DROPPED = "dropped", _l("dropped"), Kind.NEUTRAL


def academic_year_of(day: date) -> int:
    """The year in which the academic year that holds `day` begins; it begins in September."""
    return day.year if day.month >= 9 else day.year - 1


def first_day_of(year: int) -> date:
    """The day on which the academic year `year` begins."""
    return date(year, 9, 1)


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of a canonical JSON form: keys sorted, no blanks, UTF-8."""
    form = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(form.encode()).hexdigest()


class Agreement(Base):
    """A memorandum of two partners; valid only once both approved the same content.

    With `amends` it is the draft of a new version of that agreement, which takes it over once
    both partners approved it; it is never in force itself.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("partner_a_id <> partner_b_id", name="two_partners"),
        CheckConstraint(
            "status IN ('draft', 'terminated', 'dropped') OR content_hash IS NOT NULL",
            name="hashed",
        ),
        CheckConstraint(
            "amends_id IS NULL OR status NOT IN ('approved', 'terminated')", name="amendment"
        ),
        CheckConstraint(
            "amends_id IS NOT NULL OR status NOT IN ('applied', 'dropped')", name="own_states"
        ),
        Index(
            "uq_agreement_open_version",
            "amends_id",
            unique=True,
            sqlite_where=text("status IN ('draft', 'proposed')"),
            postgresql_where=text("status IN ('draft', 'proposed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_en: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_kk: Mapped[str] = mapped_column(String(200), default="")
    partner_a_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    partner_b_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    signed_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[AgreementStatus] = mapped_column(
        value_enum(AgreementStatus, "agreement_status"), default=AgreementStatus.DRAFT
    )
    content_hash: Mapped[str | None] = mapped_column(String(64))
    ends_on: Mapped[date | None]
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    renewal_year: Mapped[int | None]
    renewal_reminders: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    partner_a: Mapped[Institution] = relationship(foreign_keys=partner_a_id)
    partner_b: Mapped[Institution] = relationship(foreign_keys=partner_b_id)
    amends: Mapped["Agreement | None"] = relationship(remote_side=id)
    # Those that stand; one that a new version took out stays as a row, for what was under it.
    conditions: Mapped[list["CooperationCondition"]] = relationship(
        back_populates="agreement",
        primaryjoin="and_(Agreement.id == CooperationCondition.agreement_id,"
        " CooperationCondition.ended_on.is_(None))",
        cascade="all, delete-orphan",
        order_by="CooperationCondition.id",
    )
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Approval.id"
    )
    versions: Mapped[list["AgreementVersion"]] = relationship(
        back_populates="agreement", order_by="AgreementVersion.number"
    )
    notices: Mapped[list[Notice]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def title(self) -> str:
        return localized(self, "title")

    @property
    def partners(self) -> tuple[Institution, Institution]:
        return self.partner_a, self.partner_b

    def standing(self, year: int) -> Standing:
        """How the agreement stands in the academic year that begins in `year`."""
        if self.status is not AgreementStatus.APPROVED:
            if self.status is AgreementStatus.PROPOSED and self.missing_approvals:
                sides = len(self.missing_approvals)
                return Standing.ONE_SIDED if sides == 1 else Standing.PROPOSED
            return Standing(self.status.value)
        if self.has_ended:
            return Standing.ENDED
        if not self.conditions:
            return Standing.EMPTY
        if any(condition.covers(year) for condition in self.conditions):
            return Standing.IN_FORCE if self.ends_on is None else Standing.ENDING
        later = any(condition.first_year > year for condition in self.conditions)
        return Standing.LATER if later else Standing.EXPIRED

    @property
    def has_ended(self) -> bool:
        """Whether the last day that a notice named is over."""
        return self.ends_on is not None and self.ends_on < clock.now().date()

    @property
    def is_over(self) -> bool:
        """Whether it was terminated, at once or with notice, and nothing holds any more."""
        return self.status is AgreementStatus.TERMINATED or self.has_ended

    @property
    def last_year(self) -> int | None:
        """The last academic year of its conditions; None without one."""
        return max((condition.last_year for condition in self.conditions), default=None)

    @property
    def missing_approvals(self) -> list[Institution]:
        """The partners that have not approved the content as it stands."""
        return [partner for partner in self.partners if self.approval_of(partner.id) is None]

    def canonical(self) -> dict[str, Any]:
        """What is approved: the partners, the text and every condition, in a fixed order."""
        return {
            "partners": sorted(partner.schac for partner in self.partners),
            "titles": {lang: getattr(self, f"title_{lang}") for lang in ("en", "kk", "ru")},
            "signed_on": None if self.signed_on is None else self.signed_on.isoformat(),
            "text": self.text,
            "conditions": [condition.canonical() for condition in self.in_canonical_order()],
        }

    def in_canonical_order(self) -> list["CooperationCondition"]:
        """The conditions as the canonical form lists them."""
        return sorted(self.conditions, key=lambda c: json.dumps(c.canonical(), sort_keys=True))

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form."""
        return digest_of(self.canonical())

    def approval_of(self, institution_id: int) -> "Approval | None":
        """The approval that a partner gave to the present content, if it did; the latest one."""
        return next(
            (
                approval
                for approval in reversed(self.approvals)
                if self.content_hash is not None
                and approval.institution_id == institution_id
                and approval.content_hash == self.content_hash
            ),
            None,
        )


class CooperationCondition(Base):
    """One direction of an agreement: who sends how many to whom, in which years, for whom."""

    __tablename__ = "cooperation_condition"
    __table_args__ = (
        CheckConstraint("sending_id <> receiving_id", name="two_partners"),
        CheckConstraint("first_year <= last_year", name="years"),
        CheckConstraint("mobilities_per_year >= 0", name="mobilities"),
        CheckConstraint("(cefr IS NULL) = (language IS NULL)", name="language_with_level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    direction: Mapped[Direction] = mapped_column(value_enum(Direction, "direction"))
    sending_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"))
    receiving_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    receiving_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"))
    first_year: Mapped[int]
    last_year: Mapped[int]
    mobilities_per_year: Mapped[int]
    months_per_year: Mapped[int | None]
    eqf_levels: Mapped[list[int]] = mapped_column(JSON, default=list)
    isced_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str | None] = mapped_column(String(2))
    cefr: Mapped[Cefr | None] = mapped_column(value_enum(Cefr, "cefr"))
    blended: Mapped[bool] = mapped_column(default=False)
    other_terms: Mapped[str] = mapped_column(Text, default="")
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("cooperation_condition.id"))
    ended_on: Mapped[date | None]

    agreement: Mapped[Agreement] = relationship(back_populates="conditions")
    amends: Mapped["CooperationCondition | None"] = relationship(remote_side=id)
    sending: Mapped[Institution] = relationship(foreign_keys=sending_id)
    receiving: Mapped[Institution] = relationship(foreign_keys=receiving_id)
    sending_unit: Mapped[OrganisationalUnit | None] = relationship(foreign_keys=sending_unit_id)
    receiving_unit: Mapped[OrganisationalUnit | None] = relationship(foreign_keys=receiving_unit_id)

    def covers(self, year: int) -> bool:
        """Whether the academic year that begins in `year` is among the condition's."""
        return self.first_year <= year <= self.last_year

    def in_force(self, year: int, day: date | None = None) -> bool:
        """Whether both partners approved it as it stands and it covers `year`.

        What begins later than that year, such as a second semester, is asked for by its `day`.
        """
        agreement = self.agreement
        return (
            agreement.status is AgreementStatus.APPROVED
            and self.ended_on is None
            and self.covers(year)
            and not agreement.has_ended
            and (agreement.ends_on is None or agreement.ends_on >= (day or first_day_of(year)))
        )

    def canonical(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in TERMS}
        for key, value in values.items():
            if isinstance(value, enum.Enum):
                values[key] = value.value
        values["sending"] = self.sending.schac
        values["receiving"] = self.receiving.schac
        values["sending_unit"] = self.sending_unit.code if self.sending_unit else None
        values["receiving_unit"] = self.receiving_unit.code if self.receiving_unit else None
        return values


TERMS = tuple(
    column.key
    for column in CooperationCondition.__table__.columns
    if not column.key.endswith("_id") and column.key not in {"id", "ended_on"}
)
"""The columns of a condition that say what is agreed, besides its partners and units."""

SIDES = ("sending", "sending_unit", "receiving", "receiving_unit")


class AgreementVersion(Base):
    """A content that both partners approved, kept as it was hashed. Never changed.

    `condition_ids` are the rows of the conditions in `content`, in the same order.
    """

    __tablename__ = "agreement_version"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    condition_ids: Mapped[list[int]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    concluded_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship(back_populates="versions")
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="kept_version", order_by="Approval.id"
    )


class Approval(Base):
    """A partner's approval of one content, given by one of its coordinators.

    It belongs to the version that it helped to conclude, once that is concluded.
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index(
            "uq_approval_pending",
            "agreement_id",
            "institution_id",
            "content_hash",
            unique=True,
            sqlite_where=text("version_id IS NULL"),
            postgresql_where=text("version_id IS NULL"),
        ),
        Index("uq_approval_of_version", "version_id", "institution_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_version.id"))

    agreement: Mapped[Agreement] = relationship(back_populates="approvals")
    kept_version: Mapped[AgreementVersion | None] = relationship(back_populates="approvals")
    institution: Mapped[Institution] = relationship()
    user: Mapped[User] = relationship()
