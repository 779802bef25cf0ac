"""What is done to documents: handed in, described, accepted, rejected."""

from flask_babel import gettext as _
from sqlalchemy import update

from ... import audit, clock
from ...accounts.models import Cefr, User
from ...accounts.services import lower_skill, raise_skill
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from .. import letters
from ..content import Content
from ..models import (
    CHECK,
    Application,
    ApplicationStatus,
    Document,
    DocumentKind,
    DocumentStatus,
    Window,
)
from ..queries import UNDECIDED, current_document, is_asked
from .applying import why_shut
from .checking import words_of
from .holding import frozen, hold

MOST_VERSIONS = 20  # of one document: all are kept, and the disk is not for filling


def why_no_documents(application: Application) -> str | None:
    """Why no document can be handed in or replaced now, and what to do; None where it can."""
    if application.locked_at is not None:
        return frozen()
    if application.window is Window.SHUT:
        return why_shut(application)
    if application.status is ApplicationStatus.APPROVED:
        return _(
            "Your application is approved with these documents. To send others, submit your "
            "choices again first; your coordinator then checks the application anew."
        )
    return None


def check_takes_documents(application: Application) -> None:
    """Raise Conflict where no document can be handed in or replaced now."""
    if why := why_no_documents(application):
        raise Conflict(why)


def keep_document(
    application: Application,
    kind: DocumentKind,
    content: Content,
    stored_as: str,
    actor: User,
    *,
    level: tuple[str, Cefr] | None = None,
) -> Document:
    """Keep a stored file as the current version of a document; the one before stays beside it.

    The same bytes sent twice are one version: the one that stands is returned. Raises Conflict
    when nothing can be handed in now, Invalid for what the call does not ask for.
    """
    hold(application)
    check_takes_documents(application)
    before = current_document(application, kind)
    if before is None and not is_asked(application.call, kind):
        raise Invalid(_("This call does not ask for this document."))
    if before is not None and before.digest == content.digest:
        as_before = level in (None, (before.language, before.cefr))
        if before.status is DocumentStatus.REJECTED and as_before:
            raise Invalid(_("This is the very file that was rejected. Choose another one."))
        return before
    if before is not None and before.number >= MOST_VERSIONS:
        raise Invalid(
            _("This document was uploaded %(num)s times; ask your coordinator.", num=MOST_VERSIONS)
        )
    if before is not None:
        before.replaced_at = clock.now()
        db.session.flush()  # the old version makes room before the new one comes
    document = Document(
        application=application,
        kind=kind,
        number=before.number + 1 if before else 1,
        label=content.label,
        file_type=content.file_type,
        size=len(content.data),
        digest=content.digest,
        stored_as=stored_as,
        uploaded_at=clock.now(),
    )
    if level and kind is DocumentKind.LANGUAGE:
        document.language, document.cefr = level
    db.session.add(document)
    audit.record(
        "document.replace" if before else "document.upload",
        document,
        actor=actor,
        kind=kind.value,
        number=document.number,
        digest=document.digest,
    )
    _show_again(application)
    return document


def _show_again(application: Application) -> None:
    """Whoever has the application open to decide it has to look again: it is not as they saw it."""
    db.session.flush()
    if application.status is ApplicationStatus.DRAFT:
        return
    db.session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(version=Application.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(application, ["version"])


def certify(document: Document, language: str, cefr: Cefr, actor: User) -> None:
    """Say which language and level a certificate shows; one that was rejected waits again.

    Raises Conflict for a version that was replaced or accepted, or when nothing can be changed.
    """
    application = document.application
    hold(application)
    check_takes_documents(application)
    _check_current(document)
    if (document.language, document.cefr) == (language, cefr):
        return
    values = {
        "language": language,
        "cefr": cefr,
        "reason": "",
        "reviewed_at": None,
        "reviewed_by_id": None,
    }
    details = {"kind": document.kind.value, "language": language, "cefr": cefr.value}
    CHECK.advance(document, "certify", actor=actor, values=values, **details)
    _show_again(application)


def _check_current(document: Document) -> None:
    db.session.refresh(document)
    if not document.is_current:
        raise Conflict(
            _("A newer version of this document was uploaded after you had opened the page.")
        )


def why_not_checked(application: Application) -> str | None:
    """Why documents of an application cannot be accepted or rejected now; None where they can."""
    if application.locked_at is not None:
        return frozen()
    if application.status not in UNDECIDED:
        return _(
            "Documents are checked before the decision: the present state is “%(state)s”.",
            state=application.status.label,
        )
    return None


def _meet(document: Document) -> None:
    hold(document.application)
    if why := why_not_checked(document.application):
        raise Conflict(why)
    _check_current(document)


def accept_document(document: Document, actor: User) -> None:
    """Accept a document. A language certificate lifts the language in the applicant's profile.

    Raises Conflict for a replaced version, or a certificate without its language and level.
    """
    _meet(document)
    if document.lacks_level:
        raise Conflict(
            _(
                "The applicant has not said which language and level this certificate shows. "
                "Reject it with that reason, or wait until they have."
            )
        )
    CHECK.advance(
        document,
        "accept",
        actor=actor,
        values={"reason": "", **_reviewed(actor)},
        kind=document.kind.value,
    )
    profile = document.application.applicant.profile
    if document.language and document.cefr and profile is not None:
        document.raised, document.cefr_before = raise_skill(
            profile, document.language, document.cefr, actor=actor, document=document.id
        )
    db.session.flush()


def reject_document(document: Document, reason: str, actor: User) -> None:
    """Reject a document and write the applicant why; what its acceptance wrote is taken back."""
    _meet(document)
    reason = words_of(reason, _("Say why; the applicant will read it."))
    CHECK.advance(
        document,
        "reject",
        actor=actor,
        reason=reason,
        values={"reason": reason, **_reviewed(actor)},
        kind=document.kind.value,
    )
    profile = document.application.applicant.profile
    if document.raised and document.language and document.cefr and profile is not None:
        lower_skill(
            profile,
            document.language,
            document.cefr,
            document.cefr_before,
            actor=actor,
            document=document.id,
        )
    document.raised, document.cefr_before = False, None
    db.session.flush()
    queue_letter(document.application.applicant, letters.document_rejected, document)


def _reviewed(actor: User) -> dict[str, object]:
    return {"reviewed_at": clock.now(), "reviewed_by_id": actor.id}
