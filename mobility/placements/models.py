"""Placements with the person's answer, the nomination and the stay."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..applications.models import Application
from ..db import Base, value_enum
from ..offers.models import Offer, VacatedSeats
from ..status import Kind, Labelled, Status
from ..workflow import Workflow

# The policies whose second round can move people up; those over profiles cannot keep who they hold.
MOVES_UP = frozenset({"linear_assignment", "deferred_acceptance", "serial_dictatorship"})


class PlacementStatus(Status):
    """The placed person's answer; silence past `answer_until` lapses."""

    OFFERED = "offered", _l("waiting for an answer"), Kind.NEEDS_YOU
    ACCEPTED = "accepted", _l("accepted"), Kind.GOOD
    DECLINED = "declined", _l("declined"), Kind.STOPPED
    LAPSED = "lapsed", _l("not answered in time"), Kind.STOPPED


class Origin(Labelled):
    """What gave somebody a place, or moved them up."""

    PRE_PLACEMENT = "pre_placement", _l("a decision before the round")
    ROUND = "round", _l("the round")
    SECOND_ROUND = "second_round", _l("the second round")
    WAITING_ORDER = "waiting_order", _l("the waiting order")
    APPEAL = "appeal", _l("an appeal")


class MobilityStatus(Status):
    """Where a mobility stands, in the terms of Erasmus Without Paper."""

    NOMINATION = "nomination", _l("nominated"), Kind.WAITING
    LIVE = "live", _l("under way"), Kind.GOOD
    RECOGNIZED = "recognized", _l("recognized"), Kind.GOOD
    CANCELLED = "cancelled", _l("cancelled"), Kind.STOPPED


class HostAnswer(Status):
    """The receiving HEI's answer to a nomination."""

    PENDING = "pending", _l("waiting for the receiving side"), Kind.WAITING
    VERIFIED = "verified", _l("verified by the receiving side"), Kind.GOOD
    REJECTED = "rejected", _l("rejected by the receiving side"), Kind.STOPPED


ANSWER = Workflow(
    "placement",
    "status",
    {
        "accept": ({PlacementStatus.OFFERED}, PlacementStatus.ACCEPTED),
        "decline": ({PlacementStatus.OFFERED}, PlacementStatus.DECLINED),
        "lapse": ({PlacementStatus.OFFERED}, PlacementStatus.LAPSED),
        # to a choice ranked higher, which whoever accepted asked for
        "move-up": ({PlacementStatus.OFFERED, PlacementStatus.ACCEPTED}, None),
        "keep": ({PlacementStatus.ACCEPTED}, None),
    },
)
HOST = Workflow(
    "placement",
    "host_answer",
    {
        "nominate": ({None, HostAnswer.REJECTED}, HostAnswer.PENDING),
        "verify": ({HostAnswer.PENDING}, HostAnswer.VERIFIED),
        "reject-nomination": ({HostAnswer.PENDING}, HostAnswer.REJECTED),
    },
)
STAY = Workflow(
    "placement",
    "mobility_status",
    {
        "begin": ({None, MobilityStatus.NOMINATION}, MobilityStatus.NOMINATION),
        "arrive": ({MobilityStatus.NOMINATION, MobilityStatus.LIVE}, MobilityStatus.LIVE),
        "depart": ({MobilityStatus.LIVE}, None),
        "recognize": ({MobilityStatus.LIVE}, MobilityStatus.RECOGNIZED),
        "cancel": (
            {None, MobilityStatus.NOMINATION, MobilityStatus.LIVE},
            MobilityStatus.CANCELLED,
        ),
    },
)


class Placement(Base):
    """One person's place in a call; of several courses each is a `part`, from 1.

    `upgrade`: whoever accepted asked to be moved to a choice ranked higher if a seat there is
    vacated. `origin` is what first gave a place; what moved somebody up stands in the record.
    `reminders` counts the letters sent about an answer that is due.
    """

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("application_id", "part"),
        UniqueConstraint("application_id", "offer_id"),
        CheckConstraint("rank >= 1", name="rank"),
        CheckConstraint("part >= 1", name="part"),
        CheckConstraint(
            "(status IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name="answered"
        ),
        CheckConstraint(
            "mobility_status IS NULL OR status = 'accepted'", name="mobility_of_accepted"
        ),
        CheckConstraint("NOT upgrade OR (status = 'accepted' AND rank > 1)", name="upgrade"),
        CheckConstraint("NOT upgrade OR host_answer IS NULL", name="upgrade_or_host"),
        CheckConstraint("reminders >= 0", name="reminders"),
        CheckConstraint("host_answer IS NULL OR status = 'accepted'", name="host_of_accepted"),
        CheckConstraint(
            "departed_on IS NULL OR (arrived_on IS NOT NULL AND arrived_on <= departed_on)",
            name="stay",
        ),
        CheckConstraint("host_answer <> 'rejected' OR host_comment <> ''", name="host_comment"),
        CheckConstraint(
            "mobility_status <> 'cancelled' OR cancel_reason <> ''", name="cancel_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    part: Mapped[int] = mapped_column(default=1)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    rank: Mapped[int]
    origin: Mapped[Origin] = mapped_column(
        value_enum(Origin, "placement_origin"), default=Origin.ROUND
    )
    status: Mapped[PlacementStatus] = mapped_column(
        value_enum(PlacementStatus, "placement_status"), default=PlacementStatus.OFFERED
    )
    answer_until: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    upgrade: Mapped[bool] = mapped_column(default=False)
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    host_answer: Mapped[HostAnswer | None] = mapped_column(value_enum(HostAnswer, "host_answer"))
    host_comment: Mapped[str] = mapped_column(Text, default="")
    mobility_status: Mapped[MobilityStatus | None] = mapped_column(
        value_enum(MobilityStatus, "mobility_status")
    )
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    arrived_on: Mapped[date | None]
    departed_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship()
    offer: Mapped[Offer] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def answer(self) -> PlacementStatus:
        """The answer as it stands now: silence lapses at `answer_until`, recorded or not."""
        if self.status is PlacementStatus.OFFERED and clock.now() >= self.answer_until:
            return PlacementStatus.LAPSED
        return self.status

    @property
    def is_live(self) -> bool:
        """Whether it takes a seat: waiting for an answer, or accepted and not called off."""
        if self.answer is PlacementStatus.ACCEPTED:
            return self.mobility_status is not MobilityStatus.CANCELLED
        return self.answer is PlacementStatus.OFFERED

    @property
    def may_ask_to_move_up(self) -> bool:
        """Whether there are choices above, and seats that are vacated there would be given.

        Who was placed before the round was not in it, and is not in what follows from it.
        """
        if self.origin is Origin.PRE_PLACEMENT:
            return False
        call = self.offer.call
        in_turn = call.vacated is VacatedSeats.WAITING_ORDER
        return self.rank > 1 and call.gives_vacated_seats and (in_turn or call.policy in MOVES_UP)

    @property
    def may_move_up(self) -> bool:
        """Whether this person may still be moved to a choice ranked higher."""
        return (
            self.upgrade
            and self.offer.call.gives_vacated_seats
            and clock.now().date() < self.offer.starts_on
        )

    @property
    def state(self) -> Status:
        """The one word for where this stands: the stay, else the host's answer, else the own."""
        if self.mobility_status is MobilityStatus.CANCELLED:
            return self.mobility_status
        if self.mobility_status in {MobilityStatus.LIVE, MobilityStatus.RECOGNIZED}:
            return self.mobility_status
        return self.host_answer or self.answer

    @property
    def may_be_nominated(self) -> bool:
        """Accepted, and not nominated yet or sent back by the host."""
        return (
            self.status is PlacementStatus.ACCEPTED
            and not self.may_move_up
            and self.mobility_status in {None, MobilityStatus.NOMINATION}
            and HOST.allows(self, "nominate")
        )

    @property
    def may_be_cancelled(self) -> bool:
        """Accepted, and neither recognised nor called off."""
        return self.status is PlacementStatus.ACCEPTED and STAY.allows(self, "cancel")
