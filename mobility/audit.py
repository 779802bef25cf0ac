"""Who did what, when and why: an append-only record, written in the transaction of the deed."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock
from .db import Base, UTCDateTime, db


class AuditEvent(Base):
    """One deed. `actor_id` is empty where the service itself acted, at a time or by a rule."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Any] = mapped_column(UTCDateTime())
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    action: str, subject: Any, *, actor: Any, reason: str | None = None, **details: Any
) -> AuditEvent:
    """Write that `actor` (None: the service itself) did `action` ("noun.verb") to `subject`."""
    db.session.flush()  # the subject needs its id
    event_ = AuditEvent(
        at=clock.now(),
        actor_id=None if actor is None else actor.id,
        action=action,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        reason=reason,
        details=details,
    )
    db.session.add(event_)
    return event_


def history(subject: Any) -> list[AuditEvent]:
    """Everything recorded of `subject`, oldest first."""
    return list(
        db.session.scalars(
            select(AuditEvent)
            .where(
                AuditEvent.subject_type == subject.__tablename__,
                AuditEvent.subject_id == subject.id,
            )
            .order_by(AuditEvent.at, AuditEvent.id)
        )
    )


def forget(subject: Any) -> None:
    """Keep of everything recorded of `subject` only what was done and when, without the words.

    The one change a record ever sees: for people who are erased.
    """
    db.session.flush()
    table: Any = AuditEvent.__table__
    db.session.execute(
        update(table)
        .where(table.c.subject_type == subject.__tablename__, table.c.subject_id == subject.id)
        .values(reason=None, details={})
    )


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, *_: Any) -> None:
    changed = [event_ for event_ in session.dirty if session.is_modified(event_)]
    if any(isinstance(event_, AuditEvent) for event_ in (*changed, *session.deleted)):
        raise RuntimeError("audit events are never changed")
