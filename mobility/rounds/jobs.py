"""What rounds do by themselves: commit a seed at the opening, give seats, tell of changed rules."""

from collections.abc import Sequence

from .. import clock
from ..children import preload
from ..db import db
from ..jobs import JobRun, enqueue, job
from ..offers.models import CALL_WORKFLOW, OFFER_WORKFLOW, Call, CallStatus, Offer
from ..placements.changes import on_change
from ..placements.models import Placement
from .services import draws, giving, telling

preload(
    "mobility.rounds.computing.runs",
    "mobility.rounds.computing.second_rounds",
    "mobility.rounds.computing.claims",
    "mobility.rounds.computing.chances",
    "matching.kernel",
    "matching.policies.compiled",
)


@job("rounds.commit-seed")
def commit_at_opening(job_run: JobRun, call_id: int) -> None:
    """Draw and seal the service's seed once the call has opened; later where that was moved."""
    with job_run.store():
        call = db.session.get_one(Call, call_id)
        if call.status is not CallStatus.ANNOUNCED:
            return
        if clock.now() < call.opens_at:
            _await_opening(call)
        else:
            draws.commit_own_seed(call)


@CALL_WORKFLOW.then("announce")
def _await_opening(call: Call) -> None:
    enqueue(commit_at_opening, at=call.opens_at, call_id=call.id)


@CALL_WORKFLOW.then("amend")
def _tell_of_rules(call: Call) -> None:
    telling.tell_soon(call)


@OFFER_WORKFLOW.then("amend")
def _tell_of_minimum(offer: Offer) -> None:
    telling.tell_soon(offer.call)


@on_change
def look_for_seats(placements: Sequence[Placement]) -> None:
    """Let seats be given that these placements have vacated."""
    for call in {placement.application.call for placement in placements}:
        giving.look_for_seats(call)
