"""Equipment of a unit, the slots in its calendar, and the bookings of slots."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..db import Base, value_enum
from ..i18n import localized
from ..partners.models import Institution, OrganisationalUnit
from ..projects.models import Project
from ..status import Kind, Status
from ..workflow import Workflow


class EquipmentStatus(Status):
    DRAFT = "draft", _l("draft"), Kind.NEUTRAL
    OPEN = "open", _l("open"), Kind.GOOD
    WITHDRAWN = "withdrawn", _l("withdrawn"), Kind.STOPPED


EQUIPMENT_WORKFLOW = Workflow(
    "equipment",
    "status",
    {
        "open": ({EquipmentStatus.DRAFT, EquipmentStatus.WITHDRAWN}, EquipmentStatus.OPEN),
        "withdraw": ({EquipmentStatus.OPEN}, EquipmentStatus.WITHDRAWN),
        "amend": (set(EquipmentStatus), None),
    },
)


class Equipment(Base):
    """A laboratory or piece of equipment that a unit shares.

    `books_directly`: whether people book its slots themselves; otherwise slots are given by a call.
    `safety_training`: whether only those who had it may work there.
    """

    __tablename__ = "equipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisational_unit.id"), index=True)
    title_en: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_kk: Mapped[str] = mapped_column(String(200), default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    description_ru: Mapped[str] = mapped_column(Text, default="")
    description_kk: Mapped[str] = mapped_column(Text, default="")
    safety_training: Mapped[bool] = mapped_column(default=True)
    books_directly: Mapped[bool] = mapped_column(default=True)
    status: Mapped[EquipmentStatus] = mapped_column(
        value_enum(EquipmentStatus, "equipment_status"), default=EquipmentStatus.DRAFT
    )
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    institution: Mapped[Institution] = relationship()
    unit: Mapped[OrganisationalUnit | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def title(self) -> str:
        return localized(self, "title")

    @property
    def description(self) -> str:
        return localized(self, "description")

    @property
    def is_booked(self) -> bool:
        """Whether people book its slots themselves at present."""
        return self.books_directly and self.status is EquipmentStatus.OPEN


class Slot(Base):
    """A time at a piece of equipment, for so many people.

    `kept`: how many of them a call gives; they are not booked directly.
    """

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity"),
        CheckConstraint("kept BETWEEN 0 AND capacity", name="kept"),
        UniqueConstraint("equipment_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    kept: Mapped[int] = mapped_column(default=0)

    equipment: Mapped[Equipment] = relationship()

    @property
    def is_over(self) -> bool:
        return clock.now() >= self.starts_at


class BookingStatus(Status):
    BOOKED = "booked", _l("booked"), Kind.GOOD
    CANCELLED = "cancelled", _l("cancelled"), Kind.STOPPED


BOOKING_WORKFLOW = Workflow(
    "booking",
    "status",
    {"cancel": ({BookingStatus.BOOKED}, BookingStatus.CANCELLED)},
)


class Booking(Base):
    """Somebody's place in a slot, for a project or during a stay.

    `trained_on`: when they had the safety training that the equipment asks for.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("status <> 'cancelled' OR cancel_reason <> ''", name="cancel_reason"),
        CheckConstraint("purpose <> ''", name="purpose"),
        Index(
            "uq_booking_once",
            "slot_id",
            "user_id",
            unique=True,
            sqlite_where=text("status = 'booked'"),
            postgresql_where=text("status = 'booked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(500))
    trained_on: Mapped[date | None]
    status: Mapped[BookingStatus] = mapped_column(
        value_enum(BookingStatus, "booking_status"), default=BookingStatus.BOOKED
    )
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    slot: Mapped[Slot] = relationship()
    user: Mapped[User] = relationship()
    project: Mapped[Project | None] = relationship()
