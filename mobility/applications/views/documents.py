"""Documents: an applicant hands them in, those who may read them, coordinators check them."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...accounts.views.blueprint import own_transaction
from ...errors import Conflict, Invalid
from .. import handing, services
from ..content import MOST_BYTES
from ..forms import RejectDocumentForm, UploadForm, upload_form
from ..models import Application, Document, DocumentKind
from ..queries import Slot, document_slots, get_application, get_document
from .blueprint import bp
from .pipeline import filters_of
from .review import page_of

# Nothing of an uploaded file is ever looked into by a browser at this address.
SEALED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: Any) -> None:
    """Several files at once, of people who are signed in: more than elsewhere in one request."""
    if endpoint == "applications.upload_documents" and "_user_id" in session:
        request.max_content_length = len(DocumentKind) * (MOST_BYTES + 2**20)


@bp.get("/applications/<int:application_id>/documents")
@guard("application:edit", get_application)
def documents(application: Application) -> Any:
    slots = document_slots(application)
    return _page(application, slots, _form(slots))


@bp.post("/applications/<int:application_id>/documents")
@guard("application:edit", get_application)
@own_transaction
def upload_documents(application: Application) -> Any:
    form = _form(document_slots(application))
    form.validate_on_submit()
    outcome = handing.hand_in(application, form.uploads, current_user, level=form.level)
    form.refuse_uploads(outcome.refused)
    if outcome.kept:
        flash(_told(outcome.kept), "good")
    slots = document_slots(application)
    if any(one.current and one.current.lacks_level for one in slots) and not outcome.in_the_way:
        form.ask_for_level()
    if outcome.in_the_way:
        form.form_errors.append(outcome.in_the_way)
    if form.errors:
        status = Conflict.status if outcome.in_the_way else Invalid.status
        return _page(application, slots, form), status
    if not outcome.kept:
        flash(_("Nothing was changed: choose a file first."), "neutral")
    return redirect(url_for(".documents", application_id=application.id), 303)


def _form(slots: list[Slot]) -> UploadForm:
    certificates = [slot.current for slot in slots if slot.kind is DocumentKind.LANGUAGE]
    shown = [(one.language, one.cefr) for one in certificates if one and one.language and one.cefr]
    return upload_form([slot.kind for slot in slots], shown[0] if shown else None)


def _told(kept: list[DocumentKind]) -> str:
    names = ", ".join(str(kind.label) for kind in kept)
    return ngettext(
        "%(num)s document is kept: %(names)s.",
        "%(num)s documents are kept: %(names)s.",
        len(kept),
        names=names,
    )


def _page(application: Application, slots: list[Slot], form: UploadForm) -> str:
    return render_template(
        "applications/documents.html",
        application=application,
        call=application.call,
        slots=slots,
        form=form,
        shut=services.why_no_documents(application),
    )


@bp.get("/documents/<int:document_id>")
@guard("document:view", get_document)
@own_transaction
def download_document(document: Document) -> Response:
    found = handing.fetch(document, current_user)
    response = send_file(
        found.path,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.label,
        conditional=False,
        etag=False,
    )
    del response.last_modified  # nothing of it is kept, so nothing is compared later
    response.headers.update(SEALED)
    return response


def _back(document: Document) -> Any:
    address = filters_of(request.args).address()
    return redirect(
        url_for(".review", application_id=document.application_id, _anchor="documents", **address),
        303,
    )


@bp.post("/documents/<int:document_id>/accept")
@guard("document:review", get_document)
def accept_document(document: Document) -> Any:
    try:
        services.accept_document(document, current_user)
    except Conflict as error:
        return page_of(document.application, conflict=error.message), 409
    flash(_("Accepted: %(document)s.", document=document.kind.label), "good")
    return _back(document)


@bp.post("/documents/<int:document_id>/reject")
@guard("document:review", get_document)
def reject_document(document: Document) -> Any:
    form = RejectDocumentForm(prefix=f"document-{document.id}-")
    status = form.attempt(
        lambda: services.reject_document(document, form.text.data or "", current_user)
    )
    if status == Conflict.status:
        [message] = form.form_errors
        form.form_errors = []
        return page_of(document.application, form, message), status
    if status != 200:
        return page_of(document.application, form), status
    flash(
        _("Rejected: %(document)s. The reason is on its way.", document=document.kind.label), "good"
    )
    return _back(document)
