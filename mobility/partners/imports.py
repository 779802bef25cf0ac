"""Institutions from a table: every error at once, shown before anything is written."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from ..tables.columns import Cells, Column, Columns, Kind
from ..tables.grid import shown
from ..tables.imports import Entry, Importer, Plan
from .models import Institution
from .particulars import TEXTS, Particulars
from .queries import domains_held, institutions_with_domains
from .services import change_institution, register_institution

COLUMNS = Columns(
    (
        Column("schac", ("code", "код", "коды")),
        Column("country", ("страна", "ел")),
        Column("name_en", ("name in English", "название на английском", "ағылшынша атауы")),
        Column("name_ru", ("name in Russian", "название на русском", "орысша атауы")),
        Column("name_kk", ("name in Kazakh", "название на казахском", "қазақша атауы")),
        Column("city_en", ("city in English", "город на английском", "қала ағылшынша")),
        Column("city_ru", ("city in Russian", "город на русском", "қала орысша")),
        Column("city_kk", ("city in Kazakh", "город на казахском", "қала қазақша")),
        Column("latitude", ("широта", "ендік"), Kind.NUMBER, 30),
        Column("longitude", ("долгота", "бойлық"), Kind.NUMBER, 30),
        Column("timezone", ("time zone", "часовой пояс", "уақыт белдеуі")),
        Column("website", ("сайт", "сайты")),
        Column("domains", ("e-mail domains", "домены", "домендер"), Kind.LIST, 2_000),
    ),
    required=("schac", "country", "timezone"),
    one_of=("name_en", "name_ru", "name_kk"),
)


def plan_import(name: str, data: bytes) -> Plan:
    """Read a CSV or XLSX file of institutions; what is wrong stands in `plan.table.problems`.

    A row with a known SCHAC code changes that institution, in the columns the file has.
    """
    return _Institutions().plan(name, data)


def apply_import(plan: Plan, *, actor: Any) -> None:
    """Write all of a plan that was confirmed."""
    for entry in plan.entries:
        institution, particulars = entry.thing
        if institution is None:
            register_institution(particulars, actor=actor)
        elif entry.changes:
            change_institution(institution, particulars, actor=actor)


class _Institutions(Importer):
    """Rows to institutions, against what is known and what came before in the file."""

    columns = COLUMNS

    def prepare(self, rows: Sequence[Cells]) -> None:
        self.known = {one.schac: one for one in institutions_with_domains()}
        self.holders = domains_held()

    def entry(self, cells: Cells) -> Entry | None:
        institution = self.known.get(cells.say("schac").lower())
        present = _present(institution) if institution is not None else {}
        particulars = Particulars(**{**present, **self._values(cells)})
        for objection in particulars.objections():
            self.refuse(cells, objection.field or "", objection.message)
        if particulars.schac and self.once(cells, "schac", particulars.schac):
            self._check_domains(cells, particulars)
        return Entry(
            cells.line,
            particulars.schac,
            particulars.name,
            _as_texts(Particulars(**present)) if present else None,
            _as_texts(particulars),
            (institution, particulars),
        )

    def _values(self, cells: Cells) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, text in cells.items():
            if column in {"latitude", "longitude"}:
                values[column] = self._degrees(cells, column, text)
            elif column == "domains":
                values[column] = tuple(re.split(r"[\s,;]+", text)) if text else ()
            else:
                values[column] = text
        return values

    def _degrees(self, cells: Cells, column: str, text: str) -> float | None:
        if not text:
            return None
        if re.fullmatch(r"[-−]?[0-9]+([.,][0-9]+)?", text):
            return float(text.replace("−", "-").replace(",", "."))
        self.refuse(cells, column, _("“%(text)s” is not a number of degrees.", text=shown(text)))
        return None

    def _check_domains(self, cells: Cells, particulars: Particulars) -> None:
        for domain in particulars.domains:
            holder = self.holders.setdefault(domain, particulars.schac)
            if holder != particulars.schac:
                text = _("%(domain)s belongs to %(name)s already.", domain=domain, name=holder)
                self.refuse(cells, "domains", text)


def _present(institution: Institution) -> dict[str, Any]:
    values = {name: getattr(institution, name) for name in TEXTS}
    return {**values, "domains": tuple(sorted(domain.domain for domain in institution.domains))}


def _as_texts(particulars: Particulars) -> dict[str, str]:
    texts = {name: getattr(particulars, name) for name in TEXTS}
    plain = {name: "" if value is None else str(value) for name, value in texts.items()}
    return {**plain, "domains": " ".join(sorted(particulars.domains))}
