"""What happens to agreements at a time: partners are reminded to renew them."""

from datetime import timedelta

from ..jobs import JobRun, job
from . import services


@job("agreements.renewals", every=timedelta(days=1))
def remind_of_renewals(run: JobRun) -> None:
    """Write to both partners of agreements whose last academic year ends soon."""
    with run.store():
        services.remind_of_renewals()
