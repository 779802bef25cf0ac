"""Deferred acceptance: applicants propose, offers keep the best by merit for now."""

from heapq import heappush, heappushpop

import numpy as np

from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.policies.priority import by_merit
from matching.result import UNMATCHED, IntArray, Result

NAME = "deferred_acceptance"


def _solve(instance: Instance, lottery: IntArray, seed: int) -> Result:
    """O(k log n): nobody proposes to an offer twice.

    Gale & Shapley (1962), "College admissions and the stability of marriage".
    """
    n = instance.applicants
    order = by_merit(instance, lottery)
    turn = np.empty(n, dtype=np.int64)
    turn[order] = np.arange(n)
    turns, at_turn = turn.tolist(), order.tolist()
    begins, offers = instance.indptr.tolist(), instance.offer.tolist()
    seats = instance.capacity.tolist()
    # heaps of negated turns: the first to go is the one with the latest turn
    held: list[list[int]] = [[] for _ in seats]
    following = begins[:-1]
    proposing = list(range(n))
    while proposing:
        who = proposing.pop()
        at = following[who]
        if at == begins[who + 1]:
            following[who] = UNMATCHED
            continue
        following[who] += 1
        offer = offers[at]
        if len(held[offer]) < seats[offer]:
            heappush(held[offer], -turns[who])
        elif seats[offer]:
            proposing.append(at_turn[-heappushpop(held[offer], -turns[who])])
        else:
            proposing.append(who)
    # the last proposal of everybody still standing is the one that was kept
    choice = np.array([UNMATCHED if at == UNMATCHED else at - 1 for at in following], np.int64)
    return make_result(NAME, instance, choice, lottery, seed)


DEFERRED_ACCEPTANCE = Policy(
    name=NAME,
    title="Deferred acceptance",
    solve=_solve,
    stable=True,
    strategy_proof=True,
    lucky="lower",
)
