"""Why people did not get what they would rather have: claims of the engine as plain values.

`claims_of` runs in a child process: plain values in, plain values out, no database. What is said
of them in words stands in `explanation`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypedDict

from .snapshot import Inputs

if TYPE_CHECKING:
    from matching import BelowCutoff, CostsMore, Explanation, Instance, Result, WorseProfile

FEW: Final = 5
"""With fewer people than this at an offer, nothing is said of the last of them."""

SCORES: Final = 10_000
"""Scores go from 0 to 100 in hundredths."""

TOGETHER: Final = 500
"""People explained at once: what they have in common is looked up once."""

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


def claims_of(
    snapshot: str, policy: str, seed: str, pseudonyms: Sequence[str], seconds: float
) -> dict[str, Told]:
    """Solve the snapshot again and explain to each of `pseudonyms`, as far as `seconds` reach.

    At least TOGETHER people are explained. The rank of each is told with it, to be compared with
    the stored one.
    """
    from matching import solve  # heavy; jobs only

    inputs = Inputs(snapshot)
    instance = inputs.instance(policy, seed)
    result = solve(instance, policy, seed=int(seed))
    number = {pseudonym: who for who, pseudonym in enumerate(inputs.pseudonyms)}
    people = [number[one] for one in pseudonyms]
    return tell(inputs, instance, result, people, seconds)


def tell(
    inputs: Inputs, instance: "Instance", result: "Result", people: Sequence[int], seconds: float
) -> dict[str, Told]:
    """What the people with these numbers are told of a result, by pseudonym."""
    from matching import explain_many

    until = monotonic() + seconds
    solved = _Solved(inputs, instance, result)
    # those who hold the same place stand together: the ways to it are looked up once
    home = [*instance.offer.tolist(), instance.offers]
    together = sorted(people, key=lambda who: home[int(result.choice[who])])
    told: dict[str, Told] = {}
    for some in _slices(together):
        for explanation in explain_many(instance, result, some):
            told[inputs.pseudonyms[explanation.applicant]] = _told(solved, explanation)
        if monotonic() > until:
            break
    return told


def _slices(people: Sequence[int]) -> Iterator[list[int]]:
    for begin in range(0, len(people), TOGETHER):
        yield list(people[begin : begin + TOGETHER])


class _Solved:
    """A round and its result, with how many people got each offer."""

    def __init__(self, inputs: Inputs, instance: "Instance", result: "Result") -> None:
        self.inputs, self.instance, self.result = inputs, instance, result
        self._held = Counter(instance.offer[result.chosen].tolist())

    def admitted(self, choice: int) -> int:
        """How many people got the offer of a choice."""
        return self._held[int(self.instance.offer[choice])]


def _told(solved: _Solved, explanation: "Explanation") -> Told:
    inputs, instance = solved.inputs, solved.instance
    who = explanation.applicant
    begin = int(instance.indptr[who])
    codes = inputs.lists[who]
    closed = inputs.closed[who]
    granted = explanation.granted[0] if explanation.granted else None
    claims: list[Claim] = []
    for reason in explanation.reasons:
        rank = reason.choice - begin + 1
        numbers = {"kind": "ineligible"} if codes[rank - 1] in closed else _numbers(solved, reason)
        claims.append({"rank": rank, "quotas": _quotas(solved, reason), **numbers})
    return {
        "rank": None if granted is None else granted - begin + 1,
        "scale": instance.scale,
        "at": _cost_of(instance, solved.result, who, granted),
        "score": inputs.scores[who],
        "score_enough": _scores_enough(inputs, instance, who, granted, claims),
        "claims": claims,
    }


def _numbers(solved: _Solved, reason: "CostsMore | BelowCutoff | WorseProfile") -> Claim:
    from matching import BelowCutoff, CostsMore

    offer = int(solved.instance.offer[reason.choice])
    if not solved.instance.capacity[offer]:
        return {"kind": "quota_full" if solved.inputs.seats[offer] else "no_seats"}
    if isinstance(reason, BelowCutoff):
        return _cutoff(solved, reason)
    if isinstance(reason, CostsMore):
        return _cost(solved, reason)
    return _profile(solved, reason)


def _quotas(
    solved: _Solved, reason: "CostsMore | BelowCutoff | WorseProfile"
) -> list[dict[str, Any]]:
    """The quotas that stood in the way of a choice.

    One of a single offer is kept by its seats: where it leaves fewer than there are, who is not
    counted by it may take one of the others and moves nobody. Only where something else ties
    offers together does that have to be tried.
    """
    inputs = solved.inputs
    rows = [inputs.binding[row] for row in getattr(reason, "quotas", ())]
    offer = int(solved.instance.offer[reason.choice])
    if (
        offer < len(inputs.seats)
        and inputs.capacity[offer] < inputs.seats[offer]
        and (not solved.instance.asks_for or _takes_a_seat_beside(solved, reason.choice))
    ):
        rows += [quota for quota in inputs.of_one_offer if quota["offers"] == [offer]]
    return [{"group": quota["group"], **inputs.groups.get(quota["group"], {})} for quota in rows]


def _takes_a_seat_beside(solved: _Solved, choice: int) -> bool:
    """Whether somebody gets a choice or one above it, with a seat more there for them alone."""
    from matching.variants import solve_again

    instance = solved.instance
    offer = instance.offer.copy()
    offer[choice] = instance.offers
    _, again = solve_again(
        instance,
        solved.result,
        offer=offer,
        capacity=[*instance.capacity, 1],
        min_seats=[*instance.min_seats, 0],
        may_close=[*instance.may_close, False],
    )
    begin = instance.indptr[instance.applicant[choice]]
    return bool(again.chosen[begin : choice + 1].any())


def _cutoff(solved: _Solved, reason: "BelowCutoff") -> Claim:
    hidden = solved.admitted(reason.choice) < FEW
    return {
        "kind": "cutoff",
        "score": reason.merit,
        "lottery": reason.lottery,
        "last_score": None if hidden else reason.last_merit,
        "last_lottery": None if hidden else reason.last_lottery,
    }


def _cost(solved: _Solved, reason: "CostsMore") -> Claim:
    return {
        "kind": "cost",
        "admitted": solved.admitted(reason.choice),
        "cost": reason.cost,
        "price": reason.price,
        "lower_by": reason.lower_by,
        "difference": reason.difference,
        "places_lost": reason.places_lost,
        "exact": reason.exact,
    }


def _profile(solved: _Solved, reason: "WorseProfile") -> Claim:
    from matching import rank_profile

    if reason.profile is None or reason.decided_by is None:
        fewer = None
    elif isinstance(reason.decided_by, str):
        fewer = solved.result.placed - sum(reason.profile)
    else:
        at = reason.decided_by - 1
        fewer = int(rank_profile(solved.instance, solved.result)[at]) - reason.profile[at]
    return {
        "kind": "profile",
        "possible": reason.profile is not None,
        "decided_by": reason.decided_by,
        "fewer": fewer,
    }


def _cost_of(
    instance: "Instance", result: "Result", who: int, granted: int | None
) -> dict[str, int | None] | None:
    from matching.reasons.by_cost import price_of

    if result.policy != "linear_assignment":
        return None
    if granted is None:
        return {"cost": int(instance.stay[who]), "price": 0}
    return {"cost": int(instance.costs[granted]), "price": price_of(instance, result, granted)}


def _scores_enough(
    inputs: Inputs, instance: "Instance", who: int, granted: int | None, claims: list[Claim]
) -> dict[str, float | None]:
    """For each choice the score from which on this one or a better one is granted.

    A higher score multiplies what all choices of a person weigh, and the rest of the round stays
    as it is: with s hundredths of a score more, choice j costs w * s * (k_j - k) less against the
    granted one, where k = (L + 1)**2 - rank**2, and has its `difference` to make up for. The
    outcome never falls with the score, so halving finds the least. Only for costs of the default
    kind, and only where every claim is exact. Where two are equal the lottery speaks: the score
    named is above that.
    """
    rivals = [claim for claim in claims if claim["kind"] == "cost"]
    if instance.cost is not None or not all(claim["exact"] for claim in rivals):
        return {}
    if not inputs.weight:
        return {}
    finer = 100 // instance.scale
    own = _weight(instance, granted)
    gains = [
        inputs.weight * ((inputs.limit + 1) ** 2 - claim["rank"] ** 2 - own) for claim in rivals
    ]
    lacks = [
        None if claim["difference"] is None else claim["difference"] * finer for claim in rivals
    ]
    most = SCORES - round(inputs.scores[who] * 100)
    enough: dict[str, float | None] = {}
    for count, claim in enumerate(rivals, start=1):
        race = _Race(gains, lacks, count)
        if race.lost(most):
            enough[str(claim["rank"])] = None
        elif claim["admitted"] >= FEW and race.won(most):
            more = _least(race.won, most)
            enough[str(claim["rank"])] = (round(inputs.scores[who] * 100) + more) / 100
    return enough


def _weight(instance: "Instance", granted: int | None) -> int:
    if granted is None:
        return 0
    return (instance.limit + 1) ** 2 - int(instance.rank[granted]) ** 2


class _Race:
    """The first `count` choices against the others and what was granted, as the score rises."""

    def __init__(self, gains: Sequence[int], lacks: Sequence[int | None], count: int) -> None:
        self._all = list(zip(gains, lacks, strict=True))
        self._count = count

    def won(self, more: int) -> bool:
        return self._ahead(more) < self._behind(more)

    def lost(self, more: int) -> bool:
        return self._ahead(more) > self._behind(more)

    def _ahead(self, more: int) -> float:
        return _lack(self._all[: self._count], more)

    def _behind(self, more: int) -> float:
        return min(0, _lack(self._all[self._count :], more))


def _lack(some: Sequence[tuple[int, int | None]], more: int) -> float:
    """What the best of `some` still lacks with `more` hundredths of a score."""
    left = [lack - gain * more for gain, lack in some if lack is not None]
    return min(left, default=float("inf"))


def _least(holds: Any, most: int) -> int:
    """The least of 1..most from which on something holds that holds at `most`."""
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
