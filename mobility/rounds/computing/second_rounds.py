"""One computation of a second round: plain values in, plain values out, no database."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from time import perf_counter
from typing import Any, TypedDict

from ..sequel.standing import LEFT, LOCKED, UPGRADE, Standing
from ..snapshot import Inputs, engine_version
from .runs import NotFeasible


class Row(TypedDict):
    """What somebody is left with: the ranks they held and have now, None for no place."""

    pseudonym: str
    held_rank: int | None
    code: str | None
    rank: int | None


class Outcome(TypedDict):
    """Everything a second round stores."""

    rows: list[Row]
    stats: dict[str, Any]
    certificate: dict[str, Any]
    prices: dict[str, Any] | None
    engine: str
    seconds: float


def compute_second(snapshot: str, standing: str, policy: str, seed: str) -> Outcome:
    """Match the vacated seats, and certify what was decided now.

    The certificate is about the instance that is left when the locked are set aside: no other
    way to give the vacated seats is better under the policy. Raises NotFeasible.
    """
    from matching import solve, verify  # numpy, scipy; jobs only

    begun = perf_counter()
    stands = Standing(Inputs(snapshot), standing)
    second = _second(stands, policy, seed)
    rest = second.rest
    found = solve(rest.instance, second.policy, seed=int(seed))
    certificate = verify(rest.instance, found)
    if not certificate.feasible:
        raise NotFeasible("; ".join(certificate.reasons))
    rows = _rows(stands, rest, found.chosen)
    check_rows(stands, rows)
    return {
        "rows": rows,
        "stats": _stats(stands, rows),
        "certificate": {
            "feasible": certificate.feasible,
            "optimal": certificate.optimal,
            "bound": certificate.bound,
            "gap": certificate.gap,
            "proof": certificate.proof,
            "reasons": list(certificate.reasons),
        },
        "prices": None
        if found.prices is None
        else {"scale": rest.instance.scale, "values": found.prices.tolist()},
        "engine": engine_version(),
        "seconds": perf_counter() - begun,
    }


def _second(stands: Standing, policy: str, seed: str) -> Any:
    from matching import second_round  # see compute_second

    instance = stands.instance(policy, seed)
    return second_round(
        instance,
        stands.result(instance, policy, seed),
        locked=stands.positions(LOCKED),
        left=stands.positions(LEFT),
        upgrade=stands.positions(UPGRADE),
    )


def _rows(stands: Standing, rest: Any, chosen: Any) -> list[Row]:
    """What everybody has now who is neither locked nor out, in pseudonym order."""
    inputs = stands.inputs
    now: dict[int, int] = {}
    starts = [0, *accumulate(len(wishes) for wishes in inputs.lists)]
    for position, granted in zip(rest.positions.tolist(), chosen.tolist(), strict=True):
        if granted:
            who = bisect_right(starts, position) - 1
            now[who] = position - starts[who] + 1
    aside = {*stands.positions(LOCKED), *stands.positions(LEFT)}
    return [
        {
            "pseudonym": pseudonym,
            "held_rank": stands.ranks.get(who),
            "code": inputs.lists[who][now[who] - 1] if who in now else None,
            "rank": now.get(who),
        }
        for who, pseudonym in enumerate(inputs.pseudonyms)
        if who not in aside
    ]


def check_rows(stands: Standing, rows: Sequence[Row]) -> None:
    """Raise NotFeasible where somebody loses, gets what they did not list, or seats run out.

    In plain Python and without the solver, so that it stands on its own.
    """
    inputs = stands.inputs
    aside = {*stands.positions(LOCKED), *stands.positions(LEFT)}
    held = [inputs.lists[who][rank - 1] for who, rank in stands.ranks.items() if who in aside]
    for row in rows:
        who = inputs.place_of[row["pseudonym"]]
        if who in aside:
            raise NotFeasible("a locked person, or one who is out, is in the result")
        if row["held_rank"] != stands.ranks.get(who):
            raise NotFeasible("somebody holds another place than the result says")
        if row["held_rank"] is not None and (row["rank"] is None or row["rank"] > row["held_rank"]):
            raise NotFeasible("somebody who asked to be moved up would lose")
        if row["rank"] is None or row["code"] is None:
            continue
        listed = row["code"] == inputs.lists[who][row["rank"] - 1]
        if not listed or (row["code"] in inputs.closed[who] and row["rank"] != row["held_rank"]):
            raise NotFeasible("somebody would get a place they cannot get")
        held.append(row["code"])
    taken = Counter(held)
    people = [taken[code] for code in inputs.codes]
    for code, count, seats in zip(inputs.codes, people, stands.now.seats, strict=True):
        if count > seats:
            raise NotFeasible(f"more people than seats at {code}")
    for quota in stands.now.quotas:
        total = sum(
            weight * people[offer]
            for offer, weight in zip(quota["offers"], quota["weights"], strict=True)
        )
        upper, lower = quota["upper"], quota["lower"]
        if (upper is not None and total > upper) or (lower is not None and total < lower):
            raise NotFeasible("more people than the agreements or the balance allow")


def _stats(stands: Standing, rows: Sequence[Row]) -> dict[str, Any]:
    """The sums; `given` and `free` by code: seats that somebody new has, and that are left.

    `vacated`: the seats that were free, vacated or never taken.
    """
    profile = [0] * stands.inputs.limit
    placed = moved = kept = 0
    for row in rows:
        if row["rank"] is None:
            continue
        profile[row["rank"] - 1] += 1
        placed += row["held_rank"] is None
        moved += row["held_rank"] is not None and row["rank"] < row["held_rank"]
        kept += row["rank"] == row["held_rank"]
    live = len(stands.ranks)
    given, free = _by_place(stands, rows)
    return {
        "given": given,
        "free": free,
        "vacated": sum(stands.now.seats) - live,
        "took_part": len(rows),
        "placed": placed,
        "moved": moved,
        "kept": kept,
        "locked": len(stands.positions(LOCKED)),
        "left": len(stands.positions(LEFT)),
        "profile": profile,
    }


def _by_place(stands: Standing, rows: Sequence[Row]) -> tuple[dict[str, int], dict[str, int]]:
    inputs = stands.inputs
    given = Counter(
        row["code"] for row in rows if row["code"] is not None and row["rank"] != row["held_rank"]
    )
    stays = {inputs.place_of[row["pseudonym"]]: row["rank"] for row in rows}
    ranks = {**stands.ranks, **{who: rank for who, rank in stays.items() if rank is not None}}
    taken = Counter(inputs.lists[who][rank - 1] for who, rank in ranks.items())
    free = {
        code: seats - taken[code]
        for code, seats in zip(inputs.codes, stands.now.seats, strict=True)
        if seats > taken[code]
    }
    return dict(sorted(given.items())), free
