"""Notices to end an agreement that stand: whose they are, and the last day that each named."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base
from ..partners.models import Institution


class Notice(Base):
    """Of a partner, or of an administrator where no institution is named.

    An agreement ends on the first of these days. One that is withdrawn is no more than a line of
    the history.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("agreement_id", "institution_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    last_day: Mapped[date]

    institution: Mapped[Institution | None] = relationship()
