"""Runs by several policies on one snapshot, side by side. Sums only: nobody is named.

What takes a pass over all rows is counted once, when a run is stored (`figures`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...offers.models import Call
from ...partners.models import Institution
from .. import queries
from ..models import Run
from .publicity import Figures, all_figures


def figures(run: Run) -> dict[str, Any]:
    """What is counted of a run's stored rows.

    flows: [sending HEI, receiving HEI, placements]; changed: by the id of each earlier run of the
    same snapshot, how many people got something else in it.
    """
    return {
        "flows": queries.flows(run),
        "changed": {
            str(other.id): queries.changed_between(run, other)
            for other in queries.finished_runs(run.round)
            if other.id != run.id
        },
    }


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is about, and a value for each run."""

    about: Any
    values: list[Any]


@dataclass(frozen=True)
class Balance:
    """The exchange of two HEIs in an academic year, under each run.

    there, back: people who go, those of other rounds with them. fixed: of other rounds, there and
    back. The difference is there less back.
    """

    one: Institution
    other: Institution
    fixed: tuple[int, int]
    there: list[int]
    back: list[int]

    @property
    def differences(self) -> list[int]:
        return [there - back for there, back in zip(self.there, self.back, strict=True)]


@dataclass(frozen=True)
class Comparison:
    """Everything of the page. `most`: the largest count of all profiles, one scale for all."""

    runs: list[Run]
    figures: list[Figures]
    most: int
    mean_ranks: list[float | None]
    unplaced: list[int]
    envious: list[int | None]
    sending: list[Row]
    receiving: list[Row]
    balances: list[Balance]
    changed: list[Row]


def side_by_side(call: Call, runs: Sequence[Run]) -> Comparison:
    """Put finished runs of one snapshot side by side."""
    stats = [run.stats or {} for run in runs]
    told = [all_figures(run) for run in runs]
    flows = [_flows(one) for one in stats]
    heis = queries.institutions({hei for flow in flows for pair in flow for hei in pair})
    return Comparison(
        runs=list(runs),
        figures=told,
        most=max((count for one in told for _label, count in one.profile), default=0),
        mean_ranks=[_mean_rank(one["profile"]) for one in stats],
        unplaced=[one["applicants"] - one["placed"] for one in stats],
        envious=[one.get("envious") for one in stats],
        sending=_by_hei(flows, 0, heis),
        receiving=_by_hei(flows, 1, heis),
        balances=_balances(call, flows),
        changed=[Row(one, [_changed(one, other) for other in runs]) for one in runs],
    )


def _flows(stats: dict[str, Any]) -> Counter[tuple[int, int]]:
    return Counter({(one, other): count for one, other, count in stats.get("flows", [])})


def _mean_rank(profile: Sequence[int]) -> float | None:
    placed = sum(profile)
    return sum(rank * count for rank, count in enumerate(profile, 1)) / placed if placed else None


def _by_hei(
    flows: Sequence[Counter[tuple[int, int]]], side: int, heis: dict[int, Institution]
) -> list[Row]:
    """Placements of each HEI as sender (side 0) or receiver (side 1), the largest first."""
    sums = [Counter[int]() for _ in flows]
    for flow, sum_ in zip(flows, sums, strict=True):
        for pair, count in flow.items():
            sum_[pair[side]] += count
    every = {pair[side] for flow in flows for pair in flow}
    order = sorted(every, key=lambda hei: (-max(sum_[hei] for sum_ in sums), heis[hei].order_key))
    return [Row(heis[hei], [sum_[hei] for sum_ in sums]) for hei in order]


def _balances(call: Call, flows: Sequence[Counter[tuple[int, int]]]) -> list[Balance]:
    """Each pair of HEIs between which the call moves somebody, over all directions of its year."""
    fixed = Counter(queries.fixed_flows(call))
    pairs = sorted({(min(pair), max(pair)) for flow in flows for pair in flow})
    heis = queries.institutions({hei for pair in pairs for hei in pair})
    return [
        Balance(
            one=heis[one],
            other=heis[other],
            fixed=(fixed[one, other], fixed[other, one]),
            there=[flow[one, other] + fixed[one, other] for flow in flows],
            back=[flow[other, one] + fixed[other, one] for flow in flows],
        )
        for one, other in pairs
    ]


def _changed(one: Run, other: Run) -> int | None:
    """How many people got something else; the later run keeps it."""
    if one.id == other.id:
        return None
    earlier, later = sorted((one, other), key=lambda run: run.id)
    return int((later.stats or {}).get("changed", {}).get(str(earlier.id), 0))
