"""Calls with their dates and rules, and the offers (places) opened in them."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Cefr
from ..agreements.models import CooperationCondition, Direction
from ..db import Base, search_key, value_enum
from ..i18n import LANGUAGES, localized
from ..laboratories.models import Slot
from ..partners.models import Institution, OrganisationalUnit
from ..projects.models import Project
from ..status import Kind, Labelled, Status
from ..workflow import Workflow
from .criteria import Criterion
from .rules import EligibilityRule
from .terms import begins_on


class CallStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    ANNOUNCED = "announced", _l("announced"), Kind.GOOD
    CANCELLED = "cancelled", _l("cancelled"), Kind.STOPPED


class Phase(Status):
    """What a call is at a moment: its status and the clock together."""

    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    UPCOMING = "upcoming", _l("opens soon"), Kind.WAITING
    OPEN = "open", _l("open"), Kind.GOOD
    CLOSED = "closed", _l("closed"), Kind.NEUTRAL
    CANCELLED = "cancelled", _l("cancelled"), Kind.STOPPED


CALL_WORKFLOW = Workflow(
    "call",
    "status",
    {
        "create": ({CallStatus.DRAFT}, None),
        "announce": ({CallStatus.DRAFT}, CallStatus.ANNOUNCED),
        "cancel": ({CallStatus.DRAFT, CallStatus.ANNOUNCED}, CallStatus.CANCELLED),
        "close": ({CallStatus.ANNOUNCED}, None),
        "amend": ({CallStatus.DRAFT, CallStatus.ANNOUNCED}, None),
    },
)


# The rules by which a round may give places, under their standard names in the engine.
POLICIES: dict[str, Any] = {
    "linear_assignment": _l("Linear assignment"),
    "rank_maximal": _l("Rank-maximal"),
    "greedy_maximum": _l("Greedy maximum"),
    "generous_maximum": _l("Generous maximum"),
    "deferred_acceptance": _l("Deferred acceptance"),
    "serial_dictatorship": _l("Serial dictatorship"),
}
# The one that can keep quotas, a balance and minimums: they tie places together.
WITH_CONSTRAINTS = "linear_assignment"


class VacatedSeats(Labelled):
    """What becomes of seats that are declined: one use, named before the call opens."""

    SECOND_ROUND = "second_round", _l("a second round gives them")
    WAITING_ORDER = "waiting_order", _l("they go down the waiting order")
    NONE = "none", _l("they stay empty")


class Call(Base):
    """One direction in one academic term: opening, deadline, how many choices, the rules.

    `max_credits`: where a student may get several courses, the most ECTS credits of them together;
    None where everybody gets one place. `teams`: whether a student and a teacher may apply
    together, to be placed together or not at all. `reviews_needed`: how many reviewers score an
    application, by the `criteria` where there are some.

    The matching rules (`MATCHING_RULES`) are frozen when the call opens; see RuleChange. A call may
    be decided with another, by its rules and in its round: that one is the `lead` of both.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at AND closes_at <= mending_until", name="dates"),
        CheckConstraint("1 <= min_choices AND min_choices <= max_choices", name="choices"),
        CheckConstraint("max_choices <= 20", name="most_choices"),
        CheckConstraint("answer_days BETWEEN 1 AND 60", name="answer_days"),
        CheckConstraint("merit_weight BETWEEN 0 AND 100", name="merit_weight"),
        CheckConstraint("balance_tolerance BETWEEN 0 AND 10000", name="balance_tolerance"),
        CheckConstraint("appeal_days BETWEEN 0 AND 60", name="appeal_days"),
        CheckConstraint(
            "policy = 'linear_assignment' OR "
            "(NOT keeps_annual_quotas AND balance_tolerance IS NULL)",
            name="constraints_need_policy",
        ),
        CheckConstraint("vacated <> 'none' OR vacated_until IS NULL", name="vacated_until"),
        CheckConstraint("max_credits BETWEEN 1 AND 60", name="max_credits"),
        CheckConstraint("max_credits IS NULL OR direction = 'courses'", name="several_courses"),
        CheckConstraint("NOT teams OR direction = 'research'", name="teams"),
        CheckConstraint("reviews_needed BETWEEN 1 AND 2", name="reviews_needed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[Direction] = mapped_column(value_enum(Direction, "direction"))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_kk: Mapped[str] = mapped_column(String(200), default="")
    term: Mapped[str] = mapped_column(String(11))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    mending_until: Mapped[datetime]
    answer_days: Mapped[int] = mapped_column(default=7)
    min_choices: Mapped[int] = mapped_column(default=1)
    max_choices: Mapped[int] = mapped_column(default=5)
    max_credits: Mapped[float | None]
    teams: Mapped[bool] = mapped_column(default=False)
    policy: Mapped[str] = mapped_column(String(40), default=WITH_CONSTRAINTS)
    merit_weight: Mapped[int] = mapped_column(default=1)
    keeps_annual_quotas: Mapped[bool] = mapped_column(default=True)
    balance_tolerance: Mapped[int | None]
    vacated: Mapped[VacatedSeats] = mapped_column(
        value_enum(VacatedSeats, "vacated_seats"), default=VacatedSeats.SECOND_ROUND
    )
    vacated_until: Mapped[datetime | None]
    appeal_days: Mapped[int] = mapped_column(default=7)
    public_file: Mapped[bool] = mapped_column(default=False)
    shows_chances: Mapped[bool] = mapped_column(default=False)
    rules_en: Mapped[str] = mapped_column(Text, default="")
    rules_ru: Mapped[str] = mapped_column(Text, default="")
    rules_kk: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[CallStatus] = mapped_column(
        value_enum(CallStatus, "call_status"), default=CallStatus.DRAFT
    )
    reviews_needed: Mapped[int] = mapped_column(default=1)
    decided_with_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    decided_with: Mapped["Call | None"] = relationship(remote_side=id, back_populates="joined")
    joined: Mapped[list["Call"]] = relationship(back_populates="decided_with", order_by="Call.id")
    eligibility_rules: Mapped[list[EligibilityRule]] = relationship(
        primaryjoin="and_(Call.id == EligibilityRule.call_id,"
        " EligibilityRule.removed_at.is_(None))",
        cascade="all, delete-orphan",
        order_by=EligibilityRule.id,
    )
    criteria: Mapped[list[Criterion]] = relationship(
        cascade="all, delete-orphan", order_by=Criterion.id
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def title(self) -> str:
        return localized(self, "title")

    @property
    def lead(self) -> "Call":
        """The call in whose round this one is decided: itself, or the one that it joins."""
        return self.decided_with or self

    @property
    def together(self) -> list["Call"]:
        """The calls that one round decides, the leading one first."""
        joined = [one for one in self.lead.joined if one.status is CallStatus.ANNOUNCED]
        return [self.lead, *joined]

    @property
    def round_title(self) -> str:
        """The titles of the calls that one round decides."""
        return " · ".join(one.title for one in self.together)

    @property
    def together_ids(self) -> list[int]:
        return [one.id for one in self.together]

    @property
    def rules(self) -> str:
        return localized(self, "rules")

    @property
    def academic_year(self) -> int:
        """The year in which the academic year of the term begins: "2026/2027-1" → 2026."""
        return int(self.term[:4])

    @property
    def has_sheets(self) -> bool:
        """Whether reviewers fill in sheets: by criteria, or two of them apart."""
        return self.reviews_needed > 1 or bool(self.criteria)

    @property
    def gives_several(self) -> bool:
        """Whether one person may get several places: courses up to a limit of credits."""
        return self.max_credits is not None

    @property
    def has_pools(self) -> bool:
        """Whether its places have seats for students and others for teachers."""
        return self.direction is Direction.RESEARCH

    @property
    def gives_together(self) -> bool:
        """Whether a round gives several seats at once, so that none can be given one by one."""
        return self.gives_several or self.has_pools

    @property
    def gives_vacated_seats(self) -> bool:
        """Whether a seat that is vacated now may still go to somebody else."""
        if self.vacated is VacatedSeats.NONE:
            return False
        return self.vacated_until is None or clock.now() < self.vacated_until

    @property
    def phase(self) -> Phase:
        """Computed from the clock; open from `opens_at` on, closed from `closes_at` on."""
        if self.status is CallStatus.DRAFT:
            return Phase.DRAFT
        if self.status is CallStatus.CANCELLED:
            return Phase.CANCELLED
        moment = clock.now()
        if moment < self.opens_at:
            return Phase.UPCOMING
        return Phase.OPEN if moment < self.closes_at else Phase.CLOSED


def code_in_round(call: Call, code: str) -> str:
    """The code of an offer, with the number of its call where another call leads the round."""
    return code if call.decided_with_id is None else f"{call.id}/{code}"


# What decides who gets which place, and what may follow: frozen when the call opens.
MATCHING_RULES = (
    "policy", "merit_weight", "keeps_annual_quotas", "balance_tolerance", "min_choices",
    "max_choices", "max_credits", "teams", "answer_days", "vacated", "vacated_until",
    "appeal_days", "public_file", "shows_chances",
)  # fmt: skip


PARTS = ("title", "description", "requirements")


class OfferStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    OPEN = "open", _l("open"), Kind.GOOD
    WITHDRAWN = "withdrawn", _l("withdrawn"), Kind.STOPPED


OFFER_WORKFLOW = Workflow(
    "offer",
    "status",
    {
        "open": ({OfferStatus.DRAFT, OfferStatus.WITHDRAWN}, OfferStatus.OPEN),
        "withdraw": ({OfferStatus.OPEN}, OfferStatus.WITHDRAWN),
        "amend": ({OfferStatus.DRAFT, OfferStatus.OPEN, OfferStatus.WITHDRAWN}, None),
    },
)


class Offer(Base):
    """A place: what a receiving unit opens in a call, under a condition, with seats.

    `requirements`: what it asks for beside language, level and field, such as prerequisites.
    `timetable`: of a course, the meetings of a week (`offers.timetable`). `hours`: of a course or
    programme in all. `certificate`: what a programme ends with. `staff_seats`: of a research
    place, those for teachers; its `seats` are for students. `project`: from which a research place
    or a laboratory slot hangs; `slot`: the time at equipment that a call gives.
    """

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("min_seats BETWEEN 0 AND seats", name="min_seats"),
        CheckConstraint("NOT may_close OR min_seats > 0", name="may_close"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("hours_per_week BETWEEN 1 AND 60", name="hours_per_week"),
        CheckConstraint("ects > 0", name="ects"),
        CheckConstraint("hours BETWEEN 1 AND 2000", name="hours"),
        CheckConstraint("staff_seats >= 0", name="staff_seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    condition_id: Mapped[int] = mapped_column(ForeignKey("cooperation_condition.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    course_code: Mapped[str] = mapped_column(String(40), default="")
    title_en: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_kk: Mapped[str] = mapped_column(String(200), default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    description_ru: Mapped[str] = mapped_column(Text, default="")
    description_kk: Mapped[str] = mapped_column(Text, default="")
    requirements_en: Mapped[str] = mapped_column(Text, default="")
    requirements_ru: Mapped[str] = mapped_column(Text, default="")
    requirements_kk: Mapped[str] = mapped_column(Text, default="")
    seats: Mapped[int]
    staff_seats: Mapped[int] = mapped_column(default=0)
    min_seats: Mapped[int] = mapped_column(default=0)
    may_close: Mapped[bool] = mapped_column(default=False)
    status: Mapped[OfferStatus] = mapped_column(
        value_enum(OfferStatus, "offer_status"), default=OfferStatus.DRAFT
    )
    language: Mapped[str] = mapped_column(String(2))
    cefr: Mapped[Cefr | None] = mapped_column(value_enum(Cefr, "cefr"))
    eqf_levels: Mapped[list[int]] = mapped_column(JSON, default=list)
    isced_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    supervisor: Mapped[str] = mapped_column(String(200), default="")
    hours_per_week: Mapped[int | None]
    hours: Mapped[int | None]
    certificate: Mapped[str] = mapped_column(String(200), default="")
    timetable: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), unique=True)
    ects: Mapped[float | None]
    local_credits: Mapped[float | None]
    search: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    condition: Mapped[CooperationCondition] = relationship()
    unit: Mapped[OrganisationalUnit | None] = relationship()
    project: Mapped[Project | None] = relationship()
    slot: Mapped[Slot | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @hybrid_property
    def all_seats(self) -> int:
        """Those for students and those for teachers."""
        return self.seats + self.staff_seats

    @property
    def title(self) -> str:
        return localized(self, "title")

    @property
    def description(self) -> str:
        return localized(self, "description")

    @property
    def requirements(self) -> str:
        return localized(self, "requirements")

    @property
    def sending(self) -> Institution:
        return self.condition.sending

    @property
    def receiving(self) -> Institution:
        return self.condition.receiving

    @property
    def levels(self) -> list[int]:
        """The EQF levels admitted: its own narrower ones, else the condition's; [] is any."""
        return self.eqf_levels or self.condition.eqf_levels

    @property
    def fields(self) -> list[str]:
        """The ISCED-F fields admitted, likewise."""
        return self.isced_fields or self.condition.isced_fields

    @property
    def code_in_round(self) -> str:
        return code_in_round(self.call, self.code)

    @property
    def is_open(self) -> bool:
        """Open itself, and its condition in force in the year and term of its call."""
        call = self.call
        return self.status is OfferStatus.OPEN and self.condition.in_force(
            call.academic_year, begins_on(call.term)
        )


@event.listens_for(Offer, "before_insert")
@event.listens_for(Offer, "before_update")
def _keep_search_key(_mapper: Any, _connection: Any, offer: Offer) -> None:
    """The search key follows the words; see db.search_key for why it is stored."""
    texts = (
        *(getattr(offer, f"{part}_{language}") for part in PARTS for language in LANGUAGES),
        offer.code,
        offer.course_code,
        offer.supervisor,
    )
    offer.search = search_key(" ".join(text or "" for text in texts))
