"""The seeds of the lottery, committed to before the inputs are frozen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...db import Base
from ...offers.models import Call
from ...partners.models import Institution


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
