"""Reviewers score: by the criteria of the call, one or two of them, neither seeing the other's."""

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ...offers.models import Call, Phase
from ..models import WORKFLOW, Application, Review
from ..queries import reviews_of
from .checking import checked_score, meet


def review_application(
    application: Application,
    actor: User,
    *,
    marks: Mapping[int, float | Decimal] | None = None,
    score: float | Decimal | None = None,
    comment: str = "",
    reason: str = "",
    version: int | None = None,
) -> Review:
    """Give or change one's review: `marks` by criterion, or a `score` in a call without any.

    The application has a score, the mean, once as many are in as the call asks for. After the
    deadline a changed one needs a reason. Raises Conflict where others have given all of them.
    """
    meet(application, "review", version)
    call = application.call
    kept = {} if not call.criteria else _checked_marks(call, marks or {})
    value = weighted_mean(call, kept) if kept else checked_score(score)
    review = _sheet_of(application, actor)
    changed = review.id is not None and (review.score, review.marks) != (value, kept)
    if changed and call.phase is not Phase.OPEN and not reason.strip():
        raise Invalid(
            _("The call has closed and a score stands: say why you change it."), field="reason"
        )
    before = review.score if review.id is not None else None
    review.reviewer_id = actor.id
    review.marks, review.score, review.comment = kept, value, comment.strip()
    review.at = clock.now()
    db.session.add(review)
    db.session.flush()
    values = _result(application, actor)
    WORKFLOW.advance(
        application,
        "review",
        actor=actor,
        reason=reason.strip() or None,
        values=values,
        marks=kept,
        value=value,
        before=before,
    )
    db.session.flush()
    return review


def weighted_mean(call: Call, marks: Mapping[str, float]) -> float:
    """The mean of the marks by the weights of their criteria, two decimals."""
    weights = {str(one.id): one.weight for one in call.criteria}
    total = sum(weights[name] * mark for name, mark in marks.items())
    return round(total / sum(weights.values()), 2)


def _checked_marks(call: Call, marks: Mapping[int, float | Decimal]) -> dict[str, float]:
    kept = {}
    for one in call.criteria:
        if (mark := marks.get(one.id)) is None:
            raise Invalid(_("Give a mark for “%(name)s”.", name=one.name), f"mark_{one.id}")
        kept[str(one.id)] = checked_score(mark, f"mark_{one.id}")
    return kept


def _sheet_of(application: Application, actor: User) -> Review:
    """The sheet that `actor` writes on: their own; the only one where one is asked for."""
    found, needed = reviews_of(application), application.call.reviews_needed
    own = next((review for review in found if review.reviewer_id == actor.id), None)
    if own is None and needed == 1 and found:
        return found[0]
    if own is None and len(found) >= needed:
        raise Conflict(
            ngettext(
                "%(num)s review is in, as this call asks for; who gave it may change it.",
                "%(num)s reviews are in, as this call asks for; who gave them may change them.",
                len(found),
            )
        )
    return own or Review(application_id=application.id)


def _result(application: Application, actor: User) -> dict[str, object]:
    """What the application gets: nothing before all reviews are in, then their mean."""
    found, needed = reviews_of(application), application.call.reviews_needed
    if len(found) < needed:
        return {}
    mean = round(sum(review.score for review in found) / len(found), 2)
    if needed > 1:
        return {"score": mean, "score_comment": "", "scored_by_id": None}
    return {"score": mean, "score_comment": found[0].comment, "scored_by_id": actor.id}
