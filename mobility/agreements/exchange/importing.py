"""Agreements from a file: every error at once, shown before anything is drafted."""

from flask_babel import gettext as _

from ...accounts.models import User
from ...tables import table_of
from ...tables.grid import Table
from ...tables.imports import LIMITS
from . import JSON_ENDING, MOST_BYTES
from .documents import read_document
from .drafts import Assembler, Plan
from .rows import read_rows


def plan_import(name: str, data: bytes, *, actor: User) -> Plan:
    """Read a CSV, XLSX or JSON file; what is wrong stands in `plan.table.problems`.

    An agreement whose content stands in the service already is not drafted again.
    """
    if len(data) > MOST_BYTES:
        table = Table(name)
        table.spoil(_("is larger than %(most)d MB.", most=MOST_BYTES // 1_000_000))
        return Plan(table)
    if name.lower().endswith(JSON_ENDING):
        table = Table(name)
        raws = read_document(table, data)
    else:
        table = table_of(name, data, LIMITS)
        raws = read_rows(table)
    plan = Plan(table)
    if table.complete:
        plan.drafts = Assembler(actor).assemble(raws)
    table.problems.sort(key=lambda problem: (problem.line, problem.column))
    return plan
