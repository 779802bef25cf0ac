"""Who may do what with applications: applicants their own, the sending side's coordinators theirs.

Receiving institutions see nothing here: before publication no application is theirs to see.
"""

from typing import Any

from ..accounts.models import User
from ..offers.models import Call
from .models import Application, ApplicationStatus, Document, SavedView
from .queries import sends


def may_apply(user: User | None, _: Any) -> bool:
    return user is not None and user.is_applicant


def may_apply_in(user: User | None, call: Call) -> bool:
    """A student or staff, whichever the direction of the call sends."""
    return user is not None and call.direction.takes(user)


def is_applicant(user: User | None, application: Application) -> bool:
    return user is not None and application.applicant_id == user.id


def reviews_any(user: User | None, _: Any) -> bool:
    return user is not None and (user.is_coordinator or user.is_admin)


def reviews(user: User | None, application: Application) -> bool:
    """Coordinates the sending unit or is an admin; never of an own application, nor of a draft."""
    return (
        user is not None
        and user.id not in {application.applicant_id, application.partner_id}
        and application.status is not ApplicationStatus.DRAFT
        and (user.is_admin or user.coordinates(application.sending_id, application.sending_unit_id))
    )


def is_partner(user: User | None, application: Application) -> bool:
    return user is not None and application.partner_id == user.id


def sees(user: User | None, application: Application) -> bool:
    return (
        is_applicant(user, application)
        or is_partner(user, application)
        or reviews(user, application)
    )


def overrides(user: User | None, application: Application) -> bool:
    """An admin, never for an own application."""
    return user is not None and user.is_admin and reviews(user, application)


def asks_for_documents(user: User | None, call: Call) -> bool:
    """An admin, or who coordinates a whole institution that sends people in such a call."""
    return user is not None and (user.is_admin or sends(user, call.direction))


def sees_document(user: User | None, document: Document) -> bool:
    """Whoever sees the application; the receiving side as little as that."""
    return sees(user, document.application)


def reviews_document(user: User | None, document: Document) -> bool:
    return reviews(user, document.application)


def owns_view(user: User | None, view: SavedView) -> bool:
    """Who named it, as long as they have a pipeline."""
    return user is not None and view.user_id == user.id and reviews_any(user, None)


RULES: dict[str, Any] = {
    "application:apply": may_apply,
    "call:apply": may_apply_in,
    "application:view": sees,
    "application:edit": is_applicant,
    "application:partner": is_partner,
    "application:review-any": reviews_any,
    "application:review": reviews,
    "application:override": overrides,
    "call:ask-documents": asks_for_documents,
    "saved-view:view": owns_view,
    "saved-view:edit": owns_view,
    "document:view": sees_document,
    "document:review": reviews_document,
}
