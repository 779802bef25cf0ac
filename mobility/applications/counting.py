"""How the score of an application becomes what a round counts."""

from flask_babel import gettext as _

from ..offers.models import Call
from .evening import corrections_of, evened
from .models import Application
from .queries import profile_of
from .rules import points_of, with_points


def counted(application: Application) -> dict[str, float | None]:
    """`shift`: what evens it out between reviewers, `points` by rules, `counted`: all together."""
    points, score = _points(application), application.score
    shift = corrections_of(application.call).get(application.id, 0.0)
    together = None if score is None else with_points(evened(score, shift), points)
    return {"points": points, "shift": shift, "counted": together}


def changes_in_round(call: Call) -> list[str]:
    """What a round does to the scores of a call before it counts them, in words; [] is nothing."""
    changes = []
    if call.reviews_needed > 1:
        changes.append(_("evened out between strict and generous reviewers"))
    if not all(rule.is_hard for rule in call.eligibility_rules):
        changes.append(_("points by the rules of the call are added"))
    return changes


def _points(application: Application) -> float:
    """What the rules of the call add to the score: as the round froze it, or as it stands."""
    if application.points is not None and application.locked_at is not None:
        return application.points
    return points_of([profile_of(one) for one in application.people], application.call)
