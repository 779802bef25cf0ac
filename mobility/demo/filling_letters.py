"""What becomes of the letters that the filling queues."""

from sqlalchemy import delete, update

from ..db import db, transaction
from ..jobs import Job, JobStatus, name_of, run_next_job
from ..mail import Mail, deliver


def keep_letters() -> None:
    """Mark the letters as sent when they were written: nobody reads mail at `.example`.

    They stay in the outbox for whoever wants to read them, and no SMTP server ever sees them.
    """
    with transaction():
        db.session.execute(
            update(Mail).where(Mail.sent_at.is_(None)).values(sent_at=Mail.queued_at)
        )
        db.session.execute(
            delete(Job).where(Job.name == name_of(deliver), Job.status == JobStatus.QUEUED)
        )


def carry_due_jobs() -> None:
    """Carry what is due by the clock, letters aside."""
    keep_letters()
    while run_next_job():
        keep_letters()
