"""Where the rank profile decides: how the best profile with a choice granted is worse."""

from dataclasses import dataclass
from typing import Final

from matching.instance import Instance
from matching.measures import profile_of
from matching.remainder import best_with
from matching.result import IntArray, Result

BACKWARDS: Final = "generous_maximum"
"""Reads the profile from the last rank; the others read it from the first."""

SIZE_FIRST: Final = frozenset({"greedy_maximum", "generous_maximum"})
"""Look at how many are placed before they look at ranks."""


@dataclass(frozen=True, kw_only=True)
class WorseProfile:
    """Why `choice`, a position in `offer`, was not granted where the rank profile decides.

    `profile` (L,): the best rank profile of all results that grant it. `decided_by`: what
    makes it worse than the profile of the result, "placed" for fewer seats given or the
    first rank that differs, in the order in which the policy reads them; None where the two
    are equal and another choice among equals was made (the lottery's, where there is one),
    or where `profile` is None: no seat for it.
    """

    choice: int
    profile: tuple[int, ...] | None
    decided_by: int | str | None


def worse_profiles(instance: Instance, result: Result, choices: IntArray) -> list[WorseProfile]:
    """One claim for each of `choices`, of one applicant or of many; each solved anew."""
    return [_worse_profile(instance, result, at) for at in choices.tolist()]


def _worse_profile(instance: Instance, result: Result, choice: int) -> WorseProfile:
    found = best_with(instance, result, choice)
    if found is None:
        return WorseProfile(choice=choice, profile=None, decided_by=None)
    best = profile_of(instance, found[0]).tolist()
    actual = profile_of(instance, result.chosen).tolist()
    return WorseProfile(
        choice=choice,
        profile=tuple(best),
        decided_by=_first_difference(result.policy, actual, best),
    )


def _first_difference(policy: str, actual: list[int], best: list[int]) -> int | str | None:
    if policy in SIZE_FIRST and sum(actual) != sum(best):
        return "placed"
    ranks = range(1, len(actual) + 1)
    for rank in reversed(ranks) if policy == BACKWARDS else ranks:
        if actual[rank - 1] != best[rank - 1]:
            return rank
    return None
