"""The frozen inputs of a round: one canonical text of two parts, and the arrays read from it.

The public part names people by pseudonyms, offers and groups by codes of this round alone. It has
no names, institutions, units, levels or scores, and whoever has it can compute the round. The
private part is the partners' file: what the codes mean, and the scores. Its hash stands in the
public part, so that nobody can say afterwards that a code meant something else; a salt keeps the
hash from being guessed open. The hash of the snapshot is that of the public part.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..applications.eligibility import obstacles
from ..applications.models import Application
from ..offers.models import Call, Offer
from .draw import key_from, lottery_number, places_of

if TYPE_CHECKING:
    from matching import Instance, Quota

FORMAT = "sapar-round/2"
PARTNERS = "sapar-partners/1"
BY_MERIT = frozenset({"deferred_acceptance", "serial_dictatorship"})


@cache
def engine_version() -> str:
    """The solver by its name and the first digits of the SHA-256 of its source, file by file."""
    spec = find_spec("matching")  # found, not imported: numpy stays away from the web
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return f"matching {digest.hexdigest()[:12]}"


def canonical(form: Any) -> str:
    """JSON with sorted keys, without blanks, in UTF-8: equal content gives equal bytes."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def public_part(snapshot: str) -> dict[str, Any]:
    """What the public file shows of a snapshot."""
    part: dict[str, Any] = json.loads(snapshot)["public"]
    return part


def hash_of(snapshot: str) -> str:
    """The hash of a snapshot: SHA-256 (hex) of its public part. ValueError for a broken binding."""
    parts = json.loads(snapshot)
    if digest_of(canonical(parts["private"])) != parts["public"]["partner_file"]:
        raise ValueError("the partners' file is not the one that was frozen")
    return digest_of(canonical(parts["public"]))


@dataclass(frozen=True)
class Bound:
    """A quota over offers: `lower` <= sum of the weight of each offer × people there <= `upper`.

    `weights` is by offer id; `meaning` says what it is, for the partners' file alone.
    """

    weights: Mapping[int, int]
    lower: int | None
    upper: int | None
    meaning: Mapping[str, Any]


def write_snapshot(
    call: Call,
    offers: Iterable[Offer],
    approved: Iterable[Application],
    *,
    bounds: Sequence[Bound] = (),
    commitments: Sequence[str] = (),
    excluded: int = 0,
) -> str:
    """Canonical text of a round's inputs.

    Offers get their codes in an order drawn here; applicants stand in pseudonym order. An offer
    that somebody lists but that is no longer open has no seats. `closed` are the choices of a
    person who does not meet the conditions of those offers (any more): they keep their rank and
    are never granted. `order` is a person's place by score from 0, the lowest; equal scores share
    one. `excluded` people were taken out by an override. `factor` is
    100 × (100 + weight × score); a rule by order alone does without.
    """
    offers = list(offers)
    secrets.SystemRandom().shuffle(offers)
    people = sorted(approved, key=lambda application: application.pseudonym)
    private = {
        "format": PARTNERS,
        "salt": secrets.token_hex(16),
        "offers": {code_of(at): _meaning(offer) for at, offer in enumerate(offers)},
        "groups": {group_of(at): dict(bound.meaning) for at, bound in enumerate(bounds)},
        "scores": [round(application.score or 0.0, 2) for application in people],
    }
    position = {offer.id: at for at, offer in enumerate(offers)}
    public = {
        "format": FORMAT,
        "engine": engine_version(),
        "rules": {
            "policy": call.policy,
            "max_choices": call.max_choices,
            "merit_weight": call.merit_weight,
            "keeps_annual_quotas": call.keeps_annual_quotas,
            "balance_tolerance": call.balance_tolerance,
        },
        "commitments": list(commitments),
        "overrides": {"excluded": excluded},
        "partner_file": digest_of(canonical(private)),
        "offers": [_offer(at, offer) for at, offer in enumerate(offers)],
        "quotas": [_quota(at, bound, position) for at, bound in enumerate(bounds)],
        "applicants": _applicants(call, people, position),
    }
    return canonical({"private": private, "public": public})


def code_of(position: int) -> str:
    """The code of an offer in its round."""
    return f"P{position + 1:04d}"


def group_of(position: int) -> str:
    """The code of a quota in its round."""
    return f"Q{position + 1:03d}"


def _meaning(offer: Offer) -> dict[str, Any]:
    return {
        "code": offer.code,
        "title": offer.title_en or offer.title_ru or offer.title_kk,
        "sending": offer.sending.schac,
        "receiving": offer.receiving.schac,
    }


def _offer(at: int, offer: Offer) -> dict[str, Any]:
    is_open = offer.is_open
    return {
        "code": code_of(at),
        "seats": offer.seats if is_open else 0,
        "min_seats": offer.min_seats if is_open else 0,
        "may_close": offer.may_close,
    }


def _quota(at: int, bound: Bound, position: Mapping[int, int]) -> dict[str, Any]:
    weights = sorted((position[offer], weight) for offer, weight in bound.weights.items())
    return {
        "group": group_of(at),
        "offers": [code_of(offer) for offer, _weight in weights],
        "weights": [weight for _offer, weight in weights],
        "lower": bound.lower,
        "upper": bound.upper,
    }


def _applicants(
    call: Call, people: Sequence[Application], position: Mapping[int, int]
) -> list[dict[str, Any]]:
    hundredths = [round(100 * (application.score or 0)) for application in people]
    order = {score: place for place, score in enumerate(sorted(set(hundredths)))}
    rows = []
    for application, score in zip(people, hundredths, strict=True):
        row = {
            "pseudonym": application.pseudonym,
            "order": order[score],
            "choices": [code_of(position[choice.offer_id]) for choice in application.choices],
            "closed": _closed(application, position),
        }
        if call.policy not in BY_MERIT:
            row["factor"] = 10_000 + call.merit_weight * score
        rows.append(row)
    return rows


def _closed(application: Application, position: Mapping[int, int]) -> list[str]:
    """The codes of open offers among the choices for which the applicant is not eligible."""
    profile = application.applicant.profile
    return sorted(
        code_of(position[choice.offer_id])
        for choice in application.choices
        if choice.offer.is_open and obstacles(profile, choice.offer)
    )


class Inputs:
    """A snapshot, read: people and offers by position, offers called by their own codes.

    Of a public part alone offers have their codes of the round, and scores are those that give
    the same costs and the same order. The offers of quotas are positions.
    """

    def __init__(self, snapshot: str) -> None:
        parts = json.loads(snapshot)
        form: dict[str, Any] = parts.get("public", parts)
        if form["format"] != FORMAT:
            raise ValueError(f"a snapshot of format {form['format']}, not {FORMAT}")
        private = parts.get("private")
        self.hash = digest_of(canonical(form))
        self.engine: str = form["engine"]
        self.rules: dict[str, Any] = form["rules"]
        self.policy: str = self.rules["policy"]
        self.limit: int = self.rules["max_choices"]
        self.weight: int = self.rules["merit_weight"]
        self.excluded: int = form["overrides"]["excluded"]
        self.commitments: list[str] = form["commitments"]
        self.round_codes: list[str] = [offer["code"] for offer in form["offers"]]
        called = {
            code: private["offers"][code]["code"] if private else code for code in self.round_codes
        }
        self.codes: list[str] = list(called.values())
        self.seats: list[int] = [offer["seats"] for offer in form["offers"]]
        self.min_seats: list[int] = [offer["min_seats"] for offer in form["offers"]]
        self.may_close: list[bool] = [offer["may_close"] for offer in form["offers"]]
        self.quotas: list[dict[str, Any]] = [
            {**quota, "offers": [self.round_codes.index(code) for code in quota["offers"]]}
            for quota in form["quotas"]
        ]
        self.groups: dict[str, dict[str, Any]] = private["groups"] if private else {}
        people: list[dict[str, Any]] = form["applicants"]
        self.pseudonyms: list[str] = [row["pseudonym"] for row in people]
        self.factors: list[int] = [row.get("factor", 0) for row in people]
        self.scores: list[float] = (
            private["scores"] if private else [self._score(row) for row in people]
        )
        self.lists: list[list[str]] = [[called[code] for code in row["choices"]] for row in people]
        self.closed: list[set[str]] = [{called[code] for code in row["closed"]} for row in people]
        barred = set[str]().union(*self.closed)
        self.barred = [code for code in self.codes if code in barred]

    def _score(self, row: dict[str, Any]) -> float:
        """The score that a factor tells; where it tells none, one that keeps the order."""
        if self.weight and "factor" in row:
            return float((row["factor"] - 10_000) / self.weight / 100)
        return float(row["order"] / 100)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The position of each person by pseudonym."""
        return {pseudonym: who for who, pseudonym in enumerate(self.pseudonyms)}

    @cached_property
    def rows(self) -> list[list[int]]:
        """Each person's list as positions of offers.

        Behind the offers stands a twin without seats of each offer that is closed to somebody:
        a closed choice means the twin, so that it keeps its rank and cannot be granted.
        """
        offer = {code: index for index, code in enumerate(self.codes)}
        twin = {code: index for index, code in enumerate(self.barred, start=len(offer))}
        return [
            [twin[code] if code in closed else offer[code] for code in choices]
            for choices, closed in zip(self.lists, self.closed, strict=True)
        ]

    @cached_property
    def capacity(self) -> list[int]:
        """The seats of each offer; where it alone has a quota, no more than that leaves."""
        capacity = list(self.seats)
        for quota in self.of_one_offer:
            (offer,) = quota["offers"]
            capacity[offer] = min(capacity[offer], quota["upper"])
        return capacity

    @cached_property
    def of_one_offer(self) -> list[dict[str, Any]]:
        """The quotas that the seats of one offer can keep."""
        return [quota for quota in self.quotas if _is_of_one_offer(quota)]

    @cached_property
    def binding(self) -> list[dict[str, Any]]:
        """The quotas that seats alone do not keep already."""
        return [
            quota for quota in self.quotas if not _is_of_one_offer(quota) and self._can_break(quota)
        ]

    def _can_break(self, quota: dict[str, Any]) -> bool:
        sums = [
            weight * self.capacity[offer]
            for offer, weight in zip(quota["offers"], quota["weights"], strict=True)
        ]
        most, least = sum(x for x in sums if x > 0), sum(x for x in sums if x < 0)
        upper, lower = quota["upper"], quota["lower"]
        return (upper is not None and most > upper) or (lower is not None and least < lower)

    def instance(self, policy: str, seed: str) -> "Instance":
        """The arrays of `matching`, with the lottery that the key `seed` draws.

        Solving raises UnsupportedConstraint for a policy that cannot keep what binds.
        """
        import numpy as np  # numpy only where a round is computed

        from matching import Instance

        minimums: dict[str, Any] = {}
        if any(self.min_seats):
            minimums["min_seats"] = [*self.min_seats, *(0 for _ in self.barred)]
            minimums["may_close"] = [
                closes and least > 0
                for closes, least in zip(self.may_close, self.min_seats, strict=True)
            ] + [False for _ in self.barred]
        offer = np.array([place for choices in self.rows for place in choices], dtype=np.int64)
        return Instance(
            indptr=np.cumsum([0, *map(len, self.rows)]),
            offer=offer,
            capacity=[*self.capacity, *(0 for _ in self.barred)],
            merit=self.scores,
            weight=self.weight,
            limit=self.limit,
            lottery=self.lottery(seed),
            quotas=[self._quota(quota, offer) for quota in self.binding],
            **minimums,
        )

    def _quota(self, quota: dict[str, Any], offer: Any) -> "Quota":
        import numpy as np  # see instance

        from matching import Quota

        weights = np.zeros(len(self.codes) + len(self.barred), dtype=np.int64)
        weights[quota["offers"]] = quota["weights"]
        choices = np.flatnonzero(weights[offer])
        return Quota(choices, weights[offer[choices]], lower=quota["lower"], upper=quota["upper"])

    def numbers(self, seed: str) -> list[int]:
        """Everybody's lottery number, in pseudonym order. `seed`: the key of the draw."""
        key = key_from(seed)
        return [lottery_number(key, self.hash, pseudonym) for pseudonym in self.pseudonyms]

    def lottery(self, seed: str) -> list[int]:
        """The place of everybody's lottery number in rising order, 1..n."""
        return places_of(self.numbers(seed))


def _is_of_one_offer(quota: dict[str, Any]) -> bool:
    return len(quota["offers"]) == 1 and quota["weights"] == [1] and quota["lower"] is None
