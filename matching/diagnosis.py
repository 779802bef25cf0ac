"""Which minimums and quotas cannot be kept together, when no assignment keeps all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from matching.arrays import FloatArray
from matching.errors import Infeasible
from matching.side.highs import INFEASIBLE, constraints
from matching.side.program import ABSENT, Program

DUST: Final = 1e-9
"""A rule that the solver gives up by more than this is given up."""

ROUNDS: Final = 60
"""Looks for a smallest conflict before settling for one without anything superfluous."""


def diagnose(program: Program) -> Infeasible:
    """The smallest set of minimums and quotas that no assignment keeps together.

    Whatever is given up to make the rest possible has something in common with every
    conflict. So a smallest set that meets all such givings-up known so far is the answer if
    it cannot be kept; otherwise what has to be given up beside it is one more. Ignatiev,
    Previti, Liffiton & Marques-Silva (2015), "Smallest MUS extraction with minimal hitting set
    dualization". Should that take too many rounds: a conflict from which nothing can be left
    out (deletion filter; Chinneck 2008, "Feasibility and infeasibility in optimization").
    """
    rules = Rules(program)
    known: list[list[int]] = []
    for _ in range(ROUNDS):
        kept = _smallest_that_meets(known, rules.count)
        given_up = rules.to_give_up(kept)
        if given_up is None:
            return rules.conflict(kept, smallest=True)
        assert given_up, "everything can be kept together"
        known.append(given_up)
    kept = list(range(rules.count))
    for rule in range(rules.count):
        without = [other for other in kept if other != rule]
        if rules.to_give_up(without, others=False) is None:
            kept = without
    return rules.conflict(kept, smallest=False)


class Rules:
    """Minimums of offers first, then quotas, numbered from 0; all else is always kept.

    As an integer programme: a column a choice, one for each offer that may close, and one a
    rule, which is 1 where the rule is given up.
    """

    def __init__(self, program: Program) -> None:
        self.offers = np.flatnonzero(program.least + program.opening).tolist()
        self.quotas = program.quotas
        self.count = len(self.offers) + self.quotas
        self.choices = len(program.offer)
        self.closable = np.flatnonzero(program.opening).tolist()
        self.matrix, self.low, self.high = self._laid_out(program)

    def _laid_out(self, program: Program) -> tuple[Any, FloatArray, FloatArray]:
        # inline: scipy takes longer to import than this package may
        from scipy.sparse import block_array, csr_array, vstack

        quota = np.arange(len(program.lower)) < program.quotas
        always = replace(
            program,
            least=np.zeros_like(program.least),
            lower=np.where(quota, -ABSENT, program.lower),
            upper=np.where(quota, ABSENT, program.upper),
        )
        base, low, high = constraints(always, np.arange(self.choices))
        n, m = len(program.demand), len(program.capacity)
        people, quotas = base[n : n + m], base[n + m :][: program.quotas]
        # what nothing reaches is one more than all: larger numbers would drown the others
        listed = np.asarray(people.sum(axis=1)).ravel()
        lines: list[tuple[Any, dict[int, float], float]] = []
        closing = {offer: self.choices + at for at, offer in enumerate(self.closable)}
        first = self.choices + len(closing)
        for rule, offer in enumerate(self.offers):
            fewest = min(float(program.least[offer] + program.opening[offer]), listed[offer] + 1)
            if offer not in closing:
                lines.append((people[[offer]], {first + rule: fewest}, fewest))
                continue
            beside = {closing[offer]: -fewest, first + rule: fewest}
            lines.append((people[[offer]], beside, 0.0))
            seats = min(float(program.capacity[offer]), listed[offer])
            lines.append((-people[[offer]], {closing[offer]: seats}, 0.0))
        for at in range(program.quotas):
            row, rule = quotas[[at]], first + len(self.offers) + at
            for sign, bound in ((1, program.lower[at]), (-1, program.upper[at])):
                if abs(int(bound)) < ABSENT:
                    side = sign * row
                    floor = min(float(sign * bound), float(side.maximum(0).sum()) + 1)
                    reach = float(side.minimum(0).sum())
                    lines.append((side, {rule: max(0.0, floor - reach)}, floor))
        width = first + self.count
        extra = csr_array((len(lines), width - self.choices)).tolil()
        for at, (_, beside, _) in enumerate(lines):
            for column, value in beside.items():
                extra[at, column - self.choices] = value
        wide = csr_array((base.shape[0], width - self.choices))
        left = vstack([base, *(row for row, _, _ in lines)])
        matrix = block_array([[left, vstack([wide, extra])]], format="csr")
        floors = np.array([floor for _, _, floor in lines])
        return (
            matrix,
            np.concatenate([low, floors]),
            np.concatenate([high, np.full(len(lines), np.inf)]),
        )

    def to_give_up(self, kept: Sequence[int], *, others: bool = True) -> list[int] | None:
        """The fewest of the other rules to give up where `kept` stay, or None if these conflict.

        Without `others` all of them are given up.
        """
        # inline: scipy takes longer to import than this package may
        from scipy.optimize import Bounds, LinearConstraint, milp

        width, first = self.matrix.shape[1], self.matrix.shape[1] - self.count
        cost, floor, ceiling = np.zeros(width), np.zeros(width), np.ones(width)
        cost[first:] = 1
        floor[first:] = 0 if others else 1
        floor[first + np.array(kept, dtype=np.int64)] = 0
        ceiling[first + np.array(kept, dtype=np.int64)] = 0
        found = milp(
            cost,
            integrality=np.ones(width),
            bounds=Bounds(floor, ceiling),
            constraints=LinearConstraint(self.matrix, self.low, self.high),
        )
        if found.status == INFEASIBLE:
            return None
        given_up: list[int] = np.flatnonzero(found.x[first:] > DUST).tolist()
        return given_up

    def conflict(self, kept: Sequence[int], *, smallest: bool) -> Infeasible:
        own = len(self.offers)
        return Infeasible(
            offers=tuple(self.offers[rule] for rule in kept if rule < own),
            quotas=tuple(rule - own for rule in kept if rule >= own),
            smallest=smallest,
        )


def _smallest_that_meets(known: list[list[int]], count: int) -> list[int]:
    """A smallest set of 0..count-1 that has something of each of these."""
    # inline: scipy takes longer to import than this package may
    from scipy.optimize import LinearConstraint, milp

    if not known:
        return []
    meets = np.zeros((len(known), count))
    for at, members in enumerate(known):
        meets[at, members] = 1
    found = milp(
        np.ones(count),
        integrality=np.ones(count),
        constraints=LinearConstraint(meets, 1, np.inf),
    )
    smallest: list[int] = np.flatnonzero(found.x > 0.5).tolist()
    return smallest
