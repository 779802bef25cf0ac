"""The offline job: places and requests of two tables, matched and laid out.

No database and no service: the same `matching` as in a round of the service, on files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from ...tables.grid import Cell

if TYPE_CHECKING:
    from matching import Certificate, Result


@dataclass(frozen=True)
class Place:
    """A row of the places; level and field are for the simulation, and may be missing."""

    code: str
    institution: str
    title: str
    seats: int
    level: str = ""
    field: str = ""


@dataclass(frozen=True)
class Request:
    """A row of the requests: merit 0..100 with at most two decimals, place codes best first."""

    applicant: str
    merit: Decimal
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """One matching of the two tables; `reasons` has a code for each unplaced request, "" else."""

    places: tuple[Place, ...]
    requests: tuple[Request, ...]
    limit: int
    ranks: tuple[int, ...]
    reasons: tuple[str, ...]
    profile: tuple[int, ...]
    result: "Result"
    certificate: "Certificate"

    @property
    def placed(self) -> int:
        return sum(rank > 0 for rank in self.ranks)

    @property
    def seats(self) -> int:
        return sum(place.seats for place in self.places)


def match(
    places: Sequence[Place],
    requests: Sequence[Request],
    *,
    limit: int,
    policy: str,
    seed: int,
) -> Outcome:
    """Match the requests to the places.

    Applicants take part in the order of their names and places in the order of their codes,
    so that neither the order of rows nor a resort of the file redraws the lottery.
    """
    from matching import (  # numpy: only the command that matches pays for it
        Instance,
        draw_lottery,
        rank_profile,
        solve,
        unplaced_reasons,
        verify,
    )

    people = sorted(range(len(requests)), key=lambda row: requests[row].applicant)
    codes = sorted(place.code for place in places)
    number = {code: index for index, code in enumerate(codes)}
    seats = {place.code: place.seats for place in places}
    instance = Instance.from_lists(
        [[number[code] for code in requests[row].choices] for row in people],
        [seats[code] for code in codes],
        merit=[float(requests[row].merit) for row in people],
        limit=limit,
        lottery=draw_lottery(len(people), seed),
    )
    result = solve(instance, policy, seed=seed)
    certificate = verify(instance, result)
    if not certificate.feasible:
        raise RuntimeError(f"{policy} broke a rule: {'; '.join(certificate.reasons)}")
    why = unplaced_reasons(instance, result)
    ranks, reasons = [0] * len(requests), [""] * len(requests)
    for position, row in enumerate(people):
        if result.choice[position] >= 0:
            ranks[row] = int(instance.rank[result.choice[position]])
        reasons[row] = str(why[position])
    return Outcome(
        tuple(places),
        tuple(requests),
        limit,
        tuple(ranks),
        tuple(reasons),
        tuple(int(count) for count in rank_profile(instance, result)),
        result,
        certificate,
    )


def placement_rows(outcome: Outcome) -> list[list[Cell]]:
    """One row an applicant, in the order of the requests: `columns.PLACEMENTS`."""
    by_code = {place.code: place for place in outcome.places}
    rows: list[list[Cell]] = []
    for request, rank, reason in zip(outcome.requests, outcome.ranks, outcome.reasons, strict=True):
        if not rank:
            rows.append([request.applicant, None, None, None, None, reason_text(reason)])
            continue
        place = by_code[request.choices[rank - 1]]
        rows.append([request.applicant, place.code, place.institution, place.title, rank, None])
    return rows


def reason_text(reason: str) -> str:
    """Why somebody is unplaced, in the reader's language."""
    return {
        "no_choices": _("listed no place"),
        "all_full": _("every listed place went to other applicants"),
        "no_seats": _("the listed places have no seats"),
    }[reason]
