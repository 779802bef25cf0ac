"""The waiting order: a vacated seat goes to the first who ranked it above what they hold.

One line for everybody, by merit and then by lottery. Somebody who still has time to answer for
another place keeps their turn: the seat they would move up to waits for their answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...offers.models import Offer, VacatedSeats
from ...placements.models import Placement
from .. import queries
from ..models import Round, RoundStatus
from ..snapshot import BY_MERIT, Inputs
from .standing import LEFT, LOCKED, PENDING, group_of
from .vacated import Room


@dataclass(frozen=True)
class Waiting:
    """Somebody in line: the places they ranked above the one they hold, best first."""

    pseudonym: str
    wishes: tuple[tuple[int, str], ...]
    held: str | None = None
    pending: bool = False


def runs(round_: Round) -> bool:
    """Whether the waiting order gives seats now."""
    call = round_.call
    if round_.status is not RoundStatus.PUBLISHED or not call.gives_vacated_seats:
        return False
    return (
        call.vacated is VacatedSeats.WAITING_ORDER
        or queries.published_second_round(round_) is not None
    )


@lru_cache(maxsize=4)
def _inputs(snapshot: str) -> Inputs:
    return Inputs(snapshot)


@lru_cache(maxsize=4)
def _order(snapshot: str, seed: str) -> tuple[int, ...]:
    """Everybody in the snapshot by merit and, at equal merit, by lottery; the first in front."""
    inputs = _inputs(snapshot)
    lottery = inputs.lottery(seed)
    lucky = 1 if inputs.policy in BY_MERIT else -1  # the end that was lucky in the round
    people = range(len(inputs.pseudonyms))
    return tuple(sorted(people, key=lambda who: (-inputs.scores[who], lucky * lottery[who])))


def line_of(round_: Round) -> list[Waiting]:
    """Everybody who waits for a seat, the first in front.

    Who is locked, or out, does not wait; nor does anybody for a place whose conditions they did
    not meet when the inputs were frozen.
    """
    run = round_.published_run
    assert run is not None
    assert round_.snapshot is not None
    inputs = _inputs(round_.snapshot)
    held = queries.placements_by_pseudonym(round_.call)
    return list(_in_line(inputs, _order(round_.snapshot, run.seed), held))


def _in_line(
    inputs: Inputs, order: Iterable[int], held: Mapping[str, Placement]
) -> Iterator[Waiting]:
    for who in order:
        pseudonym = inputs.pseudonyms[who]
        placement = held.get(pseudonym)
        group = None if placement is None else group_of(placement)
        if group in {LOCKED, LEFT}:
            continue
        wishes = tuple(
            (rank, code)
            for rank, code in enumerate(inputs.lists[who], start=1)
            if (placement is None or rank < placement.rank) and code not in inputs.closed[who]
        )
        if wishes:
            yield Waiting(
                pseudonym,
                wishes,
                held=None if placement is None else placement.offer.code_in_round,
                pending=group == PENDING,
            )


def next_gift(line: Iterable[Waiting], room: Room) -> tuple[int, Waiting, int, str] | None:
    """Who is given the next seat: their place in the line, who, the rank and code of the offer.

    A seat that somebody would move up to who has not answered yet is left for them.
    """
    left = room.copy()
    for number, person in enumerate(line):
        for rank, code in person.wishes:
            if not left.has(code, person.held):
                continue
            if not person.pending:
                return number, person, rank, code
            left.reserve(code, person.held or code)
            break
    return None


@dataclass(frozen=True)
class Turn:
    """Where somebody stands in line for a place."""

    rank: int
    code: str
    number: int
    people: int


def turns_of(round_: Round, pseudonym: str) -> list[Turn]:
    """Where a person stands in line for each place they wait for, best ranked first."""
    line = line_of(round_)
    own = next((person for person in line if person.pseudonym == pseudonym), None)
    if own is None:
        return []
    numbers: Counter[str] = Counter()
    people: Counter[str] = Counter()
    reached = False
    for person in line:
        reached = reached or person is own
        for _rank, code in person.wishes:
            people[code] += 1
            numbers[code] += not reached
    return [Turn(rank, code, numbers[code] + 1, people[code]) for rank, code in own.wishes]


def lines(round_: Round) -> dict[str, list[str]]:
    """By place the pseudonyms of those who wait for it, the first in front."""
    found: dict[str, list[str]] = {}
    for person in line_of(round_):
        for _rank, code in person.wishes:
            found.setdefault(code, []).append(person.pseudonym)
    return found


def lengths(round_: Round) -> list[tuple[Offer, int, int]]:
    """(offer, free seats, people in line) of each place that somebody waits for, by code."""
    offers = queries.offers_by_code(round_.call)
    room = Room(offers, ())
    people = Counter(code for person in line_of(round_) for _rank, code in person.wishes)
    return [(offers[code], max(room.free[code], 0), people[code]) for code in sorted(people)]
