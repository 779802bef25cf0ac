"""Serial dictatorship: in order of merit each takes the best that is left."""

import numpy as np

from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.policies.priority import by_merit
from matching.result import UNMATCHED, IntArray, Result

NAME = "serial_dictatorship"


def _solve(instance: Instance, lottery: IntArray, seed: int) -> Result:
    """O(k) after sorting. Svensson (1999), "Strategy-proof allocation of indivisible goods"."""
    begins, offers = instance.indptr.tolist(), instance.offer.tolist()
    left = instance.capacity.tolist()
    choice = [UNMATCHED] * instance.applicants
    for who in by_merit(instance, lottery).tolist():
        for at in range(begins[who], begins[who + 1]):
            if left[offers[at]]:
                left[offers[at]] -= 1
                choice[who] = at
                break
    return make_result(NAME, instance, np.array(choice, dtype=np.int64), lottery, seed)


SERIAL_DICTATORSHIP = Policy(
    name=NAME,
    title="Serial dictatorship",
    solve=_solve,
    stable=True,
    strategy_proof=True,
    lucky="lower",
)
