"""Chances are estimated anew every hour for each open call that shows them.

Kept by call, with nobody's name or list in it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

from flask_babel import gettext as _

from ... import clock
from ...db import db, transaction
from ...jobs import JobRun, job
from ...offers.models import Call, Offer
from .. import queries
from ..chances import BY_MERIT
from ..computing.chances import simulate
from ..models import Chances
from ..snapshot import Inputs

EVERY: Final = timedelta(hours=1)
LEAST_PEOPLE: Final = 20
"""With fewer lists to draw from, nothing is estimated."""


@dataclass(frozen=True)
class Crowd:
    """Whose lists are drawn: offers as positions, scores, and whether they are of an earlier round.

    `people` is how many take part in each draw.
    """

    lists: list[list[int]]
    scores: list[float] | None
    earlier: bool
    people: int


@job("rounds.chances", every=EVERY)
def renew_chances(job_run: JobRun) -> None:
    """Estimate anew for each open call that shows chances, at most once an hour."""
    with transaction(write=False):
        due = queries.calls_to_estimate(BY_MERIT, clock.now() - EVERY)
    for number, call_id in enumerate(due):
        job_run.progress(number / len(due), _("Simulating rounds for chances."))
        estimate(job_run, call_id)


def estimate(job_run: JobRun, call_id: int) -> None:
    """Simulate rounds of one call and keep how often each place takes whom."""
    with transaction(write=False):
        call = db.session.get_one(Call, call_id)
        offers = [offer for offer in queries.offers_in_play(call) if offer.is_open]
        crowd = crowd_of(call, offers)
        seats = [offer.seats for offer in offers]
        ids = [offer.id for offer in offers]
        policy, limit = call.policy, call.max_choices
    if crowd is None:
        return
    told = job_run.compute(
        simulate, policy, limit, seats, crowd.lists, crowd.scores, crowd.people, call_id
    )
    with job_run.store():
        keep(call_id, ids, crowd, told)


def keep(call_id: int, offer_ids: Sequence[int], crowd: Crowd, told: dict[str, Any]) -> None:
    """Store an estimate in place of the last one."""
    kept = queries.chances_of(call_id) or Chances(call_id=call_id)
    kept.computed_at = clock.now()
    kept.draws = told["draws"]
    kept.people = len(crowd.lists)
    kept.earlier = crowd.earlier
    kept.middle_score = None if crowd.scores is None else median(crowd.scores)
    kept.got = {str(offer): row for offer, row in zip(offer_ids, told["got"], strict=True)}
    db.session.add(kept)
    db.session.flush()


def crowd_of(call: Call, offers: Sequence[Offer]) -> Crowd | None:
    """Whose lists to draw from: the applicants so far, or those of the last round like it.

    While there are fewer applicants than that round had, as many as it had take part in a draw.
    Scores not given yet are drawn from those that are. None with fewer than LEAST_PEOPLE lists.
    """
    position = {offer.id: at for at, offer in enumerate(offers)}
    now = [
        ([position[offer] for offer in choices if offer in position], score)
        for choices, score in queries.lists_so_far(call)
    ]
    before = _last_round(call, offers)
    known = [score for _list, score in now if score is not None]
    known = known or [score for _list, score in before]
    draw = random.Random(call.id)
    scored = [(row, draw.choice(known) if score is None and known else score) for row, score in now]
    chosen, earlier = (scored, False) if len(scored) >= LEAST_PEOPLE else (before, True)
    if len(chosen) < LEAST_PEOPLE:
        return None
    return Crowd(
        lists=[row[: call.max_choices] for row, _score in chosen],
        scores=[score or 0.0 for _row, score in chosen] if known else None,
        earlier=earlier,
        people=max(len(now), len(before)),
    )


def _last_round(call: Call, offers: Sequence[Offer]) -> list[tuple[list[int], float]]:
    """Lists and scores of the last published round of the direction, at places of the same code."""
    snapshot = queries.snapshot_before(call)
    if snapshot is None:
        return []
    inputs = Inputs(snapshot)
    position = {offer.code: at for at, offer in enumerate(offers)}
    return [
        ([position[code] for code in row if code in position], score)
        for row, score in zip(inputs.lists, inputs.scores, strict=True)
    ]
