"""How likely each choice of a list is, by playing the round many times."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matching.arrays import FloatArray
from matching.costs import MERIT_SCALE
from matching.errors import UnsupportedConstraint
from matching.instance import Instance
from matching.measures import last_admitted, lottery_of_choices, merits
from matching.policies import solve
from matching.residual import FAR, Moves
from matching.result import IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Chances:
    """How often each list got each of its choices.

    indptr (l + 1,), offer (c,): the lists, as in `Instance`. got (c,): in how many of the
    `draws` the choice was granted. nothing (l,): in how many none was.
    """

    indptr: IntArray
    offer: IntArray
    got: IntArray
    nothing: IntArray
    draws: int

    @property
    def probability(self) -> FloatArray:
        """Share of the draws that granted each choice. (c,)."""
        return self.got / max(1, self.draws)


def chances(
    instance: Instance,
    applicant_lists: Sequence[Sequence[int]],
    draws: int | range,
    seed: int,
    *,
    policy: str = "linear_assignment",
    merit: Iterable[Any] | None = None,
    competitors: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Chances:
    """Probability of each choice for one applicant more, for each of `applicant_lists` by itself.

    Each draw takes `competitors` (as many as the instance has, unless given) from the
    applicants of `instance` with replacement, gives everybody a new lottery number, runs the
    policy, and looks what the newcomer would get with each list. `merit`: of the newcomer, a
    number for each list, or for each choice where offers score their own way; 0 without it.
    `progress(done, draws)` is called after each draw. Draw d depends on `seed` and d alone: a
    range of draws gives the part of a larger run, and parts add up.

    Linear assignment: one solve a draw, then two shortest-path searches say what a newcomer
    costs everybody else at each offer, in cost and in lottery; the newcomer gets what a new
    solve with them would give, where several results are not even equal in both. Deferred
    acceptance and serial dictatorship: the last admitted tell; exact with one order of
    merit, and slightly too hopeful where offers score their own way, since who is turned
    away may return by another path. O(k log k) a draw besides the solve.

    The limits: the lists of the instance stand for what others will do, so the past repeats
    itself or the present does not change; others do not react to the newcomer; a share p
    of d draws is known to about sqrt(p (1 - p) / d). Constraints beyond capacities, costs
    of one's own and policies over profiles raise UnsupportedConstraint.
    """
    plays = range(draws) if isinstance(draws, int) else draws
    if policy not in WHAT_A_NEWCOMER_GETS:
        raise UnsupportedConstraint(policy, "chances")
    for constraint in sorted(instance.asks_for):
        raise UnsupportedConstraint(policy, f"{constraint} in chances")
    lists = Instance.from_lists(
        applicant_lists,
        instance.capacity,
        merit=merit,
        weight=instance.weight,
        limit=instance.limit,
    )
    size = instance.applicants if competitors is None else competitors
    got = np.zeros(len(lists.offer), dtype=np.int64)
    for done, play in enumerate(plays, start=1):
        random = np.random.default_rng([seed, play])
        drawn = _bootstrap(instance, size, random)
        # between the numbers of two competitors, or before or after all
        number = 2 * int(random.integers(drawn.applicants + 1)) + 1
        got[WHAT_A_NEWCOMER_GETS[policy](drawn, lists, number, policy)] += 1
        if progress is not None:
            progress(done, len(plays))
    by_list = np.bincount(lists.applicant, weights=got, minlength=lists.applicants)
    return Chances(
        indptr=lists.indptr,
        offer=lists.offer,
        got=got,
        nothing=len(plays) - by_list.astype(np.int64),
        draws=len(plays),
    )


def _bootstrap(instance: Instance, size: int, random: np.random.Generator) -> Instance:
    """`size` applicants drawn with replacement, with lottery numbers 2, 4, 6, ... shuffled."""
    people = random.integers(instance.applicants, size=size if instance.applicants else 0)
    lengths = np.diff(instance.indptr)[people]
    # who chooses nothing competes for nothing
    people, lengths = people[lengths > 0], lengths[lengths > 0]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    at = np.arange(indptr[-1]) + np.repeat(instance.indptr[people] - indptr[:-1], lengths)
    merit = instance.merit
    if merit is not None:
        merit = merit[people if len(merit) == instance.applicants else at]
    return Instance(
        indptr=indptr,
        offer=instance.offer[at],
        rank=instance.rank[at],
        capacity=instance.capacity,
        merit=merit,
        lottery=2 * (1 + random.permutation(len(people))),
        weight=instance.weight,
        limit=instance.limit,
    )


def _by_merit(drawn: Instance, lists: Instance, number: int, policy: str) -> IntArray:
    """The first choice of each list where the newcomer stands before the last admitted."""
    result = solve(drawn, policy, seed=0)
    held = np.bincount(drawn.offer[result.chosen], minlength=drawn.offers)
    last = last_admitted(drawn, result)[lists.offer]
    # a sentinel stands where nobody was admitted
    last_merit = np.append(merits(drawn), np.inf)[last]
    last_number = np.append(lottery_of_choices(drawn, result), 0)[last]
    own = merits(lists)
    gets = (own > last_merit) | ((own == last_merit) & (number < last_number))
    gets |= (held < drawn.capacity)[lists.offer]
    granted = np.flatnonzero(gets)
    first: IntArray = granted[_first_of_each(lists.applicant[granted])]
    return first


def _by_cost(drawn: Instance, lists: Instance, number: int, policy: str) -> IntArray:
    """The choice of each list that leaves most placed, then costs least, then suits the lottery.

    A newcomer at an offer with a free seat costs nobody anything; at a full one somebody
    leaves it on the cheapest way to a free seat or to nothing.
    """
    result = solve(drawn, policy, seed=0)
    moves = Moves.of(drawn, result)
    away = moves.graph.distances_to(moves.outside)
    luck = moves.luck_to(moves.outside, away, result)[lists.offer]
    open_to = np.flatnonzero(away[lists.offer] != FAR)
    placed, cost = moves.split(away[lists.offer[open_to]])
    # merits with decimals have costs in hundredths, on either side
    cost = cost * (MERIT_SCALE // drawn.scale) + lists.costs[open_to] * (MERIT_SCALE // lists.scale)
    luck = luck[open_to] + number * lists.rank[open_to]
    # staying moves nobody: no seat more or less, at no cost
    better = (placed == 0) | (cost < 0)
    better |= (cost == 0) & (luck < number * (lists.limit + 1))
    owner = lists.applicant[open_to]
    order = np.lexsort((luck, cost, -placed, owner))
    order = order[better[order]]
    first: IntArray = open_to[order[_first_of_each(owner[order])]]
    return first


def _first_of_each(owner: IntArray) -> IntArray:
    """Positions of the first of each run of equals."""
    return np.flatnonzero(np.diff(owner, prepend=-1))


WHAT_A_NEWCOMER_GETS: Final[dict[str, Callable[[Instance, Instance, int, str], IntArray]]] = {
    "linear_assignment": _by_cost,
    "deferred_acceptance": _by_merit,
    "serial_dictatorship": _by_merit,
}
"""From the drawn competitors, the lists and the newcomer's lottery number: the positions in
`lists.offer` of what is granted, at most one for each list."""
