"""Institutions from a table: every error at once, shown before anything is written."""

import re
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _

from ..errors import Conflict
from ..tables import table_of
from ..tables.grid import Row, Table, shown
from .models import Institution
from .particulars import TEXTS, Particulars
from .queries import domains_held, institutions
from .services import change_institution, register_institution

MOST_BYTES = 1_000_000
REQUIRED = ("schac", "country", "timezone")
NAMES = ("name_en", "name_ru", "name_kk")
COLUMNS = (*TEXTS, "domains")

# What a column may be called besides its own name, in the three languages.
_ALIASES = {
    "schac": ("code", "код", "коды"),
    "country": ("страна", "ел"),
    "name_en": ("name in English", "название на английском", "ағылшынша атауы"),
    "name_ru": ("name in Russian", "название на русском", "орысша атауы"),
    "name_kk": ("name in Kazakh", "название на казахском", "қазақша атауы"),
    "city_en": ("city in English", "город на английском", "қала ағылшынша"),
    "city_ru": ("city in Russian", "город на русском", "қала орысша"),
    "city_kk": ("city in Kazakh", "город на казахском", "қала қазақша"),
    "latitude": ("широта", "ендік"),
    "longitude": ("долгота", "бойлық"),
    "timezone": ("time zone", "часовой пояс", "уақыт белдеуі"),
    "website": ("сайт", "сайты"),
    "domains": ("e-mail domains", "домены", "домендер"),
}


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold().replace("ё", "е"))


_MEANT = {
    _folded(name): column for column in COLUMNS for name in (column, *_ALIASES.get(column, ()))
}


@dataclass(frozen=True)
class Entry:
    """A row: a new institution, or what it changes of one that is known."""

    particulars: Particulars
    institution: Institution | None
    changes: tuple[str, ...]


@dataclass
class Plan:
    """What an import would do; nothing is done while `table.problems` holds anything."""

    table: Table
    entries: list[Entry] = field(default_factory=list)

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.institution is None]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.institution and entry.changes]

    @property
    def same(self) -> int:
        return len(self.entries) - len(self.new) - len(self.changed)

    @property
    def digest(self) -> str:
        """Changes when the import would do something else than it did when it was shown."""
        steps = [(asdict(entry.particulars), entry.changes) for entry in self.entries]
        present = [entry.institution and entry.institution.version for entry in self.entries]
        return sha256(repr((steps, present)).encode()).hexdigest()


def plan_import(name: str, data: bytes) -> Plan:
    """Read a CSV or XLSX file of institutions; what is wrong stands in `plan.table.problems`.

    A row with a known SCHAC code changes that institution, in the columns the file has.
    """
    table = table_of(name, data)
    if len(data) > MOST_BYTES:
        table = Table(name)
        table.spoil(_("is larger than %(most)d MB.", most=MOST_BYTES // 1_000_000))
    plan = Plan(table)
    at = _columns(table) if table.header.cells else {}
    if table.complete:
        reader = _Reader(table, at)
        plan.entries = [entry for row in table.rows if (entry := reader.entry(row)) is not None]
        if not table.rows:
            table.spoil(_("holds no institutions, only column names."), table.header.line)
    table.problems.sort(key=lambda problem: (problem.line, problem.column))
    return plan


def apply_import(plan: Plan, digest: str, *, actor: Any) -> None:
    """Write all of the plan; raises Conflict where it is not the one that was shown."""
    if plan.table.problems or plan.digest != digest:
        raise Conflict(_("The partners have changed since the preview. Look at it again."))
    for entry in plan.entries:
        if entry.institution is None:
            register_institution(entry.particulars, actor=actor)
        elif entry.changes:
            change_institution(entry.institution, entry.particulars, actor=actor)


def _columns(table: Table) -> dict[str, int]:
    """Where each known column stands; unknown, doubled and missing ones are noted."""
    at: dict[str, int] = {}
    for index, header in enumerate(table.header.cells):
        column = _MEANT.get(_folded(header))
        if column is None and (header or any(row.cells[index : index + 1] for row in table.rows)):
            text = _("unknown column; known are %(known)s.", known=", ".join(COLUMNS))
            table.spoil(text, table.header.line, index)
        elif column in at:
            table.spoil(
                _("the column %(name)s stands twice.", name=column), table.header.line, index
            )
        elif column is not None:
            at[column] = index
    missing = [column for column in REQUIRED if column not in at]
    if not any(name in at for name in NAMES):
        missing.append(" / ".join(NAMES))
    if missing:
        text = _("columns are missing: %(missing)s.", missing=", ".join(missing))
        table.spoil(text, table.header.line)
    return at


class _Reader:
    """Rows to entries, against what is known and what came before in the file."""

    def __init__(self, table: Table, at: dict[str, int]) -> None:
        self.table, self.at = table, at
        self.known = {institution.schac: institution for institution in institutions()}
        self.holders = domains_held()
        self.lines: dict[str, int] = {}

    def entry(self, row: Row) -> Entry | None:
        """The row's entry, None where something in it is wrong."""
        before = len(self.table.problems)
        values = self._values(row)
        institution = self.known.get(values.get("schac", "").strip().lower())
        present = _present(institution) if institution is not None else {}
        particulars = Particulars(**{**present, **values})
        for objection in particulars.objections():
            self._refuse(row, objection.field or "", objection.message)
        self._check_twice(row, particulars)
        if len(self.table.problems) > before:
            return None
        after = _as_values(particulars)
        changes = tuple(name for name in COLUMNS if present and present[name] != after[name])
        return Entry(particulars, institution, changes)

    def _values(self, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, index in self.at.items():
            cell = row.cells[index] if index < len(row.cells) else ""
            if column in {"latitude", "longitude"}:
                values[column] = self._degrees(row, column, cell)
            elif column == "domains":
                values[column] = tuple(re.split(r"[\s,;]+", cell)) if cell else ()
            else:
                values[column] = cell
        return values

    def _degrees(self, row: Row, column: str, cell: str) -> float | None:
        if not cell:
            return None
        if re.fullmatch(r"[-−]?[0-9]+([.,][0-9]+)?", cell):
            return float(cell.replace("−", "-").replace(",", "."))
        self._refuse(row, column, _("“%(text)s” is not a number of degrees.", text=shown(cell)))
        return None

    def _check_twice(self, row: Row, particulars: Particulars) -> None:
        first = self.lines.setdefault(particulars.schac, row.line)
        if first != row.line:
            text = _(
                "“%(code)s” stands in line %(line)d already.", code=particulars.schac, line=first
            )
            self._refuse(row, "schac", text)
            return
        for domain in particulars.domains:
            holder = self.holders.setdefault(domain, particulars.schac)
            if holder != particulars.schac:
                text = _("%(domain)s belongs to %(name)s already.", domain=domain, name=holder)
                self._refuse(row, "domains", text)

    def _refuse(self, row: Row, column: str, text: str) -> None:
        self.table.refuse(text, row.line, self.at.get(column, -1))


def _present(institution: Institution) -> dict[str, Any]:
    values = {name: getattr(institution, name) for name in TEXTS}
    return {**values, "domains": tuple(sorted(domain.domain for domain in institution.domains))}


def _as_values(particulars: Particulars) -> dict[str, Any]:
    values = {name: getattr(particulars, name) for name in TEXTS}
    return {**values, "domains": tuple(sorted(particulars.domains))}
