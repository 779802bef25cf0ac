"""Two versions of an agreement side by side: what one says and the other does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask_babel import lazy_pgettext

from ..status import Kind, Status
from .contents import Content, Line, Names, heading_of, paragraphs, terms_of, words_of


class Change(Status):
    """What became of a field or a condition; said in words, never by colour alone."""

    SAME = "same", lazy_pgettext("difference", "unchanged"), Kind.NEUTRAL
    CHANGED = "changed", lazy_pgettext("difference", "changed"), Kind.WAITING
    ADDED = "added", lazy_pgettext("difference", "added"), Kind.GOOD
    REMOVED = "removed", lazy_pgettext("difference", "taken out"), Kind.STOPPED


@dataclass(frozen=True)
class Side:
    """A version to be compared: its content, and which rows its conditions belong to.

    A condition that is drafted anew belongs to none yet.
    """

    content: Content
    rows: Sequence[int | None]


@dataclass(frozen=True)
class Pair:
    """A field in both versions."""

    label: Any
    before: str
    after: str
    change: Change


@dataclass(frozen=True)
class ConditionPair:
    """A condition in both versions, or in one of them, with its fields."""

    heading: str
    change: Change
    fields: list[Pair]


@dataclass(frozen=True)
class Difference:
    """Everything two versions say, side by side."""

    words: list[Pair]
    text: list[Pair]
    conditions: list[ConditionPair]

    @property
    def count(self) -> int:
        """How many fields, paragraphs and conditions are not the same."""
        changes = [pair.change for pair in (*self.words, *self.text)]
        changes += [pair.change for pair in self.conditions]
        return sum(change is not Change.SAME for change in changes)


def difference(before: Side, after: Side, names: Names) -> Difference:
    """What changes from one version to the other."""
    return Difference(
        words=_pairs(words_of(before.content), words_of(after.content)),
        text=_text(before.content["text"], after.content["text"]),
        conditions=_conditions(before, after, names),
    )


def _pairs(before: Sequence[Line], after: Sequence[Line]) -> list[Pair]:
    return [
        Pair(new.label, old.text, new.text, _change(old.text, new.text))
        for old, new in zip(before, after, strict=True)
    ]


def _change(before: str, after: str) -> Change:
    if before == after:
        return Change.SAME
    if not before:
        return Change.ADDED
    return Change.CHANGED if after else Change.REMOVED


def _text(before: str, after: str) -> list[Pair]:
    """The texts paragraph by paragraph; what was rewritten stands beside what it was."""
    old, new = paragraphs(before), paragraphs(after)
    found = []
    for _tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for offset in range(max(i2 - i1, j2 - j1)):
            left = old[i1 + offset] if i1 + offset < i2 else ""
            right = new[j1 + offset] if j1 + offset < j2 else ""
            found.append(Pair("", left, right, _change(left, right)))
    return found


def _conditions(before: Side, after: Side, names: Names) -> list[ConditionPair]:
    """The conditions of the later version, then those that it does not hold any more."""
    old = dict(zip(before.rows, before.content["conditions"], strict=True))
    found = [
        _condition(old.pop(row, None) if row is not None else None, condition, names)
        for row, condition in zip(after.rows, after.content["conditions"], strict=True)
    ]
    return found + [_condition(condition, None, names) for condition in old.values()]


def _condition(before: Content | None, after: Content | None, names: Names) -> ConditionPair:
    stands = after or before or {}
    fields = _pairs(_lines(before, stands, names), _lines(after, stands, names))
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
    else:
        change = Change.SAME if before == after else Change.CHANGED
    return ConditionPair(heading_of(stands, names), change, fields)


def _lines(condition: Content | None, stands: Content, names: Names) -> list[Line]:
    """What a condition says; where it is not there, nothing in each field of the other one."""
    lines = terms_of(stands, names)
    if condition is None:
        return [Line(line.key, line.label, "") for line in lines]
    return terms_of(condition, names)
