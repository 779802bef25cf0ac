"""The page of a report, and its table as a file."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..access import guard
from ..agreements.queries import this_year
from ..errors import NotFound
from ..i18n import current_language
from ..numbers import plain_number
from ..tables.grid import Dialect
from ..tables.texts import text_bytes
from ..tables.workbooks import workbook_bytes
from . import queries
from .reports import REPORTS, Report

bp = Blueprint("reports", __name__)
FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _asked() -> tuple[str, int, Report]:
    """The report and the academic year in the address; what it does not name is the usual one."""
    name = request.args.get("report", "balance")
    year = request.args.get("year", type=plain_number) or this_year()
    if name not in REPORTS or not 2000 <= year <= 2100:
        raise NotFound("")
    return name, year, REPORTS[name][1](current_user, year)


@bp.get("/reports")
@guard("report:view")
def index() -> ResponseReturnValue:
    name, year, report = _asked()
    known = queries.years()
    return render_template(
        "reports/index.html",
        name=name,
        year=year,
        years=known if year in known else sorted({*known, year}, reverse=True),
        report=report,
        reports={one: title for one, (title, _make) in REPORTS.items()},
    )


@bp.get("/reports/file")
@guard("report:view")
def download() -> ResponseReturnValue:
    name, year, report = _asked()
    ending = request.args.get("as", "csv")
    if ending not in FORMATS:
        raise NotFound("")
    if ending == "xlsx":
        data = workbook_bytes(report.columns, report.rows)
    else:  # Excel opens in columns what has the delimiter of the reader's language
        dialect = Dialect(delimiter="," if current_language() == "en" else ";")
        data = text_bytes(report.columns, report.rows, dialect)
    disposition = f"attachment; filename=sapar-{name}-{year}.{ending}"
    return Response(data, mimetype=FORMATS[ending], headers={"Content-Disposition": disposition})
