"""Appeals against a published result."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...applications.models import Application
from ...db import Base, value_enum
from ...offers.models import Offer
from ...status import Kind, Status
from ...workflow import Workflow


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
