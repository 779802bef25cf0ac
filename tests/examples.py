"""How many examples a test tries: few as a rule, many under `make prove`."""

import os


def examples(usual: int, *, most: int | None = None) -> int:
    """`usual`, or the number in SAPAR_EXAMPLES where that is larger, but never over `most`."""
    wanted = max(usual, int(os.environ.get("SAPAR_EXAMPLES", "0")))
    return wanted if most is None else min(wanted, most)
