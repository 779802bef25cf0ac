"""Strict and generous reviewers are evened out, by the applications that they scored together.

A review is taken as the worth of an application, the leaning of its reviewer, and chance. Where two
review each application, the difference of their scores says nothing of its worth: leanings are what
explains these differences best, drawn towards 0 while few are known (least squares with a penalty,
the best linear unbiased prediction of Henderson 1975 for equal variances). Where the same two
review everybody, nothing changes.
"""

from collections.abc import Iterable

from sqlalchemy import select

from ..db import db
from ..offers.models import Call
from .models import Application, Review

MOST_SCORE = 100.0
# The variance within a reviewer's scores over that between reviewers' leanings.
PENALTY = 1.0


def corrections_of(call: Call) -> dict[int, float]:
    """What is added to the mean of both reviews, by application; {} where one reviewer scores.

    Over the whole round: calls that are decided together have their reviewers in common.
    """
    paired = [one.id for one in call.together if one.reviews_needed > 1]
    if not paired:
        return {}
    rows = db.session.execute(
        select(Review.application_id, Review.reviewer_id, Review.score)
        .join(Application, Application.id == Review.application_id)
        .where(Application.call_id.in_(paired))
        .order_by(Review.application_id, Review.id)
    )
    return corrections((application, reviewer, score) for application, reviewer, score in rows)


def corrections(reviews: Iterable[tuple[int, int, float]]) -> dict[int, float]:
    """By application the correction of its mean, two decimals, from (application, reviewer, score).

    Applications with one review have none and say nothing of their reviewer.
    """
    import numpy as np  # only where reviewers are evened out

    sheets: dict[int, list[tuple[int, float]]] = {}
    for application, reviewer, score in reviews:
        sheets.setdefault(application, []).append((reviewer, score))
    pairs = {application: both for application, both in sheets.items() if len(both) == 2}
    if not pairs:
        return {}
    at: dict[int, int] = {}
    for both in pairs.values():
        for reviewer, _ in both:
            at.setdefault(reviewer, len(at))
    matrix, right = PENALTY * np.eye(len(at)), np.zeros(len(at))
    for (first, high), (second, low) in pairs.values():
        i, j = at[first], at[second]
        matrix[[i, j], [i, j]] += 0.5
        matrix[[i, j], [j, i]] -= 0.5
        right[i] += (high - low) / 2
        right[j] -= (high - low) / 2
    leanings = np.linalg.solve(matrix, right)
    return {
        application: round(-float(leanings[[at[reviewer] for reviewer, _ in both]].mean()), 2) + 0.0
        for application, both in pairs.items()
    }


def evened(score: float, correction: float) -> float:
    """The score with its correction, from 0 to 100."""
    return min(MOST_SCORE, max(0.0, round(score + correction, 2))) if correction else score
