"""Deferred acceptance: applicants propose, offers keep the best by merit for now."""

import numpy as np

from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.policies.priority import behind_the_best, by_lottery, by_merit, scores_per_choice
from matching.result import IntArray, Result

NAME = "deferred_acceptance"


def _solve(instance: Instance, lottery: IntArray, seed: int, time_limit: float) -> Result:
    """O(k log n): nobody proposes to an offer twice.

    Gale & Shapley (1962), "College admissions and the stability of marriage". Merit is the
    applicant's, or each offer's own where it is given per choice; ties at every offer by
    the one lottery. Choices of the same rank are proposed to in the order of the list. So
    no offer that someone ranks strictly better than what they got has a free seat or
    someone after them, and no other list serves them strictly better; but among tied
    choices a swap that suits both may be left.
    """
    # inline: numba takes longer to import than this package may
    from matching.policies.compiled import propose

    if scores_per_choice(instance):
        order, behind = by_lottery(lottery), behind_the_best(instance)
    else:
        order, behind = by_merit(instance, lottery), np.empty(0, dtype=np.int64)
    turn = np.empty_like(order)
    turn[order] = np.arange(len(order))
    listed = np.bincount(instance.offer, minlength=instance.offers)
    begins = np.concatenate([[0], np.cumsum(np.minimum(instance.capacity, listed))])
    choice = propose(instance.indptr, instance.offer, begins, order, turn, behind)
    return make_result(NAME, instance, choice, lottery, seed)


DEFERRED_ACCEPTANCE = Policy(
    name=NAME,
    title="Deferred acceptance",
    solve=_solve,
    stable=True,
    strategy_proof=True,
    lucky="lower",
)
