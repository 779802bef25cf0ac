"""A call's own eligibility rules, as data: what each asks, and whether it bars or gives points."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, value_enum
from ..status import Labelled


class RuleKind(Labelled):
    LEVEL = "level", _l("level of study")
    FIELD = "field", _l("field of study")
    LANGUAGE = "language", _l("language")
    GRADE = "grade", _l("grade average")
    CREDITS = "credits", _l("credits earned")
    YEAR = "year", _l("year of study")
    EARLIER = "earlier", _l("earlier mobilities")
    SENDING = "sending", _l("country or university")


# What a number must lie between; of which attribute of a profile.
MEASURED = {
    RuleKind.GRADE: "grade_percent",
    RuleKind.CREDITS: "credits_earned",
    RuleKind.YEAR: "study_year",
    RuleKind.EARLIER: "earlier_mobilities",
}
# What only those have who study.
OF_STUDIES = {RuleKind.LEVEL, RuleKind.GRADE, RuleKind.CREDITS, RuleKind.YEAR}


class EligibilityRule(Base):
    """One rule of a call for who may choose its places.

    Hard without `points`: who does not meet it can choose nothing. With `points` it bars nobody
    and adds them to the score of those who meet it. `terms` by kind:

    - level: {"levels": [6, 7]}; field: {"fields": ["06", "0541"]}, each with all below it;
    - language: {"language": "en", "cefr": "B2"};
    - grade (percent of the scale of the own institution), credits (ECTS), year, earlier:
      {"least": …, "most": …}, None where there is no such end;
    - sending: {"countries": ["KZ"], "institutions": [{"id": 1, "name_en": …, …}]}, either will do.

    One that was removed stays as a row, so that whoever has it open is told so.
    """

    __tablename__ = "eligibility_rule"
    __table_args__ = (CheckConstraint("points > 0 AND points <= 100", name="points"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[RuleKind] = mapped_column(value_enum(RuleKind, "rule_kind"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    points: Mapped[float | None]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_hard(self) -> bool:
        return self.points is None

    @property
    def plain(self) -> dict[str, Any]:
        """What it says, as a RuleChange and the audit trail keep it."""
        return {"kind": self.kind.value, "terms": self.terms, "points": self.points}
