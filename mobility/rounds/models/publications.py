"""What surrounds a publication: a set time, consent to another rule, and who audits."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...db import Base
from ...partners.models import Institution
from .rounds import Round
from .runs import Run


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


class RoundAuditor(Base):
    """Somebody named by an admin who may have the file of a round, though no part in it."""

    __tablename__ = "round_auditor"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    named_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    user: Mapped[User] = relationship()
