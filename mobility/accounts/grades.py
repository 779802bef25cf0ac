"""The grade scale of an institution, and the percents of its people that follow it."""

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from .. import audit
from ..db import db
from ..errors import Invalid
from ..partners.models import Institution
from .models import GradeScale, Profile, User
from .queries import grade_scale_of


def set_grade_scale(institution: Institution, best: float, passing: float, actor: User) -> int:
    """Enter or change the scale; the percents of all its people follow in two statements.

    Grades outside the new scale mean nothing on it and are cleared: how many is given.
    """
    if best == passing:
        raise Invalid(_("The best grade and the lowest that passes differ."), "best")
    scale = grade_scale_of(institution.id) or GradeScale(institution_id=institution.id)
    before = [scale.best, scale.passing]
    scale.best, scale.passing = best, passing
    db.session.add(scale)
    db.session.flush()
    cleared = _follow(scale)
    audit.record(
        "institution.set-grade-scale",
        institution,
        actor=actor,
        before=before,
        after=[best, passing],
        cleared=cleared,
    )
    return cleared


def _follow(scale: GradeScale) -> int:
    own = Profile.user_id.in_(select(User.id).where(User.institution_id == scale.institution_id))
    low, high = sorted((scale.best, scale.passing))
    outside = (Profile.grade_average < low) | (Profile.grade_average > high)
    cleared = db.session.scalar(select(func.count()).where(own, outside)) or 0
    db.session.execute(
        update(Profile).where(own, outside).values(grade_average=None, grade_percent=None)
    )
    db.session.execute(
        update(Profile)
        .where(own, Profile.grade_average.is_not(None))
        .values(
            grade_percent=100
            * (Profile.grade_average - scale.passing)
            / (scale.best - scale.passing)
        )
    )
    return cleared
