"""Invented requests for real places: nobody publishes what exchange students asked for.

The model, so that nobody takes it for data: popularity falls like Zipf's law over the places in
a drawn order; people list places of their own field and level mostly; merit follows a beta
distribution; some lists are short, a few are empty. Same places and seed, same requests: the
generator is Python's own, whose streams do not change between versions.
"""

import hashlib
import random
import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from .job import Place

FIELDS = ("0113", "0231", "0311", "0413", "0541", "0613", "0714")
"""ISCED-F: training of teachers, languages, economics, management, mathematics, software,
electronics."""

LEVELS = (6, 7, 8)
_SHARE_OF_LEVEL = (70, 25, 5)
_LEVEL_SETS = ((6, 7), (6, 7), (6, 7, 8), (6,), (7, 8))

ZIPF_EXPONENT = 0.8
OWN_FIELD = 0.8
FULL_LIST = 0.6
EMPTY_LIST = 0.01
MERIT_SHAPE = (5.0, 2.2)


@dataclass(frozen=True)
class SimulatedRequest:
    """A request of nobody: merit with two decimals, EQF level, ISCED-F field, place codes."""

    applicant: str
    merit: float
    level: int
    field: str
    choices: tuple[str, ...]


def simulate_requests(
    places: Sequence[Place], *, applicants: int, seed: int, choices: int
) -> list[SimulatedRequest]:
    """`applicants` requests with up to `choices` of the places each. O(n L log m)."""
    rng = random.Random(seed)
    market = _Market(places, rng)
    width = len(str(applicants))
    requests = []
    for number in range(1, applicants + 1):
        level = rng.choices(LEVELS, _SHARE_OF_LEVEL)[0]
        field = rng.choice(market.fields)
        merit = round(100 * rng.betavariate(*MERIT_SHAPE), 2)
        wanted = market.choices(rng, level, field, _list_length(rng, choices))
        requests.append(SimulatedRequest(f"S{number:0{width}}", merit, level, field, wanted))
    return requests


def field_of(place: Place) -> str:
    """The place's field: its own column, else one that hangs on its code and title alone."""
    return place.field or FIELDS[_digest(place, "field") % len(FIELDS)]


def levels_of(place: Place) -> tuple[int, ...]:
    """The EQF levels that may come: the place's own column ("6, 7"), else drawn in the same way."""
    named = tuple(int(level) for level in re.findall("[5-8]", place.level))
    return named or _LEVEL_SETS[_digest(place, "level") % len(_LEVEL_SETS)]


def _digest(place: Place, purpose: str) -> int:
    text = "\0".join((purpose, place.code, place.title))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _list_length(rng: random.Random, choices: int) -> int:
    drawn = rng.random()
    if drawn < EMPTY_LIST:
        return 0
    return choices if drawn < EMPTY_LIST + FULL_LIST else rng.randint(1, choices)


class _Market:
    """The places by level and field, with how popular they are."""

    def __init__(self, places: Sequence[Place], rng: random.Random) -> None:
        order = list(range(len(places)))
        rng.shuffle(order)
        self.places = places
        self.popularity = {
            index: (position + 1) ** -ZIPF_EXPONENT for position, index in enumerate(order)
        }
        self.fields = sorted({field_of(place) for place in places})
        self.pools: dict[tuple[int, str], _Pool] = {}
        for level in LEVELS:
            able = [i for i, place in enumerate(places) if level in levels_of(place)]
            for field in self.fields:
                own = [i for i in able if field_of(places[i]) == field]
                self.pools[level, field] = _Pool(own, self.popularity)
            self.pools[level, ""] = _Pool(able, self.popularity)

    def choices(self, rng: random.Random, level: int, field: str, length: int) -> tuple[str, ...]:
        """Distinct codes, best first; fewer where not enough places are open to the level."""
        own, able = self.pools[level, field], self.pools[level, ""]
        taken: dict[int, None] = {}
        for _attempt in range(20 * length):
            if len(taken) >= min(length, len(able)):
                break
            pool = own if len(own) and rng.random() < OWN_FIELD else able
            taken[pool.draw(rng)] = None
        return tuple(self.places[index].code for index in taken)


class _Pool:
    """Places to draw from by popularity."""

    def __init__(self, members: list[int], popularity: dict[int, float]) -> None:
        self.members = members
        self.cumulated = list(accumulate(popularity[index] for index in members))

    def __len__(self) -> int:
        return len(self.members)

    def draw(self, rng: random.Random) -> int:
        at = bisect(self.cumulated, rng.random() * self.cumulated[-1])
        return self.members[min(at, len(self.members) - 1)]
