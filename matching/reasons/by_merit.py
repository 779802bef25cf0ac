"""Where the order of merit decides: the place in the order that would have been enough."""

from dataclasses import dataclass

import numpy as np

from matching.arrays import FloatArray
from matching.costs import MERIT_SCALE
from matching.instance import Instance
from matching.measures import last_admitted, lottery_of_choices, merits
from matching.result import UNMATCHED, IntArray, Result
from matching.variants import solve_again


@dataclass(frozen=True, kw_only=True)
class BelowCutoff:
    """Why `choice`, a position in `offer`, was not granted where merit and lottery decide.

    `merit`, `lottery`: the applicant's own, in the eyes of the offer. `last_merit`,
    `last_lottery`: of the person whose place in its order would have been enough: standing
    right before them the applicant gets this choice, or one they rank no lower; standing
    right after, not this one. None where the offer has no seat. `last` is that person, the
    last admitted wherever one order of merit holds for all offers.
    """

    choice: int
    merit: float
    lottery: int
    last: int | None
    last_merit: float | None
    last_lottery: int | None


def below_cutoffs(instance: Instance, result: Result, choices: IntArray) -> list[BelowCutoff]:
    """One claim for each of `choices`, none of them granted; of one applicant or of many.

    With one order of merit the last admitted tells, O(k). Where offers score their own way,
    who is turned away elsewhere may come back for this place, so the person is searched for:
    solved again once for each halving of those who stand before the applicant.
    """
    one_order = instance.merit is None or len(instance.merit) == instance.applicants
    last = last_admitted(instance, result)[instance.offer[choices]]
    if not one_order:
        last = np.array([_enough(instance, result, at) for at in choices.tolist()], dtype=np.int64)
    merit, lottery = merits(instance), lottery_of_choices(instance, result)
    return [
        _claim(instance, merit, lottery, at, person)
        for at, person in zip(choices.tolist(), last.tolist(), strict=True)
    ]


def _claim(
    instance: Instance, merit: FloatArray, lottery: IntArray, choice: int, before: int
) -> BelowCutoff:
    nobody = before == UNMATCHED
    return BelowCutoff(
        choice=choice,
        merit=float(merit[choice]),
        lottery=int(lottery[choice]),
        last=None if nobody else int(instance.applicant[before]),
        last_merit=None if nobody else float(merit[before]),
        last_lottery=None if nobody else int(lottery[before]),
    )


def _enough(instance: Instance, result: Result, choice: int) -> int:
    """The choice at the same offer whose place in its order is the last that is enough.

    A better place there never serves the applicant worse (Balinski & Sönmez 1999, "A tale
    of two mechanisms: student placement"), so halving finds it.
    """
    offer = instance.offer[choice]
    if not instance.capacity[offer]:
        return UNMATCHED
    there = np.flatnonzero(instance.offer == offer)
    merit, lottery = merits(instance)[there], lottery_of_choices(instance, result)[there]
    queue = there[np.lexsort((lottery, -merit))]
    own = int(np.flatnonzero(queue == choice)[0])
    enough, short = 0, own
    while short - enough > 1:
        middle = (enough + short) // 2
        moved = _with_place(instance, queue, own, middle)
        _, again = solve_again(instance, result, merit=moved)
        if again.chosen[choice]:
            enough = middle
        else:
            short = middle
    return int(queue[enough])


def _with_place(instance: Instance, queue: IntArray, own: int, place: int) -> FloatArray:
    """Merits (k,) that let `queue[own]` stand right before `queue[place]`, the others as before.

    Equals stay equals, for the lottery to part, unless the newcomer stands between them.
    """
    moved = np.insert(np.delete(queue, own), place, queue[own])
    merit = merits(instance).copy()
    steps = np.diff(merit[moved]) != 0
    steps[max(0, place - 1) : place + 1] = True
    below = np.concatenate([[0], np.cumsum(steps)])
    # only the order counts, so hundredths from 0 upwards will do
    merit[moved] = (below[-1] - below) / MERIT_SCALE
    return merit
