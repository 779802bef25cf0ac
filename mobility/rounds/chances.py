"""Chances before the deadline: how often each place would take a person, by simulated rounds.

Only where the rule rewards nobody for acting on them: by merit a place takes those who stand
first, whatever else is on their list and in whatever order, so what it says hangs on the place and
the score alone. Kept by call, with nobody's name or list in it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import monotonic
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .. import clock
from ..applications.models import Application
from ..db import db, transaction
from ..jobs import JobRun, job
from ..offers.models import Call, Offer
from ..status import Kind, Status
from . import queries
from .models import Chances
from .snapshot import Inputs

BY_MERIT: Final = frozenset({"deferred_acceptance", "serial_dictatorship"})
"""The rules under which nobody gains from acting on chances."""

EVERY: Final = timedelta(hours=1)
DRAWS: Final = 200
PART: Final = 20
MOST_SECONDS: Final = 300.0
LEAST_PEOPLE: Final = 20
"""With fewer lists to draw from, nothing is estimated."""

STEP: Final = 5
GRID: Final = list(range(0, 101, STEP))
"""The scores for which chances are kept; a score counts as the one of these below it."""


class Band(Status):
    LIKELY = "likely", _l("likely"), Kind.GOOD
    POSSIBLE = "possible", _l("possible"), Kind.WAITING
    UNLIKELY = "unlikely", _l("unlikely"), Kind.NEUTRAL


@dataclass(frozen=True)
class Crowd:
    """Whose lists are drawn: offers as positions, scores, and whether they are of an earlier round.

    `people` is how many take part in each draw.
    """

    lists: list[list[int]]
    scores: list[float] | None
    earlier: bool
    people: int


@dataclass(frozen=True)
class Chance:
    """How often a place would take somebody: `got` of `draws` simulated rounds."""

    got: int
    draws: int

    @property
    def band(self) -> Band:
        """Likely from four in five on, unlikely below one in five."""
        if 5 * self.got >= 4 * self.draws:
            return Band.LIKELY
        return Band.UNLIKELY if 5 * self.got < self.draws else Band.POSSIBLE


def shown(call: Call) -> bool:
    """Whether the rules of the call show chances, and its policy lets them be shown."""
    return call.shows_chances and call.policy in BY_MERIT


def why_hidden(call: Call) -> str | None:
    """Why a call shows no chances, for who asks; None where it shows them."""
    if call.policy not in BY_MERIT:
        return _(
            "Chances are not shown under the rule of this call, because it would reward acting on "
            "them: somebody could get a place by listing otherwise than they wish."
        )
    if not call.shows_chances:
        return _("The rules of this call do not show chances before the deadline.")
    return None


def score_for(application: Application, kept: Chances) -> float | None:
    """The score by which a person's chances are read; None where no score is known at all."""
    return kept.middle_score if application.score is None else application.score


def chance_at(kept: Chances, offer: Offer, score: float | None) -> Chance | None:
    """A person's chance at a place; None where the place came after the last estimate."""
    row = kept.got.get(str(offer.id))
    if row is None:
        return None
    return Chance(row[int((score or 0.0) // STEP)], kept.draws)


# --- The estimate ---------------------------------------------------------------------------------


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


def simulate(
    policy: str,
    limit: int,
    seats: list[int],
    lists: list[list[int]],
    scores: list[float] | None,
    people: int,
    seed: int,
    *,
    draws: int = DRAWS,
) -> dict[str, Any]:
    """In how many `draws` each offer takes a newcomer of each score of GRID.

    Runs in a child process. Under an order of merit a list of one place tells what the place
    would do, whatever stands above or below it. As many draws as MOST_SECONDS allow, and PART at
    least.
    """
    import numpy as np  # heavy; jobs only

    from matching import Instance, chances

    until = monotonic() + MOST_SECONDS
    crowd = Instance.from_lists(lists, seats, merit=scores, limit=limit)
    alone = [[offer] for offer in range(len(seats)) for _score in GRID]
    merit = None if scores is None else GRID * len(seats)
    parts = []
    done = 0
    while done < draws and (not done or monotonic() < until):
        part = range(done, min(done + PART, draws))
        told = chances(crowd, alone, part, seed, policy=policy, merit=merit, competitors=people)
        parts.append(told.got)
        done = part.stop
    return {"draws": done, "got": np.sum(parts, axis=0).reshape(len(seats), -1).tolist()}
