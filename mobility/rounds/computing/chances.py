"""How often each place would take a person: rounds simulated before there is one."""

from time import monotonic
from typing import Any, Final

DRAWS: Final = 200
PART: Final = 20
MOST_SECONDS: Final = 75.0
STEP: Final = 5
GRID: Final = list(range(0, 101, STEP))
"""The scores for which chances are kept; a score counts as the one of these below it."""


def simulate(
    policy: str,
    limit: int,
    seats: list[int],
    lists: list[list[int]],
    scores: list[float] | None,
    people: int,
    seed: int,
    begin: int = 0,
    end: int = DRAWS,
) -> dict[str, Any]:
    """In how many of the draws `begin` to `end` each offer takes a newcomer of each score of GRID.

    Runs in a child process. Under an order of merit a list of one place tells what the place
    would do, whatever stands above or below it. As many draws as MOST_SECONDS allow, and PART at
    least. Each draw depends on its number and the seed alone, so that parts add up.
    """
    import numpy as np  # heavy; jobs only

    from matching import Instance, chances

    until = monotonic() + MOST_SECONDS
    crowd = Instance.from_lists(lists, seats, merit=scores, limit=limit)
    alone = [[offer] for offer in range(len(seats)) for _score in GRID]
    merit = None if scores is None else GRID * len(seats)
    parts = []
    done = begin
    while done < end and (done == begin or monotonic() < until):
        part = range(done, min(done + PART, end))
        told = chances(crowd, alone, part, seed, policy=policy, merit=merit, competitors=people)
        parts.append(told.got)
        done = part.stop
    return {"draws": done - begin, "got": np.sum(parts, axis=0).reshape(len(seats), -1).tolist()}
