"""What happens to placements at a time: silence lapses."""

from ..jobs import JobRun, job
from . import services


@job("placements.lapse")
def lapse_placements(run: JobRun) -> None:
    """Record the silence of everybody whose answer time is over."""
    with run.store():
        services.lapse_unanswered()
