"""When garbage is looked for: going through all that is loaded stops every page of the process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_what_is_loaded() -> None:
    """Never look for garbage in what is loaded by now."""
    gc.collect()
    gc.freeze()


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """Look for no garbage in a block that makes very much and drops little of it, in no cycles.

    Each look would go through all that was made so far. Of blocks that overlap in two threads the
    one that began first ends it for both.
    """
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.enable()
