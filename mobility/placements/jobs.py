"""What happens to placements at a time: people are reminded, silence lapses."""

from datetime import datetime

from .. import clock
from ..jobs import JobRun, enqueue, job
from . import services


@job("placements.lapse")
def lapse_placements(run: JobRun) -> None:
    """Record the silence of everybody whose answer time is over."""
    with run.store():
        services.lapse_unanswered()


@job("placements.remind")
def remind_placed(run: JobRun) -> None:
    """Remind everybody whose answer is due soon."""
    with run.store():
        services.remind_unanswered()


def await_answers(answer_until: datetime) -> None:
    """Set the reminders before, and the end of, an answer time that begins now."""
    for ahead in services.REMINDERS:
        if answer_until - ahead > clock.now():
            enqueue(remind_placed, at=answer_until - ahead)
    enqueue(lapse_placements, at=answer_until)
