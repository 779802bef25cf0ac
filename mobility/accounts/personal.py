"""What accounts keep of people: the account itself, the profile, consents, letters, the record."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from .. import audit
from ..db import db
from ..mail import Mail
from ..personal import Part, gone, keeps
from . import queries
from .models import FailedSignIn, Role, User

OFFICES = {Role.COORDINATOR, Role.ADMIN}


def _account(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "timezone": user.timezone,
        "institution": user.institution.name if user.institution else None,
        "since": user.created_at,
        "roles": [grant.label for grant in user.grants],
        "profile": _profile(user),
        "consents": [
            {"kind": one.kind, "version": one.version, "wording": one.wording, "at": one.at}
            for one in queries.consents_of(user)
        ],
        "letters": [
            {"subject": one.subject, "text": one.text, "queued": one.queued_at, "sent": one.sent_at}
            for one in queries.letters_to(user)
        ],
        "done_by_the_person": [
            {"action": one.action, "at": one.at} for one in queries.deeds_of(user)
        ],
        "refused_sign_ins": [
            {"at": one.at, "from": one.remote} for one in queries.failures_of(user)
        ],
    }


def _profile(user: User) -> dict[str, Any] | None:
    profile = user.profile
    if profile is None:
        return None
    return {
        "unit": profile.unit.name if profile.unit else None,
        "level_eqf": profile.eqf_level,
        "field_isced": profile.isced_field,
        "year_of_study": profile.study_year,
        "position": profile.position,
        "grade_average": profile.grade_average,
        "credits_earned": profile.credits_earned,
        "earlier_mobilities": profile.earlier_mobilities,
        "languages": {skill.language: skill.cefr.value for skill in profile.skills},
    }


def _obstacles(user: User) -> Iterator[str]:
    for grant in user.grants:
        if grant.role in OFFICES:
            yield _(
                "An administrator has to take this role away first: %(role)s.",
                role=grant.label,
            )


def _erase(user: User) -> None:
    """Of the profile level, year and field stay, for reports; of consents all: they name nobody."""
    if user.profile is not None:
        profile = user.profile
        profile.unit_id, profile.position = None, gone(profile.position)
        profile.grade_average = profile.grade_percent = None
        profile.credits_earned = profile.earlier_mobilities = None
        profile.skills.clear()
        audit.forget(profile)
    db.session.execute(delete(Mail).where(Mail.user_id == user.id))
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.user_id == user.id))
    user.grants.clear()
    user.timezone = "UTC"
    audit.forget(user)
    db.session.flush()


keeps(
    Part(
        "account",
        frozenset(
            {
                "audit_event.actor_id",
                "consent.user_id",
                "failed_sign_in.user_id",
                "mail.user_id",
                "profile.user_id",
                "role_grant.user_id",
                "rule_change.actor_id",
            }
        ),
        _account,
        obstacles=_obstacles,
        erase=_erase,
    )
)
