"""What those who check do: score, return, approve, reject, reopen."""

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ...i18n import moment_text
from ...mail import queue_letter
from ...offers.models import Phase
from .. import letters
from ..eligibility import obstacles
from ..models import WORKFLOW, Application, DocumentKind, Lack
from ..queries import Lacks, lacks_of
from .holding import frozen, hold
from .keeping import keep_handling, standing


def meet(application: Application, action: str, version: int | None) -> None:
    """Hold the row; refuse a form filled in over an older state, and what is not possible now."""
    hold(application)
    if version is not None and version != application.version:
        raise Conflict(
            _(
                "This application was changed after you had opened it. "
                "The present state is “%(state)s”.",
                state=application.status.label,
            )
        )
    if why := objection(application, action):
        raise Conflict(why)


def objection(application: Application, action: str, lacks: Lacks | None = None) -> str | None:
    """Why `action` of those who check is not possible now; None where it is.

    `lacks`: what it lacks of the required documents, where that was read for many at once.
    """
    if application.locked_at is not None:
        return frozen()
    if not WORKFLOW.allows(application, action):
        return _(
            "This is not possible now: the present state is “%(state)s”.",
            state=application.status.label,
        )
    if action == "return" and clock.now() >= application.call.mending_until:
        return _(
            "The time for mending ended on %(moment)s: approve or reject.",
            moment=moment_text(application.call.mending_until),
        )
    if action == "pre-place" and application.call.phase is Phase.OPEN:
        return _("The call is still open, and choices may change until the deadline.")
    if action == "score" and application.call.has_sheets:
        return _("This call is scored by criteria or by two people: open the application.")
    if action == "approve" and application.score is None and application.call.reviews_needed > 1:
        return _("Two reviews are asked for, and not all are in.")
    if action == "approve" and application.score is None:
        return _("It has no score yet; score it first.")
    if action == "approve" and not _has_eligible_choice(application):
        return _("The applicant is eligible for none of the choices.")
    if action == "approve":
        lacks = lacks_of(application) if lacks is None else lacks
        if lacks:
            return _(
                "Required documents are missing or rejected: %(documents)s.", documents=said(lacks)
            )
    return None


def score_application(
    application: Application,
    score: float | Decimal,
    actor: User,
    *,
    comment: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """Score from 0 to 100, two decimals at most; changed after the deadline, with a reason."""
    meet(application, "score", version)
    value = checked_score(score)
    changed = application.score is not None and application.score != value
    closed = application.call.phase is not Phase.OPEN
    if changed and closed and not reason.strip():
        raise Invalid(
            _("The call has closed and a score stands: say why you change it."), field="reason"
        )
    values = {"score": value, "score_comment": comment.strip(), "scored_by_id": actor.id}
    WORKFLOW.advance(
        application,
        "score",
        actor=actor,
        reason=reason.strip() or None,
        values=values,
        score=value,
        before=application.score,
    )
    db.session.flush()


def checked_score(given: float | Decimal | None, field: str = "score") -> float:
    """A score or mark as it is kept; Invalid at the field that does not stand."""
    value = Decimal("NaN") if given is None else Decimal(str(given))
    if not value.is_finite() or not 0 <= value <= 100:
        raise Invalid(_("A score is a number from 0 to 100."), field=field)
    if value != round(value, 2):
        raise Invalid(_("A score has at most two decimals."), field=field)
    return float(value)


def return_application(
    application: Application,
    note: str,
    actor: User,
    *,
    version: int | None = None,
    batch: str | None = None,
) -> None:
    """Give an application back with a note on what to mend."""
    meet(application, "return", version)
    note = words_of(note, _("Say what is to be mended."))
    before = standing(application)
    WORKFLOW.advance(application, "return", actor=actor, reason=note, values={"note": note})
    db.session.flush()
    keep_handling(application, "return", actor, before, batch)
    queue_letter(application.applicant, letters.returned, application)


def approve_application(
    application: Application,
    actor: User,
    *,
    version: int | None = None,
    batch: str | None = None,
) -> None:
    """Let an application into the round; Conflict without a score or a choice that counts."""
    meet(application, "approve", version)
    before = standing(application)
    WORKFLOW.advance(application, "approve", actor=actor, values={"note": ""})
    db.session.flush()
    keep_handling(application, "approve", actor, before, batch)
    queue_letter(application.applicant, letters.approved, application)


def _has_eligible_choice(application: Application) -> bool:
    profile = application.applicant.profile
    return any(not obstacles(profile, choice.offer) for choice in application.choices)


def reject_application(
    application: Application,
    reason: str,
    actor: User,
    *,
    version: int | None = None,
    batch: str | None = None,
) -> None:
    """Keep an application out of the round, and say why."""
    meet(application, "reject", version)
    reason = words_of(reason, _("Say why; the applicant will read it."))
    before = standing(application)
    WORKFLOW.advance(application, "reject", actor=actor, reason=reason, values={"note": reason})
    db.session.flush()
    keep_handling(application, "reject", actor, before, batch)
    queue_letter(application.applicant, letters.rejected, application)


def reopen_application(
    application: Application, reason: str, actor: User, *, version: int | None = None
) -> None:
    """Take back an approval, a rejection or a return; possible until the round is frozen."""
    meet(application, "reopen", version)
    reason = words_of(reason, _("Say why the decision is taken back."))
    WORKFLOW.advance(application, "reopen", actor=actor, reason=reason, values={"note": ""})
    db.session.flush()
    queue_letter(application.applicant, letters.reopened, application)


def said(lacks: Mapping[DocumentKind, Lack]) -> str:
    """What is lacking, in words."""
    return "; ".join(f"{kind.label} ({lack.label})" for kind, lack in lacks.items())


def words_of(text: str, otherwise: str) -> str:
    if not text.strip():
        raise Invalid(otherwise, field="text")
    return text.strip()
