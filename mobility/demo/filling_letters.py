"""What becomes of the letters that the filling queues."""

from sqlalchemy import delete, update

from ..db import db, transaction
from ..jobs import Job, JobStatus
from ..mail import Mail


def keep_letters() -> None:
    """Mark the letters as sent when they were written: nobody reads mail at `.example`.

    They stay in the outbox for whoever wants to read them, and no SMTP server ever sees them.
    """
    with transaction():
        db.session.execute(
            update(Mail).where(Mail.sent_at.is_(None)).values(sent_at=Mail.queued_at)
        )
        waiting = (Job.name == "mail.deliver") & (Job.status == JobStatus.QUEUED)
        db.session.execute(delete(Job).where(waiting))  # nothing is left for them to do
