"""What one person is told of a run, as plain values that a row of it keeps."""

from typing import Any, Final, TypedDict

FEW: Final = 5
"""With fewer people than this at an offer, nothing is said of the last of them."""

Claim = dict[str, Any]
"""`rank` and `kind`, and the numbers of the kind:

ineligible   the conditions of the offer were not met when the inputs were frozen
no_seats     the offer had none
quota_full   others took what the year's quota leaves of its seats, which is none
cutoff       `score`, `lottery` of the person; `last_score`, `last_lottery` of the last admitted,
             None where fewer than FEW were admitted
cost         `admitted` people, `cost`, `price` (None without prices), `lower_by` (None where no
             cost would do), `difference` of the results (likewise), `places_lost`, `exact`; in
             units of 1 / `scale`
profile      `decided_by` ("placed", a rank, or None) and how many people it would be `fewer`
             (below 0: more)

`quotas`, of any kind: those of which each, lifted for this person alone, gives them this choice or
one above it, by `group` and with what the partners' file says of it.
"""


class Told(TypedDict):
    """What one person is told. `at`: own cost and price of what was granted, where costs decide.

    `score_enough`: by rank, the least score known to give that choice or one above it, all else
    equal; None where no score would. A rank is missing where neither is known, and where fewer
    than FEW were admitted and it would tell of one of them.
    """

    rank: int | None
    scale: int
    at: dict[str, int | None] | None
    score: float
    score_enough: dict[str, float | None]
    claims: list[Claim]


def nothing_missed(rank: int | None) -> Told:
    """For who got their first choice, or made none."""
    return {"rank": rank, "scale": 1, "at": None, "score": 0.0, "score_enough": {}, "claims": []}
