"""What a published round tells everybody: sums only, groups of fewer than five people hidden."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from ..models import Run, SecondRound, UnplacedReason
from ..snapshot import Inputs

LEAST = 5


def overrides(run: Run) -> dict[str, int]:
    """How many people an override took out of a round or placed before it, by its snapshot.

    Runs of before there were placements before a round have it in the snapshot alone.
    """
    assert run.stats is not None
    if "excluded" not in run.stats:
        return {"excluded": Inputs(run.round.snapshot or "").excluded, "pre_placed": 0}
    return {name: run.stats[name] for name in ("excluded", "pre_placed")}


@dataclass(frozen=True)
class Figures:
    """The figures of a run. None where a group of fewer than LEAST people would show.

    placed: people; filled: seats, more than people where somebody gets several courses. profile:
    outcomes and how many had each, of what `counted` says: people, or courses that were given.
    """

    applicants: int | None
    placed: int | None
    filled: int | None
    offers: int
    seats: int
    profile: list[tuple[str, int]]
    counted: str
    reasons: list[tuple[str, int]]
    hides: bool


def all_figures(run: Run) -> Figures:
    """Everything, for the admin."""
    stats = run.stats
    assert stats is not None
    several = run.round.call.gives_several
    unplaced = [] if several else [(_("no place"), stats["applicants"] - stats["placed"])]
    return Figures(
        applicants=stats["applicants"],
        placed=stats["placed"],
        filled=sum(stats["filled"].values()),
        offers=len(stats["seats_by_offer"]),
        seats=stats["seats"],
        profile=[*outcomes(stats["profile"]), *unplaced],
        counted=_counted(several),
        reasons=_reasons(stats["reasons"]),
        hides=False,
    )


def _counted(several: bool) -> str:
    return _("Number of courses") if several else _("Number of people")


def outcomes(profile: list[int]) -> list[tuple[str, int]]:
    """How many got each of their choices, in words."""
    return [(_outcomes(rank, rank), count) for rank, count in enumerate(profile, start=1)]


def public_figures(run: Run) -> Figures:
    """What may be told to everybody."""
    stats = run.stats
    assert stats is not None
    applicants, placed = stats["applicants"], stats["placed"]
    unplaced = applicants - placed
    several = run.round.call.gives_several
    counts = [*stats["profile"], *([] if several else [unplaced])]
    groups = merged(counts) if applicants >= LEAST else []
    last = len(stats["profile"]) + 1
    small = any(0 < count < LEAST for count in (placed, unplaced))
    few = any(0 < count < LEAST for count in stats["reasons"].values())
    return Figures(
        applicants=applicants if applicants >= LEAST else None,
        placed=None if small or applicants < LEAST else placed,
        filled=sum(stats["filled"].values()) if groups and (several or not small) else None,
        offers=len(stats["seats_by_offer"]),
        seats=stats["seats"],
        profile=[(_group(first, end, last), count) for first, end, count in groups],
        counted=_counted(several),
        reasons=[] if few or small else _reasons(stats["reasons"]),
        hides=small or few or len(groups) < len(counts),
    )


def second_sums(second: SecondRound, in_full: bool) -> list[tuple[str, int | None]]:
    """What a second round did, in sums; None for a group of 1 to 4 people, unless `in_full`."""
    stats = second.stats
    assert stats is not None
    return [
        (_("free seats"), stats["vacated"]),
        (_("newly placed"), _shown(stats["placed"], in_full)),
        (_("moved up"), _shown(stats["moved"], in_full)),
    ]


def _shown(people: int, in_full: bool) -> int | None:
    return None if 0 < people < LEAST and not in_full else people


def merged(counts: list[int]) -> list[tuple[int, int, int]]:
    """Neighbouring outcomes joined until no group has 1 to 4 people: (first, last, count).

    Outcomes are numbered from 1. Empty when fewer than LEAST people took part.
    """
    if sum(counts) < LEAST:
        return []
    groups: list[tuple[int, int, int]] = []
    for number, count in reversed(list(enumerate(counts, start=1))):
        if groups and 0 < groups[0][2] < LEAST:
            _first, end, sum_ = groups.pop(0)
            groups.insert(0, (number, end, sum_ + count))
        else:
            groups.insert(0, (number, number, count))
    while len(groups) > 1 and 0 < groups[0][2] < LEAST:
        (first, _end, small), (_first, end, count) = groups[:2]
        groups[:2] = [(first, end, small + count)]
    return groups


def _group(first: int, end: int, unplaced: int) -> str:
    if first == unplaced:
        return _("no place")
    if first == 1 and end == unplaced:
        return _("all together")
    if end == unplaced:
        return _("choice %(first)s or later, or no place", first=first)
    return _outcomes(first, end)


def _outcomes(first: int, end: int) -> str:
    if first == end == 1:
        return pgettext("outcome", "first choice")
    if first == end == 2:
        return pgettext("outcome", "second choice")
    if first == end == 3:
        return pgettext("outcome", "third choice")
    if first == end:
        return _("choice %(rank)s", rank=first)
    return _("choices %(first)s to %(last)s", first=first, last=end)


def _reasons(counted: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (str(reason.label), counted[reason.value])
        for reason in UnplacedReason
        if counted.get(reason.value)
    ]
