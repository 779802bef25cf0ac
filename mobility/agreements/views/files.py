"""Agreements as files: the memorandum to print, tables and JSON to take along, the schema."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from ... import i18n
from ...access import guard, public
from ...errors import NotFound
from ...numbers import plain_number
from .. import queries
from ..exchange import JSON_TYPE, exporting, schema
from ..forms import AgreementFilter
from ..memorandum import memorandum_of, memorandum_of_version, pdf_of
from ..models import Agreement
from .blueprint import bp, reader


def _attached(data: bytes | str, kind: str, name: str) -> Response:
    return Response(
        data, mimetype=kind, headers={"Content-Disposition": f"attachment; filename={name}"}
    )


@bp.get("/agreements/<int:agreement_id>/memorandum.pdf")
@guard("agreement:read-in-full", queries.get_agreement)
def memorandum(agreement: Agreement) -> Any:
    """In the reader's language or the one that is asked for; of a version where one is named."""
    language = request.args.get("language", i18n.current_language())
    if language not in i18n.LANGUAGES:
        raise NotFound(_("There is no memorandum in this language."))
    number = request.args.get("version", type=plain_number)
    version = None if number is None else queries.get_version(agreement.id, number)
    if number is not None and version is None:
        raise NotFound(_("There is no such version."))
    with i18n.speaking(language):
        if version is not None:
            names = queries.names_in(version.content)
            printed = memorandum_of_version(version)
        else:
            names = queries.names_of(agreement)
            printed = memorandum_of(agreement, queries.this_year())
        data = pdf_of(printed, names)
    name = f"sapar-agreement-{agreement.id}-{printed.number}-{language}.pdf"
    return _attached(data, "application/pdf", name)


@bp.get("/agreements/export")
@guard("agreement:export")
def export() -> Any:
    """What the reader reads in full, narrowed as their list is."""
    asked = AgreementFilter(formdata=request.args)
    asked.validate()
    ending = request.args.get("as", "csv")
    if ending not in exporting.FORMATS:
        raise NotFound("")
    kind, write = exporting.FORMATS[ending]
    found = queries.agreements_to_export(reader(), **asked.narrowed)
    return _attached(write(found), kind, f"sapar-agreements.{ending}")


@bp.get("/agreements/schema.json")
@public
def json_schema() -> Any:
    """The schema of agreements as JSON, which is also in docs."""
    return Response(schema.FILE.read_bytes(), mimetype=JSON_TYPE)
