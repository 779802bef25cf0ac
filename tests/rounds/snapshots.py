"""Snapshots without a database, in the form that a freeze writes."""

import json
from typing import Any

from mobility.rounds.snapshot import (
    BY_MERIT,
    FORMAT,
    PARTNERS,
    canonical,
    code_of,
    digest_of,
    engine_version,
    parts_of,
)


def snapshot(
    *, limit, weight, seats, people, policy="linear_assignment", quotas=(), commitments=(), **offers
):
    """`seats`: own code → seats; `people`: pseudonym → (score, choices, closed) in own codes.

    `offers` may give `min_seats` and `may_close` by own code.
    """
    codes = {own: code_of(at) for at, own in enumerate(seats)}
    people = dict(sorted(people.items()))
    private = {
        "format": PARTNERS,
        "salt": "0" * 32,
        "offers": {code: {"code": own} for own, code in codes.items()},
        "groups": {},
        "scores": [score for score, _choices, _closed in people.values()],
    }
    order = {score: at for at, score in enumerate(sorted(set(private["scores"])))}
    public = {
        "format": FORMAT,
        "engine": engine_version(),
        "rules": {"policy": policy, "max_choices": limit, "merit_weight": weight},
        "commitments": list(commitments),
        "overrides": {"excluded": 0, "pre_placed": []},
        "partner_file": digest_of(canonical(private)),
        "offers": [
            {
                "code": codes[own],
                "seats": count,
                "min_seats": offers.get("min_seats", {}).get(own, 0),
                "may_close": offers.get("may_close", {}).get(own, False),
            }
            for own, count in seats.items()
        ],
        "quotas": [
            {**quota, "offers": [codes[own] for own in quota["offers"]]} for quota in quotas
        ],
        "applicants": [
            {
                "pseudonym": pseudonym,
                "order": order[score],
                **({} if policy in BY_MERIT else {"factor": 10_000 + weight * round(100 * score)}),
                "choices": [codes[own] for own in choices],
                "closed": sorted(codes[own] for own in closed),
            }
            for pseudonym, (score, choices, closed) in people.items()
        ],
    }
    return canonical({"private": private, "public": public})


def public_part(snapshot: str) -> dict[str, Any]:
    """What the public file shows of a snapshot, read."""
    part: dict[str, Any] = json.loads(parts_of(snapshot)[1])
    return part
