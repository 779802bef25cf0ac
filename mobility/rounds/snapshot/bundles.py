"""Rounds that give several courses to one person: their arrays, and who got which.

Everybody gets courses up to a number and a limit of credits, none that meet at one time. A course
that is not given costs nothing, so the sum of what is given is least: most and best wishes met.

A quota counts people, however many courses they get. The engine counts granted choices, so where a
quota can bind, each person has a mark beside their courses of it: a choice without cost at an offer
of its own, granted exactly where one of the courses is. Quotas then count marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching import Instance, Quota, Result

    from .inputs import Inputs


@dataclass
class Mark:
    """Whether somebody goes at all under a group of offers. `at`: where its choice stands.

    `courses`: positions of the choices that it stands for. With one alone that is the mark.
    """

    group: frozenset[int]
    courses: list[int]
    at: int


@dataclass
class _Layout:
    """The lists with the marks behind them. `real` is where each person's own choices stand."""

    indptr: list[int] = field(default_factory=lambda: [0])
    offer: list[int] = field(default_factory=list)
    real: list[range] = field(default_factory=list)
    marks: list[list[Mark]] = field(default_factory=list)


class Bundles:
    """How a snapshot with several courses a person is computed."""

    def __init__(self, inputs: "Inputs") -> None:
        self.inputs = inputs

    def can_break(self, quota: Mapping[str, Any]) -> bool:
        """Whether more people list open courses of a quota than it lets go."""
        people = {
            sign: sum(any(place in group for place in row) for row in self.inputs.rows)
            for sign, group in _groups(quota).items()
        }
        most, least = people.get(1, 0), -people.get(-1, 0)
        upper, lower = quota["upper"], quota["lower"]
        return (upper is not None and most > upper) or (lower is not None and least < lower)

    @cached_property
    def groups(self) -> list[frozenset[int]]:
        """Sets of offers whose people some quota counts, each once."""
        found = (group for quota in self.inputs.binding for group in _groups(quota).values())
        return list(dict.fromkeys(found))

    @cached_property
    def layout(self) -> _Layout:
        offers = len(self.inputs.codes) + len(self.inputs.barred)
        made = _Layout()
        for row in self.inputs.rows:
            begin = len(made.offer)
            made.offer += row
            made.real.append(range(begin, begin + len(row)))
            marks = []
            for number, group in enumerate(self.groups):
                courses = [begin + at for at, place in enumerate(row) if place in group]
                if len(courses) > 1:
                    marks.append(Mark(group, courses, len(made.offer)))
                    made.offer.append(offers + number)
                elif courses:
                    marks.append(Mark(group, courses, courses[0]))
            made.marks.append(marks)
            made.indptr.append(len(made.offer))
        return made

    def instance(self, lottery: Sequence[int]) -> "Instance":
        """The arrays of `matching`, marks and what ties them to courses included."""
        from matching import Instance

        inputs, layout = self.inputs, self.layout
        twins = len(inputs.barred)
        people = len(inputs.pseudonyms)
        marks = [len(layout.offer[r.stop : end]) for r, end in self._ends]
        spare = [0] * (twins + len(self.groups))
        minimums: dict[str, Any] = {}
        if any(inputs.min_seats):
            minimums["min_seats"] = [*inputs.min_seats, *spare]
            minimums["may_close"] = [
                *(c and m > 0 for c, m in zip(inputs.may_close, inputs.min_seats, strict=True)),
                *(False for _ in spare),
            ]
        return Instance(
            indptr=layout.indptr,
            offer=layout.offer,
            capacity=[*inputs.capacity, *(0 for _ in range(twins)), *(people for _ in self.groups)],
            cost=self._costs(),
            rank=self._ranks(),
            unplaced=[0] * people,
            limit=max([inputs.limit, *(end - real.start for real, end in self._ends)]),
            lottery=lottery,
            demand=[w + extra for w, extra in zip(inputs.wants, marks, strict=True)],
            credits=[
                *inputs.credits,
                *(inputs.credits[at] for at in self._twinned),
                *(0 for _ in self.groups),
            ],
            credit_limit=inputs.most_credits,
            clashes=inputs.clashes or None,
            quotas=[*map(self._quota, inputs.binding), *self._ties()],
            **minimums,
        )

    @property
    def _ends(self) -> list[tuple[range, int]]:
        return list(zip(self.layout.real, self.layout.indptr[1:], strict=True))

    @property
    def _twinned(self) -> list[int]:
        """The offers whose twins stand behind them."""
        return [self.inputs.codes.index(code) for code in self.inputs.barred]

    def _ranks(self) -> list[int]:
        """1, 2, ... along a list; a mark stands with the last of it."""
        ranks: list[int] = []
        for real, end in self._ends:
            ranks += range(1, len(real) + 1)
            ranks += [max(1, len(real))] * (end - real.stop)
        return ranks

    def _costs(self) -> list[float]:
        """(100 + weight × score) × (rank² − (L + 1)²) of a course, 0 of a mark."""
        unplaced = (self.inputs.limit + 1) ** 2
        costs: list[float] = []
        for factor, (real, end) in zip(self.inputs.factors, self._ends, strict=True):
            costs += [factor * (r * r - unplaced) / 100 for r in range(1, len(real) + 1)]
            costs += [0.0] * (end - real.stop)
        return costs

    def _quota(self, quota: Mapping[str, Any]) -> "Quota":
        from matching import Quota

        signs = {group: sign for sign, group in _groups(quota).items()}
        counted = [
            (mark.at, signs[mark.group])
            for marks in self.layout.marks
            for mark in marks
            if mark.group in signs
        ]
        return Quota(
            [at for at, _sign in counted],
            [sign for _at, sign in counted],
            lower=quota["lower"],
            upper=quota["upper"],
        )

    def _ties(self) -> list["Quota"]:
        """A mark is granted exactly with one of its courses; marks take nobody's courses away."""
        from matching import Quota

        ties = []
        for wants, real, marks in zip(
            self.inputs.wants, self.layout.real, self.layout.marks, strict=True
        ):
            own = [mark for mark in marks if mark.at >= real.stop]
            for mark in own:
                at, ones = [*mark.courses, mark.at], [1] * len(mark.courses)
                ties.append(Quota(at, [*ones, -1], lower=0))
                ties.append(Quota(at, [*ones, -len(mark.courses)], upper=0))
            if own:
                ties.append(Quota(list(real), [1] * len(real), upper=wants))
        return ties

    def ranks(self, chosen: Any) -> list[list[int]]:
        """The ranks of the courses that each person got, rising. `chosen` (k,) of the instance."""
        return [[at - real.start + 1 for at in real if chosen[at]] for real in self.layout.real]

    def chosen(self, ranks: Sequence[Sequence[int]]) -> list[bool]:
        """The other way: which choices of the instance are granted, marks too."""
        chosen = [False] * len(self.layout.offer)
        for real, marks, given in zip(self.layout.real, self.layout.marks, ranks, strict=True):
            for rank in given:
                chosen[real.start + rank - 1] = True
            for mark in marks:
                chosen[mark.at] = any(chosen[at] for at in mark.courses)
        return chosen

    def without_marks(self, instance: "Instance", result: "Result") -> tuple[Any, Any]:
        """An instance and a result of the courses alone, to read figures off."""
        import numpy as np  # numpy only where a round is computed

        from matching import Instance, Result
        from matching.result import first_choice

        keep = np.array([at for real in self.layout.real for at in real], dtype=np.int64)
        indptr = np.cumsum([0, *map(len, self.layout.real)])
        plain = Instance(
            indptr=indptr,
            offer=instance.offer[keep],
            capacity=instance.capacity[: len(self.inputs.codes) + len(self.inputs.barred)],
            cost=instance.costs[keep],
            unplaced=[0] * instance.applicants,
            limit=self.inputs.limit,
            merit=self.inputs.scores,
            lottery=instance.lottery,
            demand=self.inputs.wants,
        )
        chosen = result.chosen[keep]
        return plain, Result(
            policy=result.policy,
            seed=result.seed,
            choice=first_choice(indptr, chosen),
            chosen=chosen,
            lottery=result.lottery,
            objective=result.objective,
            placed=int(chosen.sum()),
        )


def _groups(quota: Mapping[str, Any]) -> dict[int, frozenset[int]]:
    """The offers of a quota by the sign of their weight, which is one person's."""
    return {
        sign: group
        for sign in (1, -1)
        if (
            group := frozenset(
                offer
                for offer, weight in zip(quota["offers"], quota["weights"], strict=True)
                if weight == sign
            )
        )
    }
