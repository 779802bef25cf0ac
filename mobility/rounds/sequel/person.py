"""What has followed the result of one person, read for their page."""

from typing import Any

from ...applications.queries import choices_of
from ...offers.models import VacatedSeats
from ...placements.models import Origin, Placement
from ...placements.queries import placement_of
from .. import queries
from ..models import RunRow
from ..words.second import second_reasons
from . import waiting
from .standing import UPGRADE, group_of

AT_PUBLICATION = frozenset({Origin.ROUND, Origin.PRE_PLACEMENT})


def held_now(row: RunRow) -> dict[str, Any]:
    """What a person holds now, and whether it is something that the publication did not give."""
    placement = placement_of(row.application)
    moved = placement is not None and row.offer_id not in {None, placement.offer_id}
    given = placement is not None and placement.origin not in AT_PUBLICATION
    return {"placement": placement, "moved": moved, "since": moved or given}


def sequel_of(row: RunRow) -> dict[str, Any]:
    """What the second round left a person with, their turns, and whether more can come."""
    application, round_ = row.application, row.run.round
    second_row = queries.second_row_of(application)
    turns: list[tuple[waiting.Turn, Any]] = []
    if waiting.runs(round_):
        offers = queries.offers_by_code(round_.call)
        turns = [
            (turn, offers[turn.code]) for turn in waiting.turns_of(round_, application.pseudonym)
        ]
    return {
        "second_row": second_row,
        "second_reasons": second_reasons(second_row, choices_of(application)) if second_row else [],
        "turns": turns,
        "waits_for_second": _waits_for_second(row, placement_of(application)),
    }


def _waits_for_second(row: RunRow, placement: Placement | None) -> bool:
    """Whether this person is going to be in a second round as things stand."""
    call = row.run.round.call
    return (
        call.vacated is VacatedSeats.SECOND_ROUND
        and call.gives_vacated_seats
        and queries.published_second_round(row.run.round) is None
        and (placement is None or group_of(placement) == UPGRADE)
    )
