"""The list behind the filters as a workbook, row by row, so that its length costs no memory."""

import tempfile
from collections.abc import Iterator
from typing import IO

from flask_babel import gettext as _

from .. import audit
from ..accounts.models import User
from ..db import transaction
from ..i18n import moment_text
from ..tables.grid import Cell
from ..tables.workbooks import write_workbook
from .counting import changes_in_round
from .queries import Filters, rows_to_export


def export_pipeline(filters: Filters, actor: User) -> IO[bytes]:
    """An open file with what the filters find in the scope of `actor`, on record.

    It reads in a transaction of its own and writes the record in another: nobody waits for it.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with transaction(write=False):
        count = write_workbook(out, header(), _rows(filters, actor))
    with transaction():
        audit.record(
            "application.export", actor, actor=actor, rows=count, filters=filters.address()
        )
    out.seek(0)
    return out


def header() -> list[str]:
    return [
        _("Applicant"),
        _("E-mail address"),
        _("State"),
        _("Direction"),
        _("Call"),
        _("Institution"),
        _("Unit"),
        _("Choices"),
        _("Score"),
        _("What a round does to the score"),
        _("Submitted"),
        _("Given to"),
    ]


def _rows(filters: Filters, actor: User) -> Iterator[list[Cell]]:
    for row in rows_to_export(actor, filters):
        yield [
            row.name,
            row.email,
            str(row.status.label),
            str(row.call.direction.label),
            row.call.title,
            row.sending.name,
            row.unit.name if row.unit else "",
            row.choices,
            row.score,
            "; ".join(changes_in_round(row.call)),
            moment_text(row.submitted_at),
            row.holder or "",
        ]
