"""The types of the compiled functions, fixed so that nothing is left to compile in a solve.

Every function is compiled for these types alone when its module is first imported, and the
machine code is kept beside it (or in the user's cache where that folder is read-only).
"""

from typing import Any

import numba
import numpy as np

NEVER = np.int64(2**62)
"""A cost that nothing reaches: whoever stays at it must be placed."""

I64 = numba.int64
I32 = numba.int32
FLAG = numba.boolean
LONGS = numba.int64[::1]
INTS = numba.int32[::1]
FROZEN_LONGS = numba.types.Array(numba.int64, 1, "C", readonly=True)
FLAGS = numba.boolean[::1]
FLOATS = numba.float64[::1]
NOTHING = numba.void


def compiled(returns: Any, *arguments: Any) -> Any:
    """Compile a function for exactly these types, with a cache and without the GIL."""
    return numba.njit(returns(*arguments), cache=True, nogil=True)
