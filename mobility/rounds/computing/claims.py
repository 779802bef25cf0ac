"""Why people did not get what they would rather have: claims of the engine as plain values.

What is said of them in words stands in `explanation`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ..snapshot import Inputs
from .scores import scores_enough
from .told import FEW, Claim, Told

if TYPE_CHECKING:
    from matching import BelowCutoff, CostsMore, Explanation, Instance, Result, WorseProfile

TOGETHER: Final = 500
"""People explained at once where seats alone bind: what they have in common is looked up once.

What else binds is solved again for each, so there they are explained one by one.
"""


def claims_of(
    snapshot: str, policy: str, seed: str, pseudonyms: Sequence[str], seconds: float
) -> dict[str, Told]:
    """Solve the snapshot again and explain to each of `pseudonyms`, as far as `seconds` reach.

    At least the first slice of people is explained. The rank of each is told with it, to be
    compared with the stored one.
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
    for some in _slices(together, 1 if instance.asks_for - {"cost"} else TOGETHER):
        for explanation in explain_many(instance, result, some):
            told[inputs.pseudonyms[explanation.applicant]] = _told(solved, explanation)
        if monotonic() > until:
            break
    return told


def _slices(people: Sequence[int], size: int) -> Iterator[list[int]]:
    for begin in range(0, len(people), size):
        yield list(people[begin : begin + size])


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
        "score_enough": scores_enough(inputs, instance, who, granted, claims),
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
