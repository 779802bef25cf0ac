"""One cell of one size, measured."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One cell of one size: what each solver's process said, `idle` among them."""

    size: int
    cell: str
    figures: dict[str, dict[str, Any]]

    def has(self, *solvers: str) -> bool:
        return all("warm" in self.figures.get(solver, {}) for solver in solvers)

    @property
    def ratio(self) -> float:
        """How many times as long OR-Tools took, in the faster of its forms that ran."""
        forms = [self.figures[s]["warm"] for s in ("ortools", "ortools-stays") if self.has(s)]
        return min(forms) / self.figures["ours"]["warm"]

    def peak(self, solver: str) -> int:
        """Bytes above a process that only holds the arrays."""
        return self.figures[solver]["peak"] - self.figures["idle"]["peak"]

    def wrong(self) -> list[str]:
        """Solvers whose total is not ours, or that failed."""
        ended = {s: f for s, f in self.figures.items() if s != "idle" and "over" not in f}
        totals = {s: f.get("total") for s, f in ended.items()}
        merit = {s: totals[s] for s in totals if s in ("deferred", "matching")}
        cost = {s: totals[s] for s in totals if s not in merit}
        return [
            f"{s}: {self.figures[s].get('error', f'total {group[s]}')}"
            for group, reference in ((cost, "ours"), (merit, "deferred"))
            for s in group
            if group[s] is None or group[s] != group.get(reference)
        ]
