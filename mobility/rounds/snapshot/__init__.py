"""The frozen inputs of a round: one canonical text of two parts, and the arrays read from it.

The public part names people by pseudonyms, offers and groups by codes of this round alone. It has
no names, institutions, units, levels or scores, and whoever has it can compute the round. The
private part is the partners' file: what the codes mean, and the scores. Its hash stands in the
public part, so that nobody can say afterwards that a code meant something else; a salt keeps the
hash from being guessed open. The hash of the snapshot is that of the public part.
"""

from .bounds import Bound, bounds_of
from .inputs import Inputs
from .text import (
    BY_MERIT,
    FORMAT,
    PARTNERS,
    canonical,
    code_of,
    digest_of,
    engine_version,
    group_of,
    hash_of,
    parts_of,
)
from .writing import write_snapshot

__all__ = [
    "BY_MERIT",
    "FORMAT",
    "PARTNERS",
    "Bound",
    "Inputs",
    "bounds_of",
    "canonical",
    "code_of",
    "digest_of",
    "engine_version",
    "group_of",
    "hash_of",
    "parts_of",
    "write_snapshot",
]
