"""Annual quotas and the balance of exchange as bounds over the offers of a call."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import or_, select

from ... import clock
from ...agreements.models import CooperationCondition
from ...db import db
from ...offers.models import Call, Offer
from ...placements.models import MobilityStatus, Placement, PlacementStatus
from ...placements.queries import people


@dataclass(frozen=True)
class Bound:
    """A quota over offers: `lower` <= sum of the weight of each offer × people there <= `upper`.

    `weights` is by offer id; `meaning` says what it is, for the partners' file alone. `counts`:
    how much a student and how much a teacher counts; a team is both.
    """

    weights: Mapping[int, int]
    lower: int | None
    upper: int | None
    meaning: Mapping[str, Any]
    counts: tuple[int, int] = (1, 1)


def bounds_of(
    call: Call,
    offers: Iterable[Offer],
    placed: Mapping[int, int] = MappingProxyType({}),
    *,
    quotas: bool | None = None,
) -> list[Bound]:
    """What the call's rules and the agreements bind: a quota a condition, a balance a pair.

    `placed`: by offer, how many an override has placed before the round; they count as live.
    `quotas`: whether to keep those of the year, where it is not for the rules to say.
    """
    offers = list(offers)
    live = Counter(live_placements(call))
    for offer in offers:
        live[offer.condition_id] += placed.get(offer.id, 0)
    bounds = []
    if call.keeps_annual_quotas if quotas is None else quotas:
        bounds += annual_quotas(offers, live)
    if call.balance_tolerance is not None:
        bounds += balances(offers, live, call.balance_tolerance)
    if call.has_pools:
        bounds += pools(offers)
    return bounds


def pools(offers: Iterable[Offer]) -> list[Bound]:
    """The seats for students and those for teachers of each offer that has both kinds."""
    return [
        Bound({offer.id: 1}, None, seats if offer.is_open else 0, {"kind": kind}, counts)
        for offer in offers
        for kind, seats, counts in (
            ("seats for students", offer.seats, (1, 0)),
            ("seats for teachers", offer.staff_seats, (0, 1)),
        )
    ]


def annual_quotas(offers: Sequence[Offer], live: Mapping[int, int]) -> list[Bound]:
    """Mobilities a year of each condition, less those that are live there already."""
    by_condition: dict[CooperationCondition, dict[int, int]] = defaultdict(dict)
    for offer in offers:
        by_condition[offer.condition][offer.id] = 1
    return [
        Bound(
            weights,
            lower=None,
            upper=max(0, condition.mobilities_per_year - live.get(condition.id, 0)),
            meaning={
                "kind": "annual quota",
                "sending": condition.sending.schac,
                "receiving": condition.receiving.schac,
                "direction": condition.direction.value,
                "mobilities_per_year": condition.mobilities_per_year,
                "live": live.get(condition.id, 0),
            },
        )
        for condition, weights in by_condition.items()
    ]


def balances(offers: Sequence[Offer], live: Mapping[int, int], tolerance: int) -> list[Bound]:
    """For each pair of HEIs: people one way less people the other way, over all directions.

    Live placements of other rounds enter as a fixed offset. Nobody can be made to go, so what the
    offset alone already breaks only bars more of the same: in a one-way call it is an upper bound.
    """
    offsets = _exchange(live)
    pairs: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for offer in offers:
        sending, receiving = offer.sending.schac, offer.receiving.schac
        first, second = sorted((sending, receiving))
        pairs[first, second][offer.id] = 1 if sending == first else -1
    return [
        _balance(pair, weights, offsets.get(pair, 0), tolerance) for pair, weights in pairs.items()
    ]


def _balance(pair: tuple[str, str], weights: dict[int, int], offset: int, tolerance: int) -> Bound:
    there, back = 1 in weights.values(), -1 in weights.values()
    return Bound(
        weights,
        lower=min(0, -tolerance - offset) if back else None,
        upper=max(0, tolerance - offset) if there else None,
        meaning={
            "kind": "balance",
            "from": pair[0],
            "to": pair[1],
            "offset": offset,
            "tolerance": tolerance,
        },
    )


def _exchange(live: Mapping[int, int]) -> dict[tuple[str, str], int]:
    """By pair of SCHAC codes in order: people the one way less people the other way."""
    conditions = db.session.scalars(
        select(CooperationCondition).where(CooperationCondition.id.in_(live))
    )
    net: dict[tuple[str, str], int] = defaultdict(int)
    for condition in conditions:
        sending, receiving = condition.sending.schac, condition.receiving.schac
        first, second = sorted((sending, receiving))
        net[first, second] += live[condition.id] * (1 if sending == first else -1)
    return net


def live_placements(call: Call) -> dict[int, int]:
    """By condition: placements of the academic year, of calls of other rounds, that still stand."""
    rows = db.session.execute(
        select(Offer.condition_id, people())
        .join(Placement, Placement.offer_id == Offer.id)
        .join(Placement.application)
        .join(Offer.call)
        .where(
            Call.id.not_in(call.together_ids),
            Call.term.startswith(f"{call.academic_year}/"),
            or_(
                Placement.status == PlacementStatus.ACCEPTED,
                (Placement.status == PlacementStatus.OFFERED)
                & (Placement.answer_until > clock.now()),
            ),
            or_(
                Placement.mobility_status.is_(None),
                Placement.mobility_status != MobilityStatus.CANCELLED,
            ),
        )
        .group_by(Offer.condition_id)
    )
    return dict(rows.all())
