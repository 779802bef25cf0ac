"""The criteria by which reviewers of a call score, with their weights."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base
from ..i18n import localized


class Criterion(Base):
    """What reviewers give 0 to 100 for; the score is the mean by `weight`."""

    __tablename__ = "criterion"
    __table_args__ = (
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
        CheckConstraint("name_en <> '' OR name_ru <> '' OR name_kk <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    name_ru: Mapped[str] = mapped_column(String(200), default="")
    name_kk: Mapped[str] = mapped_column(String(200), default="")
    weight: Mapped[int]

    @property
    def name(self) -> str:
        return localized(self, "name")

    @property
    def plain(self) -> dict[str, Any]:
        """What it says, as a RuleChange and the audit trail keep it."""
        names = {f"name_{one}": getattr(self, f"name_{one}") for one in ("en", "ru", "kk")}
        return {**names, "weight": self.weight}
