"""Chances are estimated anew every hour for each open call that shows them.

The draws are shared by jobs, which any worker carries. What stays is kept by call, with nobody's
name or list in it.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

from ... import clock
from ...db import db, transaction
from ...jobs import JobRun, enqueue, job
from ...offers.models import Call, Offer
from .. import queries
from ..chances import BY_MERIT
from ..computing.chances import DRAWS, simulate
from ..models import Chances, Estimate, EstimatePart
from ..snapshot import Inputs

EVERY: Final = timedelta(hours=1)
LATE: Final = timedelta(minutes=5)
"""How late the work of an hour may have begun without the next hour passing the call over."""
LEAST_PEOPLE: Final = 20
"""With fewer lists to draw from, nothing is estimated."""


SLICE: Final = 50
"""How many draws a job makes, so that as many workers as there are share them."""


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
    """Have each open call estimated anew that shows chances, at most once an hour."""
    with job_run.store():
        for call_id in queries.calls_to_estimate(BY_MERIT, clock.now() - EVERY + LATE):
            begin_estimate(db.session.get_one(Call, call_id))


def begin_estimate(call: Call) -> Estimate | None:
    """Take down what is drawn from, and queue the parts; None with too few people.

    What of the last estimate has not come in by now never will, and is left.
    """
    offers = [offer for offer in queries.offers_in_play(call) if offer.is_open]
    crowd = crowd_of(call, offers)
    drop_estimate(queries.estimate_of(call.id))
    if crowd is None:
        return None
    begun = Estimate(
        call_id=call.id,
        asked_at=clock.now(),
        asked={
            "policy": call.policy,
            "limit": call.max_choices,
            "seats": [offer.seats for offer in offers],
            "offers": [offer.id for offer in offers],
            **asdict(crowd),
        },
    )
    db.session.add(begun)
    db.session.flush()
    for begin in range(0, DRAWS, SLICE):
        enqueue(draw_part, estimate_id=begun.id, begin=begin)
    return begun


def drop_estimate(estimate: Estimate | None) -> None:
    """Take an estimate away with the parts that have come in."""
    if estimate is not None:
        db.session.delete(estimate)
        db.session.flush()


def _given_up(error: str, estimate_id: int, begin: int) -> None:
    """Without one of its parts an estimate is none; the last one stands until the next."""
    drop_estimate(db.session.get(Estimate, estimate_id))


@job("rounds.chances-part", on_failure=_given_up, patient=True)
def draw_part(job_run: JobRun, estimate_id: int, begin: int) -> None:
    """Simulate some of the rounds of an estimate; whoever brings the last part puts it together."""
    with transaction(write=False):
        estimate = db.session.get(Estimate, estimate_id)
        if estimate is None:
            return
        asked, call_id = estimate.asked, estimate.call_id
    told = job_run.compute(simulate, *arguments(asked, call_id), begin, begin + SLICE)
    with job_run.store():
        bring_part(estimate_id, begin, told)


def arguments(asked: dict[str, Any], call_id: int) -> tuple[Any, ...]:
    """What `simulate` is given of an estimate; the call's number is the seed."""
    names = ("policy", "limit", "seats", "lists", "scores", "people")
    return (*(asked[name] for name in names), call_id)


def bring_part(estimate_id: int, begin: int, told: dict[str, Any]) -> None:
    """Keep a part; with the last one the whole takes the place of the last estimate."""
    estimate = queries.locked_estimate(estimate_id)
    if estimate is None or begin in {part.begin for part in estimate.parts}:
        return  # left, or brought before by a worker that died right after
    estimate.parts.append(EstimatePart(begin=begin, draws=told["draws"], got=told["got"]))
    if len(estimate.parts) * SLICE < DRAWS:
        return
    _keep(estimate)
    drop_estimate(estimate)


def _keep(estimate: Estimate) -> None:
    asked = estimate.asked
    kept = queries.chances_of(estimate.call_id) or Chances(call_id=estimate.call_id)
    kept.computed_at = estimate.asked_at
    kept.draws = sum(part.draws for part in estimate.parts)
    kept.people = len(asked["lists"])
    kept.earlier = asked["earlier"]
    kept.middle_score = None if asked["scores"] is None else median(asked["scores"])
    kept.got = {
        str(offer): [sum(column) for column in zip(*rows, strict=True)]
        for offer, rows in zip(
            asked["offers"], zip(*(part.got for part in estimate.parts), strict=True), strict=True
        )
    }
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
