"""The frozen inputs of a round: one canonical text, and the arrays read from it.

The text names people by pseudonyms and offers by codes. Whoever has it can compute the round.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..applications.eligibility import obstacles
from ..applications.models import Application
from ..offers.models import Call, Offer

if TYPE_CHECKING:
    from matching import Instance

FORMAT = "sapar-round/1"


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


def write_snapshot(call: Call, offers: Iterable[Offer], approved: Iterable[Application]) -> str:
    """Canonical JSON of a round's inputs: keys sorted, no blanks, UTF-8.

    Applicants stand in pseudonym order, offers in code order. An offer that somebody lists but
    that is no longer open has no seats. `closed` are the choices of a person who does not meet
    the conditions of those offers (any more): they keep their rank and are never granted.
    """
    form = {
        "format": FORMAT,
        "engine": engine_version(),
        "call": {
            "direction": call.direction.value,
            "term": call.term,
            "max_choices": call.max_choices,
            "merit_weight": call.merit_weight,
        },
        "offers": [
            {"code": offer.code, "seats": offer.seats if offer.is_open else 0}
            for offer in sorted(offers, key=lambda offer: offer.code)
        ],
        "applicants": [
            {
                "pseudonym": application.pseudonym,
                "score": round(application.score or 0.0, 2),
                "choices": [choice.offer.code for choice in application.choices],
                "closed": _closed(application),
            }
            for application in sorted(approved, key=lambda application: application.pseudonym)
        ],
    }
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _closed(application: Application) -> list[str]:
    """The codes of open offers among the choices for which the applicant is not eligible."""
    profile = application.applicant.profile
    return sorted(
        choice.offer.code
        for choice in application.choices
        if choice.offer.is_open and obstacles(profile, choice.offer)
    )


def hash_of(snapshot: str) -> str:
    """SHA-256 (hex) of a snapshot's text."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


class Inputs:
    """A snapshot, read: people and offers by position."""

    def __init__(self, snapshot: str) -> None:
        form: dict[str, Any] = json.loads(snapshot)
        if form["format"] != FORMAT:
            raise ValueError(f"a snapshot of format {form['format']}, not {FORMAT}")
        self.limit: int = form["call"]["max_choices"]
        self.weight: int = form["call"]["merit_weight"]
        self.codes: list[str] = [offer["code"] for offer in form["offers"]]
        self.seats: list[int] = [offer["seats"] for offer in form["offers"]]
        self.pseudonyms: list[str] = [row["pseudonym"] for row in form["applicants"]]
        self.scores: list[float] = [row["score"] for row in form["applicants"]]
        self.lists: list[list[str]] = [row["choices"] for row in form["applicants"]]
        self.closed: list[set[str]] = [set(row["closed"]) for row in form["applicants"]]
        self.barred = sorted(set[str]().union(*self.closed))

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

    def instance(self, policy: str, seed: str) -> "Instance":
        """The arrays of `matching`, with the lottery that `seed` draws."""
        from matching import POLICIES, Instance  # numpy only where a round is computed

        return Instance.from_lists(
            self.rows,
            [*self.seats, *(0 for _ in self.barred)],
            merit=self.scores,
            weight=self.weight,
            limit=self.limit,
            lottery=self.lottery(seed, POLICIES[policy].lucky),
        )

    def lottery(self, seed: str, lucky: str = "lower") -> list[int]:
        """Lottery numbers 1..n in the order of the SHA-256 digests of "seed:pseudonym".

        The least digest is the luckiest: number 1 where the `lower` number is lucky, n where the
        `higher` is. A number hangs on the seed and the own pseudonym alone, so that nobody can
        redraw it by touching the inputs of the round.
        """
        people = range(len(self.pseudonyms))
        digests = [
            hashlib.sha256(f"{seed}:{pseudonym}".encode()).digest() for pseudonym in self.pseudonyms
        ]
        order = sorted(people, key=digests.__getitem__, reverse=lucky == "higher")
        numbers = [0] * len(order)
        for number, who in enumerate(order, start=1):
            numbers[who] = number
        return numbers
