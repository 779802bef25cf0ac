"""Who comes first where merit decides."""

import numpy as np

from matching.costs import MERIT_SCALE
from matching.instance import Instance
from matching.result import IntArray


def scores_per_choice(instance: Instance) -> bool:
    """Whether each offer scores applicants its own way."""
    return instance.merit is not None and len(instance.merit) != instance.applicants


def by_lottery(lottery: IntArray) -> IntArray:
    """Applicants by lottery number, equal ones as they stand. Returns (n,)."""
    return np.argsort(lottery, kind="stable").astype(np.int64)


def by_merit(instance: Instance, lottery: IntArray) -> IntArray:
    """Applicants in order of merit, ties by the lower lottery number. Returns (n,)."""
    order = by_lottery(lottery)
    if instance.merit is None:
        return order
    behind = behind_the_best(instance)
    return order[np.argsort(behind[order], kind="stable")]


def behind_the_best(instance: Instance) -> IntArray:
    """Hundredths of merit short of the highest possible, (n,) or (k,) as merit is."""
    assert instance.merit is not None
    return np.rint((100 - instance.merit) * MERIT_SCALE).astype(np.int64)
