"""How the score of an application becomes what a round counts."""

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


def _points(application: Application) -> float:
    """What the rules of the call add to the score: as the round froze it, or as it stands."""
    if application.points is not None and application.locked_at is not None:
        return application.points
    return points_of([profile_of(one) for one in application.people], application.call)
