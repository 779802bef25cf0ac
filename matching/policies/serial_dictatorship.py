"""Serial dictatorship: in order of merit each takes the best that is left."""

from matching.errors import UnsupportedConstraint
from matching.instance import Instance
from matching.policies.policy import Policy, make_result
from matching.policies.priority import by_merit, scores_per_choice
from matching.result import IntArray, Result

NAME = "serial_dictatorship"


def _solve(instance: Instance, lottery: IntArray, seed: int, time_limit: float) -> Result:
    """O(k) after sorting. Svensson (1999), "Strategy-proof allocation of indivisible goods".

    There is one order for all offers, so merit per choice is refused. Of choices of the
    same rank the one that stands first in the list is taken.
    """
    # inline: numba takes longer to import than this package may
    from matching.policies.compiled import take_turns

    if scores_per_choice(instance):
        raise UnsupportedConstraint(NAME, "merit per choice")
    order = by_merit(instance, lottery)
    choice = take_turns(instance.indptr, instance.offer, instance.capacity, order)
    return make_result(NAME, instance, choice, lottery, seed)


SERIAL_DICTATORSHIP = Policy(
    name=NAME,
    title="Serial dictatorship",
    solve=_solve,
    stable=True,
    strategy_proof=True,
    lucky="lower",
)
