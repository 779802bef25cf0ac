"""Writes about one's own account: language, name, password, what applicants say of themselves."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from .. import audit
from ..db import db
from ..errors import Invalid
from ..i18n import LANGUAGES, timezone_known
from .models import Cefr, LanguageSkill, Profile, User
from .queries import grade_scale_of, unit_of


def new_session_key() -> str:
    """A key that ends every session and mailed link made with the one before."""
    return secrets.token_hex(16)


def choose_language(user: User, language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    user.language = language
    db.session.flush()


def change_account(user: User, *, name: str, language: str, timezone: str, actor: User) -> None:
    """Set name, language and time zone."""
    if not timezone_known(timezone):
        raise Invalid(timezone, "timezone")
    if name != user.name:
        audit.record("user.rename", user, actor=actor, before=user.name, after=name)
    user.name, user.timezone = name, timezone
    choose_language(user, language)


def set_password(user: User, password_hash: str, *, actor: User | None) -> None:
    """Take a new password's hash; every session and mailed link of before ends."""
    user.password_hash = password_hash
    user.session_key = new_session_key()
    audit.record("user.set-password", user, actor=actor)


@dataclass(frozen=True)
class Standing:
    """How far somebody has come; None: not said."""

    grade_average: float | None = None
    credits_earned: float | None = None
    earlier_mobilities: int | None = None


def describe_profile(
    user: User,
    *,
    unit_id: int | None,
    isced_field: str,
    skills: Mapping[str, Cefr],
    actor: User,
    eqf_level: int | None = None,
    study_year: int | None = None,
    position: str = "",
    standing: Standing | None = None,
) -> Profile:
    """Write what eligibility is decided by: of studies the level and year, of work the position.

    Without a `standing` what stands of it stays. Raises Invalid at unit_id for a unit of another
    institution, at grade_average for one outside the scale of the own one.
    """
    if unit_id is not None and unit_of(user.institution_id, unit_id) is None:
        raise Invalid("", "unit_id")
    percent = _percent(user, standing) if standing is not None else None
    profile = user.profile or Profile(user=user)
    profile.unit_id, profile.study_year = unit_id, study_year
    profile.eqf_level, profile.isced_field = eqf_level, isced_field
    profile.position = position
    if standing is not None:
        profile.grade_average, profile.grade_percent = standing.grade_average, percent
        profile.credits_earned = standing.credits_earned
        profile.earlier_mobilities = standing.earlier_mobilities
    known = {skill.language: skill for skill in profile.skills}
    for language in known.keys() - skills.keys():
        profile.skills.remove(known[language])
    for language, cefr in skills.items():
        if language in known:
            known[language].cefr = cefr
        else:
            profile.skills.append(LanguageSkill(language=language, cefr=cefr))
    db.session.add(profile)
    audit.record(
        "profile.describe",
        profile,
        actor=actor,
        unit=unit_id,
        level=eqf_level,
        field=isced_field,
        year=study_year,
        position=position,
        skills={language: cefr.value for language, cefr in skills.items()},
        grade=profile.grade_average,
        credits=profile.credits_earned,
        mobilities=profile.earlier_mobilities,
    )
    return profile


def _percent(user: User, standing: Standing) -> float | None:
    """The grade average in percent of the scale of the person's own institution."""
    grade = standing.grade_average
    if grade is None:
        return None
    scale = grade_scale_of(user.institution_id)
    if scale is None:
        raise Invalid(
            _("Your university has not entered its grade scale yet. Leave this empty."),
            "grade_average",
        )
    if not scale.holds(grade):
        raise Invalid(
            _(
                "The grade average lies between %(passing)s and %(best)s.",
                passing=format_decimal(scale.passing),
                best=format_decimal(scale.best),
            ),
            "grade_average",
        )
    return scale.percent(grade)


def raise_skill(
    profile: Profile, language: str, cefr: Cefr, *, actor: User, document: int
) -> tuple[bool, Cefr | None]:
    """Let a certificate that was accepted lift a language of the profile to `cefr`, never lower.

    Whether something was written, and the level that stood before (None: the language was new).
    """
    _hold(profile)
    known = {skill.language: skill for skill in profile.skills}
    before = known[language].cefr if language in known else None
    if before is not None and before.reaches(cefr):
        return False, before
    _set_skill(profile, language, cefr)
    audit.record(
        "profile.certify",
        profile,
        actor=actor,
        document=document,
        language=language,
        cefr=cefr.value,
        before=before.value if before else None,
    )
    return True, before


def lower_skill(
    profile: Profile,
    language: str,
    cefr: Cefr,
    before: Cefr | None,
    *,
    actor: User,
    document: int,
) -> None:
    """Take `raise_skill` back, unless the profile says something else by now."""
    _hold(profile)
    known = {skill.language: skill.cefr for skill in profile.skills}
    if known.get(language) is not cefr:
        return
    _set_skill(profile, language, before)
    audit.record(
        "profile.decertify",
        profile,
        actor=actor,
        document=document,
        language=language,
        cefr=before.value if before else None,
        before=cefr.value,
    )


def _hold(profile: Profile) -> None:
    """Two certificates of one person may be accepted at once, in two calls."""
    db.session.flush()
    db.session.refresh(profile, with_for_update={"of": Profile})
    db.session.expire(profile, ["skills"])


def _set_skill(profile: Profile, language: str, cefr: Cefr | None) -> None:
    known = {skill.language: skill for skill in profile.skills}
    if cefr is None:
        profile.skills.remove(known[language])
    elif language in known:
        known[language].cefr = cefr
    else:
        profile.skills.append(LanguageSkill(language=language, cefr=cefr))
