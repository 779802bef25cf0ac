"""Overrides of an admin: somebody is left out of the round, or placed before it.

Each needs a reason, is on record, stands in the snapshot and is counted on the page of the round.
"""

from flask_babel import gettext as _
from sqlalchemy import func, select

from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from ...offers.models import Offer
from .. import letters
from ..models import WORKFLOW, Application
from ..queries import choices_of
from .checking import meet, words_of


def exclude_application(
    application: Application, reason: str, actor: User, *, version: int | None = None
) -> None:
    """Override: take an application out of the round, also an approved one, and say why.

    It is counted on the page of the round; possible until the round is frozen.
    """
    meet(application, "exclude", version)
    reason = words_of(reason, _("Say why; the applicant will read it."))
    WORKFLOW.advance(application, "exclude", actor=actor, reason=reason, values={"note": reason})
    db.session.flush()
    queue_letter(application.applicant, letters.excluded, application)


def readmit_application(
    application: Application, reason: str, actor: User, *, version: int | None = None
) -> None:
    """Take an exclusion back; the application waits for its check again."""
    meet(application, "readmit", version)
    reason = words_of(reason, _("Say why the decision is taken back."))
    WORKFLOW.advance(application, "readmit", actor=actor, reason=reason, values={"note": ""})
    db.session.flush()
    queue_letter(application.applicant, letters.reopened, application)


def pre_place_application(
    application: Application,
    offer: Offer,
    reason: str,
    actor: User,
    *,
    version: int | None = None,
) -> None:
    """Override: give an approved applicant one of their choices before the round, and say why.

    Possible from the deadline until the round is frozen. The seat is taken out of the round.
    """
    meet(application, "pre-place", version)
    if application.call.gives_together:
        raise Conflict(
            _("In a call that gives several seats at once nobody is placed before the round.")
        )
    if offer.id not in {choice.offer_id for choice in choices_of(application)}:
        raise Invalid(_("Choose one of the places that the applicant ranked."), "offer")
    reason = words_of(reason, _("Say why; the applicant will read it."))
    db.session.refresh(offer, with_for_update={"of": Offer})  # two admins come in turn
    if not offer.is_open:
        raise Invalid(_("“%(place)s” is no longer open.", place=offer.title), "offer")
    if pre_placed_at(offer) >= offer.seats:
        raise Invalid(_("“%(place)s” has no seat left.", place=offer.title), "offer")
    WORKFLOW.advance(
        application,
        "pre-place",
        actor=actor,
        reason=reason,
        values={"note": reason, "pre_placed_offer": offer},
        place=offer.code,
    )
    db.session.flush()
    queue_letter(application.applicant, letters.pre_placed, application)


def pre_placed_at(offer: Offer) -> int:
    """How many people an override has placed at an offer before its round."""
    counted = select(func.count()).where(Application.pre_placed_offer_id == offer.id)
    return db.session.scalar(counted) or 0


def release_application(
    application: Application, reason: str, actor: User, *, version: int | None = None
) -> None:
    """Take a placement before the round back; the application takes part as an approved one."""
    meet(application, "release", version)
    reason = words_of(reason, _("Say why the decision is taken back."))
    WORKFLOW.advance(
        application,
        "release",
        actor=actor,
        reason=reason,
        values={"note": "", "pre_placed_offer": None},
    )
    db.session.flush()
    queue_letter(application.applicant, letters.released, application)
