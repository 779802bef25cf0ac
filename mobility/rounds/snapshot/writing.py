"""The inputs of a round are written down."""

import secrets
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, combinations
from typing import Any

from ...applications.entries import Entry, PrePlaced
from ...offers.models import Call, Offer
from ...offers.timetable import overlap
from .bounds import Bound
from .text import (
    BY_MERIT,
    FORMAT,
    PARTNERS,
    canonical,
    code_of,
    digest_of,
    engine_version,
    group_of,
    joined,
)


def write_snapshot(
    call: Call,
    offers: Iterable[Offer],
    entries: Sequence[Entry],
    *,
    bounds: Sequence[Bound] = (),
    commitments: Sequence[str] = (),
    excluded: int = 0,
    pre_placed: Sequence[PrePlaced] = (),
) -> tuple[str, str]:
    """Canonical text of a round's inputs, and its hash.

    Offers get their codes in an order drawn here; applicants stand in pseudonym order. An offer
    that somebody lists but that is no longer open has no seats. `closed` are the choices of a
    person who does not meet the conditions of those offers (any more): they keep their rank and
    are never granted. `order` is a person's place by score from 0, the lowest; equal scores share
    one. `excluded` people were taken out by an override; the `pre_placed` were given a seat by one,
    which is no longer among those of the offer. `factor` is
    100 × (100 + weight × score); a rule by order alone does without.

    Where a call gives several courses, credits are in tenths: of each offer, the most of each
    person and the `wants`, how many courses; `clashes` are pairs that meet at one time. Where
    places have seats for students and for teachers, `takes` says how many of each a person or team
    takes, and a quota `counts` them.
    """
    offers = list(offers)
    secrets.SystemRandom().shuffle(offers)
    private = {
        "format": PARTNERS,
        "salt": secrets.token_hex(16),
        "offers": {code_of(at): _meaning(offer) for at, offer in enumerate(offers)},
        "groups": {group_of(at): dict(bound.meaning) for at, bound in enumerate(bounds)},
        "scores": [round(entry.score, 2) for entry in entries],
    }
    position = {offer.id: at for at, offer in enumerate(offers)}
    codes = {offer.id: code_of(at) for at, offer in enumerate(offers)}
    given = Counter(one.offer_id for one in pre_placed)
    partners = canonical(private)
    public = {
        "format": FORMAT,
        "engine": engine_version(),
        "rules": {
            "policy": call.policy,
            "max_choices": call.max_choices,
            "merit_weight": call.merit_weight,
            "keeps_annual_quotas": call.keeps_annual_quotas,
            "balance_tolerance": call.balance_tolerance,
            **({"max_credits": in_tenths(call.max_credits)} if call.gives_several else {}),
        },
        "commitments": list(commitments),
        "overrides": {
            "excluded": excluded,
            "pre_placed": [
                {"pseudonym": one.pseudonym, "offer": codes[one.offer_id], "rank": one.rank}
                for one in pre_placed
            ],
        },
        "partner_file": digest_of(partners),
        "offers": [_offer(at, offer, given[offer.id], call) for at, offer in enumerate(offers)],
        **({"clashes": _clashes(offers)} if call.gives_several else {}),
        "quotas": [_quota(at, bound, position) for at, bound in enumerate(bounds)],
        "applicants": _applicants(call, entries, offers),
    }
    text = canonical(public)
    return joined(partners, text), digest_of(text)


def _meaning(offer: Offer) -> dict[str, Any]:
    return {
        "code": offer.code_in_round,
        "title": offer.title_en or offer.title_ru or offer.title_kk,
        "sending": offer.sending.schac,
        "receiving": offer.receiving.schac,
    }


def _offer(at: int, offer: Offer, given: int, call: Call) -> dict[str, Any]:
    """`given`: how many of its seats are no longer in the round."""
    is_open = offer.is_open
    return {
        "code": code_of(at),
        "seats": offer.all_seats - given if is_open else 0,
        "min_seats": max(0, offer.min_seats - given) if is_open else 0,
        "may_close": offer.may_close,
        **({"credits": in_tenths(offer.ects)} if call.gives_several else {}),
    }


def _clashes(offers: Sequence[Offer]) -> list[list[str]]:
    """Pairs of offers that nobody can attend both of, by their codes."""
    return [
        [code_of(one), code_of(other)]
        for one, other in combinations(range(len(offers)), 2)
        if overlap(offers[one], offers[other])
    ]


def _wants(entry: Entry, offers: Mapping[int, Offer]) -> dict[str, int]:
    """How many courses somebody wants, and their most credits.

    So many as reach the credits wanted even where the smallest listed are given.
    """
    assert entry.credits is not None
    wanted, most = map(in_tenths, entry.credits)
    sizes = sorted(in_tenths(offers[offer].ects) for offer in entry.choices)
    reached = list(accumulate(sizes))
    enough = bisect_left(reached, wanted) + 1
    return {"wants": max(1, min(enough, len(sizes))), "credits": most}


def in_tenths(credits: float | None) -> int:
    """Credits as the engine counts them."""
    return round(10 * (credits or 0))


def _quota(at: int, bound: Bound, position: Mapping[int, int]) -> dict[str, Any]:
    weights = sorted((position[offer], weight) for offer, weight in bound.weights.items())
    return {
        "group": group_of(at),
        "offers": [code_of(offer) for offer, _weight in weights],
        "weights": [weight for _offer, weight in weights],
        "lower": bound.lower,
        "upper": bound.upper,
        **({} if bound.counts == (1, 1) else {"counts": list(bound.counts)}),
    }


def _applicants(
    call: Call, entries: Sequence[Entry], offers: Sequence[Offer]
) -> list[dict[str, Any]]:
    codes = {offer.id: code_of(at) for at, offer in enumerate(offers)}
    by_id = {offer.id: offer for offer in offers}
    hundredths = [round(100 * entry.score) for entry in entries]
    order = {score: place for place, score in enumerate(sorted(set(hundredths)))}
    by_merit, weight = call.policy in BY_MERIT, call.merit_weight
    several, has_pools = call.gives_several, call.has_pools
    rows = []
    for entry, score in zip(entries, hundredths, strict=True):
        row: dict[str, Any] = {
            "pseudonym": entry.pseudonym,
            "order": order[score],
            "choices": [codes[offer] for offer in entry.choices],
            "closed": sorted([codes[offer] for offer in entry.closed]),
        }
        if not by_merit:
            row["factor"] = 10_000 + weight * score
        if several:
            row |= _wants(entry, by_id)
        if has_pools:
            row["takes"] = list(entry.takes)
        rows.append(row)
    return rows
