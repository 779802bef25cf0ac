"""Places with seats for students and others for teachers: what is left of each."""

from collections import Counter

from ..snapshot import Inputs
from .proofs import Ranks

KINDS = ([1, 0], [0, 1])


def by_pools(inputs: Inputs, ranks: Ranks, reasons: list[str]) -> list[str]:
    """The reasons of the unplaced, where a seat left of the other kind is no seat for them."""
    left = _left(inputs, ranks)
    return [
        "all_full" if reason == "outweighed" and not _has_room(inputs, who, left) else reason
        for who, reason in enumerate(reasons)
    ]


def _left(inputs: Inputs, ranks: Ranks) -> Counter[tuple[int, int]]:
    """Seats left by offer and kind, 0 for students and 1 for teachers."""
    left: Counter[tuple[int, int]] = Counter()
    for quota in inputs.quotas:
        if quota.get("counts") in KINDS:
            left[quota["offers"][0], KINDS.index(quota["counts"])] = quota["upper"]
    for who, rank in enumerate(ranks):
        if rank and not isinstance(rank, list):
            for kind, seats in enumerate(inputs.takes[who]):
                left[inputs.rows[who][rank - 1], kind] -= seats
    return left


def _has_room(inputs: Inputs, who: int, left: Counter[tuple[int, int]]) -> bool:
    """Whether some choice of a person has every seat left that they take."""
    return any(
        all(left[place, kind] >= seats for kind, seats in enumerate(inputs.takes[who]))
        for place in inputs.rows[who]
    )
