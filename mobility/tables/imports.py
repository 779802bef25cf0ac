"""Importing a table: every error at once, a plan that is shown before anything is written.

A room says which columns it knows and turns a row into an entry: what stands now and what would
stand then, as the texts of a table, and the thing that its services write. Everything else is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar

from flask_babel import gettext as _

from ..errors import Conflict
from . import table_of
from .columns import Cells, Columns
from .grid import Limits, Table

# What a person sends through a page; larger tables are sent in parts.
LIMITS = Limits(bytes=1_000_000, unpacked=20_000_000, rows=1_000, cells=200_000)


@dataclass(frozen=True)
class Change:
    """What a row changes of one that is known."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A row: something new where `before` is None, else what would stand instead of what does.

    `thing` is what the room's services write, `kind` what something new is where there are several.
    """

    line: int
    key: str
    name: str
    before: Mapping[str, str] | None
    after: Mapping[str, str]
    thing: Any = field(compare=False)
    kind: str = field(default="", compare=False)

    @property
    def changes(self) -> list[Change]:
        if self.before is None:
            return []
        return [
            Change(column, self.before.get(column, ""), text)
            for column, text in self.after.items()
            if self.before.get(column, "") != text
        ]


@dataclass
class Plan:
    """What an import would do; nothing is done while `table.problems` holds anything."""

    table: Table
    entries: list[Entry] = field(default_factory=list)

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.before is None]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.changes]

    @property
    def same(self) -> int:
        return len(self.entries) - len(self.new) - len(self.changed)

    @property
    def digest(self) -> str:
        """Changes when the import would do something else than it did when it was shown."""
        steps = [
            (entry.key, entry.before and sorted(entry.before.items()), sorted(entry.after.items()))
            for entry in self.entries
        ]
        return sha256(repr(steps).encode()).hexdigest()

    def confirm(self, digest: str) -> None:
        """Raise Conflict where this is not the plan that was shown."""
        if self.table.problems or self.digest != digest:
            raise Conflict(
                _("What stands in the service has changed since the preview. Look at it again.")
            )


class Importer(ABC):
    """Plans the import of one file into one room."""

    columns: ClassVar[Columns]

    def __init__(self) -> None:
        self.table = Table("")
        self.at: dict[str, int] = {}
        self._lines: dict[tuple[str, str], int] = {}

    @abstractmethod
    def entry(self, cells: Cells) -> Entry | None:
        """What the row would do; None where something in it is wrong, which `refuse` was told."""

    @abstractmethod
    def prepare(self, rows: Sequence[Cells]) -> None:
        """Read what all rows need, once: `entry` asks the database for nothing."""

    def read(self, name: str, data: bytes) -> Table:
        return table_of(name, data, LIMITS)

    def plan(self, name: str, data: bytes) -> Plan:
        """Read a file and plan what it would do; what is wrong stands in `plan.table.problems`."""
        self.table = table = self.read(name, data)
        plan = Plan(table)
        self._refuse_merged()
        self.at = self.columns.places(table) if table.header.cells else {}
        if table.complete and not table.rows and not table.problems:
            table.spoil(_("holds column names only, no rows."), table.header.line)
        if table.complete:
            rows = [self.columns.cells(table, self.at, row) for row in table.rows]
            self.prepare(rows)
            plan.entries = [entry for row in rows if (entry := self._checked(row)) is not None]
        table.problems.sort(key=lambda problem: (problem.line, problem.column))
        return plan

    def _refuse_merged(self) -> None:
        for cells in self.table.merged:
            text = _("the cells %(cells)s are merged; split them and fill each one.", cells=cells)
            self.table.refuse(text)

    def _checked(self, cells: Cells) -> Entry | None:
        before = len(self.table.problems)
        entry = self.entry(cells)
        return None if cells.told or len(self.table.problems) > before else entry

    def refuse(self, cells: Cells, column: str, text: str) -> None:
        """Note what is wrong in a cell, unless that cell was found wrong before it was understood.

        A column that the file has not is the row's.
        """
        if column not in cells.told:
            self.table.refuse(text, cells.line, self.at.get(column, -1))

    def once(self, cells: Cells, column: str, key: str) -> bool:
        """Whether no row before says the same key in this column; noted where one does."""
        first = self._lines.setdefault((column, key), cells.line)
        if first == cells.line:
            return True
        text = _("“%(code)s” stands in line %(line)d already.", code=key, line=first)
        self.refuse(cells, column, text)
        return False
