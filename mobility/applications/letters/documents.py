"""What applicants are written about their documents, and before a deadline."""

from flask_babel import gettext as _

from ...mail import Letter, address_of
from ..models import Application, ApplicationStatus, Document, Window
from ..queries import Lacks


def document_rejected(document: Document) -> Letter:
    application = document.application
    open_now = application.window is not Window.SHUT
    mending = application.window is Window.MENDING
    call = application.call
    return Letter(
        subject=_(
            "Please replace a document: %(document)s, “%(call)s”",
            document=document.kind.label,
            call=call.title,
        ),
        happened=_(
            "Your coordinator could not accept this document of your application in the call "
            "“%(call)s”: %(document)s (%(file)s). The reason: %(reason)s",
            call=call.title,
            document=document.kind.label,
            file=document.label,
            reason=document.reason,
        ),
        to_do=_("Upload another version. The one you sent is kept.")
        if open_now
        else _(
            "You can replace it once your coordinator returns the application to you for mending."
        ),
        until=(call.mending_until if mending else call.closes_at) if open_now else None,
        link=address_of("applications.documents", application_id=application.id),
        link_label=_("Open your documents"),
    )


def still_waiting(application: Application) -> Letter:
    """To somebody whose draft is not submitted, or whose application was returned."""
    call = application.call
    returned = application.status is ApplicationStatus.RETURNED
    mending = application.window is Window.MENDING
    return Letter(
        subject=_("Please mend your application in “%(call)s”", call=call.title)
        if returned
        else _("Not submitted yet: your application in “%(call)s”", call=call.title),
        happened=_(
            "Your coordinator reminds you: your application in the call “%(call)s” was returned to"
            " you with this note: %(note)s",
            call=call.title,
            note=application.note,
        )
        if returned
        else _(
            "Your coordinator reminds you: you have begun an application in the call “%(call)s” "
            "and not submitted it. Only what you submit counts.",
            call=call.title,
        ),
        to_do=_("Mend it and submit it again.")
        if returned
        else _("Look through your choices and submit them."),
        until=call.mending_until if mending else call.closes_at,
        link=address_of("applications.choices", application_id=application.id),
        link_label=_("Mend your application") if returned else _("Open your application"),
    )


def deadline_near(application: Application, lacks: Lacks) -> Letter:
    """To somebody whose application is a draft, or lacks documents that the call requires."""
    call = application.call
    is_draft = application.submitted_at is None
    happened = (
        _(
            "Your application in the call “%(call)s” is a draft. Only what you submit counts.",
            call=call.title,
        )
        if is_draft
        else _(
            "Your application in the call “%(call)s” cannot be approved as it is.", call=call.title
        )
    )
    if lacks:
        rows = "\n".join(f"– {kind.label}: {lack.label}" for kind, lack in lacks.items())
        happened += "\n\n" + _("These required documents are lacking:") + "\n" + rows
    return Letter(
        subject=_("The deadline is near: “%(call)s”", call=call.title),
        happened=happened,
        to_do=_("Upload the documents, then submit your application.")
        if lacks and is_draft
        else _("Upload the documents.")
        if lacks
        else _("Look through your choices and submit them."),
        until=call.closes_at,
        link=address_of(
            "applications.documents" if lacks else "applications.choices",
            application_id=application.id,
        ),
        link_label=_("Open your documents") if lacks else _("Open your application"),
    )
