"""Writes about one's own account: language, name, password, what applicants say of themselves."""

import secrets
from collections.abc import Mapping

from .. import audit
from ..db import db
from ..errors import Invalid
from ..i18n import LANGUAGES, timezone_known
from .models import Cefr, LanguageSkill, Profile, User
from .queries import unit_of


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
) -> Profile:
    """Write what eligibility is decided by: of studies the level and year, of work the position.

    Raises Invalid at unit_id for a unit of another institution.
    """
    if unit_id is not None and unit_of(user.institution_id, unit_id) is None:
        raise Invalid("", "unit_id")
    profile = user.profile or Profile(user=user)
    profile.unit_id, profile.study_year = unit_id, study_year
    profile.eqf_level, profile.isced_field = eqf_level, isced_field
    profile.position = position
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
    )
    return profile


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
