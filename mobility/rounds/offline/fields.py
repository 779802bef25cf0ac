"""The columns of a table by what they mean, and the codes that its cells name."""

from collections.abc import Iterable

from flask_babel import gettext as _

from ...tables.grid import Dated, Failed, Row, Table, shown
from . import columns

# Cyrillic letters that look like Latin ones: typed in a code, nobody can see the difference.
_LOOK_ALIKES = str.maketrans("авекмнорстухіѕј", "abekmhopctyxisj")


class Fields:
    """The columns of a table by what they mean; notes what is missing or there twice."""

    def __init__(
        self,
        table: Table,
        required: tuple[str, ...],
        known: tuple[str, ...],
        *,
        with_choices: bool = False,
    ) -> None:
        self.table = table
        self.at: dict[str, int] = {}
        self.choices: list[int] = []
        self.unknown: list[str] = []
        self.complete = bool(table.header.cells)
        if not self.complete:
            return
        ranked: dict[int, int] = {}
        for column, header in enumerate(table.header.cells):
            field = columns.known_field(header, known)
            rank = columns.choice_rank(header) if with_choices else None
            if field is not None:
                self._take(field, column)
            elif rank is not None:
                if rank in ranked:
                    self._twice(ranked[rank], column)
                ranked.setdefault(rank, column)
        if with_choices:
            self._rank(ranked)
        missing = [field for field in required if field not in self.at]
        if with_choices and not ranked:
            missing.append(columns.choice_field(1))
        for field in missing:
            self._missing(field)
        self.complete = not missing

    def _take(self, field: str, column: int) -> None:
        if field in self.at:
            self._twice(self.at[field], column)
        self.at.setdefault(field, column)

    def _twice(self, first: int, second: int) -> None:
        header = self.table.header
        self.table.refuse(
            _(
                "the column means the same as “%(other)s”; keep one of them.",
                other=shown(header.cells[first]),
            ),
            header.line,
            second,
        )

    def _missing(self, field: str) -> None:
        found = ", ".join(f"“{shown(cell)}”" for cell in self.table.header.cells if cell)
        self.table.refuse(
            _(
                "there is no column “%(names)s”; found were %(found)s.",
                names=columns.names(field),
                found=found,
            ),
            self.table.header.line,
        )

    def _rank(self, ranked: dict[int, int]) -> None:
        highest = max(ranked, default=0)
        self.choices = [ranked[rank] for rank in sorted(ranked)]
        for rank in range(1, min(highest, 100)):
            if rank not in ranked:
                self.table.refuse(
                    _(
                        "there is a column for choice %(highest)d but none for choice %(rank)d.",
                        highest=highest,
                        rank=rank,
                    ),
                    self.table.header.line,
                )

    def cell(self, row: Row, column: int) -> str:
        """The cell, which is not a date or an error of the spreadsheet: those are noted."""
        cell = row.cells[column] if column < len(row.cells) else ""
        if isinstance(cell, Failed):
            self.table.refuse(_("the cell holds an error of its formula."), row.line, column)
            return ""
        if isinstance(cell, Dated):
            self.table.refuse(
                _(
                    "the spreadsheet made a date of it (%(date)s); format the column as text and"
                    " type it anew.",
                    date=cell,
                ),
                row.line,
                column,
            )
            return ""
        return cell

    def spoiled(self, row: Row, column: int) -> bool:
        return column < len(row.cells) and isinstance(row.cells[column], Dated | Failed)

    def text(self, row: Row, field: str) -> str:
        """A cell that may be empty or anything."""
        column = self.at.get(field)
        return "" if column is None or column >= len(row.cells) else str(row.cells[column])

    def key(self, row: Row, field: str, first: dict[str, int]) -> str:
        """A cell that has to be there and to be the only one of its value."""
        column = self.at[field]
        value = self.cell(row, column)
        if self.spoiled(row, column):
            return ""
        if not value:
            self.table.refuse(_("the cell is empty."), row.line, column)
        elif value in first:
            where = (
                _(
                    "“%(value)s” stands in row %(line)d already.",
                    value=shown(value),
                    line=first[value],
                )
                if self.table.in_workbook
                else _(
                    "“%(value)s” stands in line %(line)d already.",
                    value=shown(value),
                    line=first[value],
                )
            )
            self.table.refuse(where, row.line, column)
        else:
            first[value] = row.line
        return value


class Codes:
    """The known place codes, and which of them a wrong one may have meant."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = frozenset(codes)
        self.alike: dict[str, str] = {}
        for code in sorted(self.codes):
            self.alike.setdefault(_plain(code), code)

    def __contains__(self, code: str) -> bool:
        return code in self.codes

    def meant(self, code: str) -> str | None:
        return self.alike.get(_plain(code))


def _plain(code: str) -> str:
    return columns.folded(code).translate(_LOOK_ALIKES)
