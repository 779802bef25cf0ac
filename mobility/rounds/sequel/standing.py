"""How a published round stands: who holds what, who may move up, who is out, what seats there are.

`write_standing` takes it down as canonical JSON beside the snapshot, by pseudonyms and codes; a
second round reads the two and nothing else.
"""

import json
from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...offers.models import Call, Offer
from ...placements.models import PlacementStatus
from ...placements.queries import live_counts
from .. import queries
from ..models import Round
from ..snapshot import Inputs, bounds_of, canonical

if TYPE_CHECKING:
    from matching import Instance, Result

FORMAT = "sapar-standing/1"
LOCKED, LEFT, UPGRADE, PENDING = "locked", "left", "upgrade", "pending"


def group_of(placement: Any) -> str:
    """What a person with a placement is to the giving of vacated seats."""
    if placement.answer is PlacementStatus.OFFERED:
        return PENDING
    if not placement.is_live:
        return LEFT
    return UPGRADE if placement.may_move_up else LOCKED


def write_standing(round_: Round) -> str:
    """Canonical JSON of how a round stands now: keys sorted, no blanks, UTF-8.

    `people` are those who got a place since the publication, in pseudonym order, with the rank of
    the choice they hold. `seats` are those for people of this round, taken or free; at a place
    that is no longer open only those that are taken. `quotas` are as in the snapshot, with the
    placements of other calls of the year as they are now; what answers have broken already only
    bars more of the same. Offers have their codes of the round.
    """
    call = round_.call
    inputs = Inputs(round_.snapshot or "")
    offers = [queries.offers_by_code(call)[code] for code in inputs.codes]
    placements = queries.placements_by_pseudonym(call)
    holders = {name: placements[name] for name in sorted(placements.keys() & inputs.place_of)}
    inside = Counter(one.offer_id for one in holders.values() if one.is_live)
    outside = Counter(live_counts([offer.id for offer in offers])) - inside
    form = {
        "format": FORMAT,
        "snapshot": round_.snapshot_hash,
        "offers": [
            {"code": code, "seats": _seats(offer, inside[offer.id], outside[offer.id])}
            for code, offer in zip(inputs.round_codes, offers, strict=True)
        ],
        "quotas": _quotas(call, inputs, offers, inside, outside),
        "people": [
            {"pseudonym": pseudonym, "group": group_of(placement), "rank": placement.rank}
            for pseudonym, placement in holders.items()
        ],
    }
    return canonical(form)


def same_people(one: str, other: str) -> bool:
    """Whether two standings agree in everything but what other calls leave of a quota."""
    first, second = json.loads(one), json.loads(other)
    return {**first, "quotas": None} == {**second, "quotas": None}


def _seats(offer: Offer, inside: int, outside: int) -> int:
    """`outside`: people with a place by an appeal whom the round had left out."""
    return max(offer.seats - outside if offer.is_open else 0, inside)


def _quotas(
    call: Call,
    inputs: Inputs,
    offers: Sequence[Offer],
    inside: Counter[int],
    outside: Counter[int],
) -> list[dict[str, Any]]:
    codes = dict(zip((offer.id for offer in offers), inputs.round_codes, strict=True))
    rows = []
    for bound in bounds_of(call, offers):
        own, others = (
            sum(weight * held[offer] for offer, weight in bound.weights.items())
            for held in (inside, outside)
        )
        weights = sorted((codes[offer], weight) for offer, weight in bound.weights.items())
        rows.append(
            {
                "offers": [code for code, _weight in weights],
                "weights": [weight for _code, weight in weights],
                "lower": None if bound.lower is None else min(bound.lower - others, own),
                "upper": None if bound.upper is None else max(bound.upper - others, own),
            }
        )
    return rows


@dataclass(frozen=True)
class Standing:
    """A standing, read beside the snapshot it belongs to."""

    inputs: Inputs
    text: str

    @cached_property
    def form(self) -> dict[str, Any]:
        form: dict[str, Any] = json.loads(self.text)
        if form["format"] != FORMAT:
            raise ValueError(f"a standing of format {form['format']}, not {FORMAT}")
        return form

    def positions(self, group: str) -> list[int]:
        """The positions in the snapshot of everybody in a group."""
        return [
            self.inputs.place_of[row["pseudonym"]]
            for row in self.form["people"]
            if row["group"] == group
        ]

    @cached_property
    def ranks(self) -> dict[int, int]:
        """The rank that each person holds, by position; who left is not in it."""
        return {
            self.inputs.place_of[row["pseudonym"]]: row["rank"]
            for row in self.form["people"]
            if row["group"] != LEFT
        }

    @cached_property
    def now(self) -> Inputs:
        """The inputs with the seats and the quotas of now.

        A minimum has done its work where people hold places: it may not take the place of those
        who stay. It goes on for places that stayed empty.
        """
        inputs = copy(self.inputs)
        for stale in ("capacity", "of_one_offer", "binding"):
            inputs.__dict__.pop(stale, None)
        held = {self.inputs.lists[who][rank - 1] for who, rank in self.ranks.items()}
        inputs.seats = [row["seats"] for row in self.form["offers"]]
        inputs.min_seats = [
            0 if code in held else min(least, seats)
            for code, least, seats in zip(inputs.codes, inputs.min_seats, inputs.seats, strict=True)
        ]
        position = {code: at for at, code in enumerate(inputs.round_codes)}
        inputs.quotas = [
            {**row, "offers": [position[code] for code in row["offers"]]}
            for row in self.form["quotas"]
        ]
        return inputs

    def instance(self, policy: str, seed: str) -> "Instance":
        """The snapshot's instance with the seats and the quotas of now."""
        return self.now.instance(policy, seed)

    def result(self, instance: "Instance", policy: str, seed: str) -> "Result":
        """What everybody holds, as a result of the instance."""
        import numpy as np  # see instance

        from matching import UNMATCHED, Result, chosen_by

        choice = np.full(len(instance.indptr) - 1, UNMATCHED, dtype=np.int64)
        for who, rank in self.ranks.items():
            choice[who] = instance.indptr[who] + rank - 1
        return Result(
            policy=policy,
            seed=int(seed),
            choice=choice,
            chosen=chosen_by(choice, len(instance.offer)),
            lottery=instance.lottery,
            objective=0.0,
            placed=len(self.ranks),
        )
