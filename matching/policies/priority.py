"""Who comes first where merit decides."""

import numpy as np

from matching.instance import Instance
from matching.result import IntArray


def by_merit(instance: Instance, lottery: IntArray) -> IntArray:
    """Applicants in order of merit, ties by the lower lottery number. Returns (n,)."""
    merit = np.zeros(instance.applicants) if instance.merit is None else instance.merit
    return np.lexsort((lottery, -merit)).astype(np.int64)
