"""Applications with their ranked choices."""

import enum
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
    event,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ... import clock
from ...accounts.models import Role, User
from ...db import Base, search_key, sort_key, value_enum
from ...offers.models import Call, CallStatus, Offer, Phase
from ...partners.models import Institution, OrganisationalUnit
from ...status import Kind, Status
from ...workflow import Workflow


class ApplicationStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    SUBMITTED = "submitted", _l("submitted"), Kind.WAITING
    RETURNED = "returned", _l("returned for mending"), Kind.NEEDS_YOU
    APPROVED = "approved", _l("approved"), Kind.GOOD
    PRE_PLACED = "pre_placed", _l("placed before the round"), Kind.GOOD
    REJECTED = "rejected", _l("rejected"), Kind.STOPPED
    EXCLUDED = "excluded", _l("excluded from the round"), Kind.STOPPED
    WITHDRAWN = "withdrawn", lazy_pgettext("application", "withdrawn"), Kind.STOPPED


class Window(enum.Enum):
    """What an applicant may still change: everything, all but the ranks, or nothing."""

    RANKING = "ranking"
    MENDING = "mending"
    SHUT = "shut"


_S = ApplicationStatus
WORKFLOW = Workflow(
    "application",
    "status",
    {
        # before the deadline: as often as the applicant likes
        "submit": (
            {_S.DRAFT, _S.SUBMITTED, _S.WITHDRAWN, _S.RETURNED, _S.APPROVED},
            _S.SUBMITTED,
        ),
        "withdraw": ({_S.SUBMITTED, _S.RETURNED, _S.APPROVED}, _S.WITHDRAWN),
        # after it, until the mending date, ranks untouched
        "mend": ({_S.RETURNED}, _S.SUBMITTED),
        "score": ({_S.SUBMITTED, _S.APPROVED}, None),
        "review": ({_S.SUBMITTED, _S.APPROVED}, None),
        "return": ({_S.SUBMITTED}, _S.RETURNED),
        "approve": ({_S.SUBMITTED}, _S.APPROVED),
        "reject": ({_S.SUBMITTED, _S.RETURNED}, _S.REJECTED),
        # overrides by an admin, counted in the published report
        "pre-place": ({_S.APPROVED}, _S.PRE_PLACED),
        "release": ({_S.PRE_PLACED}, _S.APPROVED),
        "exclude": ({_S.SUBMITTED, _S.RETURNED, _S.APPROVED}, _S.EXCLUDED),
        "readmit": ({_S.EXCLUDED}, _S.SUBMITTED),
        # within a day, by who did it, see services.undoing
        "undo": ({_S.APPROVED, _S.RETURNED, _S.REJECTED}, _S.SUBMITTED),
        "undo-to-returned": ({_S.REJECTED}, _S.RETURNED),
        "undo-assign": ({_S.SUBMITTED, _S.RETURNED, _S.APPROVED, _S.REJECTED}, None),
        # to whom it is given to check
        "assign": ({_S.SUBMITTED, _S.RETURNED, _S.APPROVED, _S.REJECTED}, None),
        "reopen": ({_S.APPROVED, _S.REJECTED, _S.RETURNED}, _S.SUBMITTED),
    },
)


class Application(Base):
    """One person's application in a call, or that of a team of a student and a teacher.

    `draft_choices` is what the ranking page saves as the person goes, finished or not:
    [{"offer": id, "motivation": text}, …], best first. Submitting turns it into `choices`, which
    stand until the next submission. `sending_*` is the scope of the coordinators who check it.
    `pre_placed_offer` is the choice that an override gives before the round.
    `locked_at` is set while a round holds the inputs: nothing changes then. `search` and
    `order_key` are the applicant's name as it is searched and sorted. `agrees_to_open_file` counts
    where the rules of the call let the file of the round open to everybody. `reminded_at`: when
    the applicant was last reminded that it waits for them.

    `applies_as`: student or staff. `credits_wanted` and `credits_most` where a call gives several
    courses: with the first reached no more are given, the second is never passed; `draft_credits`
    are those of the draft, {"wanted": …, "most": …}. `points`: what the rules of the call added to
    the score when a round froze it; None before. `partner`: the other of a team, who has
    agreed at `partner_agreed_at`. `assigned_to`: the colleague to whom it is given to check.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("call_id", "applicant_id"),
        # the pipeline: its counts and filters are read from the first, its list from the second
        Index(
            "ix_application_scope",
            "sending_id",
            "status",
            "sending_unit_id",
            "call_id",
            "assigned_to_id",
            "applicant_id",
            "partner_id",
        ),
        Index("ix_application_list", "sending_id", "order_key", "id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("status IN ('draft') OR submitted_at IS NOT NULL", name="submitted_at"),
        CheckConstraint("status <> 'approved' OR score IS NOT NULL", name="approved_has_score"),
        CheckConstraint(
            "status NOT IN ('rejected', 'returned', 'excluded', 'pre_placed') OR note <> ''",
            name="noted",
        ),
        CheckConstraint(
            "(status = 'pre_placed') = (pre_placed_offer_id IS NOT NULL)", name="pre_placed"
        ),
        CheckConstraint("credits_wanted BETWEEN 1 AND credits_most", name="credits_wanted"),
        CheckConstraint("credits_most <= 60", name="credits_most"),
        CheckConstraint(
            "(credits_wanted IS NULL) = (credits_most IS NULL)", name="credits_together"
        ),
        CheckConstraint("partner_id <> applicant_id", name="two_in_a_team"),
        CheckConstraint(
            "partner_agreed_at IS NULL OR partner_id IS NOT NULL", name="partner_agreed"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(String(16), unique=True)
    sending_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    sending_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisational_unit.id"), index=True
    )
    status: Mapped[ApplicationStatus] = mapped_column(
        value_enum(ApplicationStatus, "application_status"),
        default=ApplicationStatus.DRAFT,
        index=True,
    )
    draft_choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    draft_saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    score: Mapped[float | None]
    points: Mapped[float | None]
    score_comment: Mapped[str] = mapped_column(Text, default="")
    scored_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    applies_as: Mapped[Role] = mapped_column(value_enum(Role, "applies_as"), default=Role.STUDENT)
    credits_wanted: Mapped[float | None]
    credits_most: Mapped[float | None]
    draft_credits: Mapped[dict[str, float | None] | None] = mapped_column(JSON(none_as_null=True))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    partner_agreed_at: Mapped[datetime | None]
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    agrees_to_open_file: Mapped[bool] = mapped_column(default=False)
    pre_placed_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    search: Mapped[str] = mapped_column(String(500), default="")
    order_key: Mapped[str] = mapped_column(String(800), default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    applicant: Mapped[User] = relationship(foreign_keys=applicant_id)
    partner: Mapped[User | None] = relationship(foreign_keys=partner_id)
    scored_by: Mapped[User | None] = relationship(foreign_keys=scored_by_id)
    assigned_to: Mapped[User | None] = relationship(foreign_keys=assigned_to_id)
    sending: Mapped[Institution] = relationship()
    sending_unit: Mapped[OrganisationalUnit | None] = relationship()
    pre_placed_offer: Mapped[Offer | None] = relationship()
    choices: Mapped[list["Choice"]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="Choice.rank"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def window(self) -> Window:
        """What its applicant may change at this moment."""
        if self.locked_at is not None or self.call.status is not CallStatus.ANNOUNCED:
            return Window.SHUT
        if self.call.phase is Phase.OPEN:
            decided = {_S.REJECTED, _S.EXCLUDED, _S.PRE_PLACED}
            return Window.SHUT if self.status in decided else Window.RANKING
        mending = (
            self.status is ApplicationStatus.RETURNED
            and self.call.phase is Phase.CLOSED
            and clock.now() < self.call.mending_until
        )
        return Window.MENDING if mending else Window.SHUT

    @property
    def people(self) -> list[User]:
        """Whom it would send: the applicant, and the partner of a team."""
        return [self.applicant] if self.partner is None else [self.applicant, self.partner]

    @property
    def names(self) -> str:
        """The names of everybody whom it would send."""
        return ", ".join(person.name for person in self.people)

    @property
    def submitted_choices(self) -> list[dict[str, Any]]:
        """The choices that stand, in the form of a draft."""
        return [
            {"offer": choice.offer_id, "motivation": choice.motivation} for choice in self.choices
        ]

    @property
    def draft_differs(self) -> bool:
        """Whether something was changed after the last submission and not submitted."""
        return (
            self.draft_choices != self.submitted_choices
            or self.draft_credits != self.submitted_credits
        )

    @property
    def submitted_credits(self) -> dict[str, float | None] | None:
        """The credits that stand, in the form of a draft; None where the call asks for none."""
        if self.credits_wanted is None:
            return None
        return {"wanted": self.credits_wanted, "most": self.credits_most}


@event.listens_for(Application, "before_insert")
@event.listens_for(Application, "before_update")
def _keep_keys(_mapper: Any, connection: Any, application: Application) -> None:
    """Search and order keys follow the applicant's name; see db.search_key for why."""
    name, email = connection.execute(
        select(User.name, User.email).where(
            User.id == (application.applicant_id or application.applicant.id)
        )
    ).one()
    application.search = search_key(f"{name} {email} {application.pseudonym}")
    application.order_key = sort_key(name)


class Choice(Base):
    """One ranked choice of a submitted application; rank 1 is the most wanted.

    `obstacles`: which conditions of the offer the applicant did not meet when a round froze its
    inputs, in words by language; None where all were met.
    """

    __tablename__ = "choice"
    __table_args__ = (
        UniqueConstraint("application_id", "rank"),
        UniqueConstraint("application_id", "offer_id"),
        CheckConstraint("rank >= 1", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    rank: Mapped[int]
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    motivation: Mapped[str] = mapped_column(Text, default="")
    obstacles: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))

    application: Mapped[Application] = relationship(back_populates="choices")
    offer: Mapped[Offer] = relationship()
