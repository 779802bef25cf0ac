"""Who may be placed where: each reason against, in words; what a call's own rules mean."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from .. import isced
from ..accounts.models import EQF_LEVELS, Cefr, Profile, Role
from ..i18n import language_name
from ..offers.models import Offer
from ..offers.rule_words import rule_text
from .rules import Facts, lacking_of


@dataclass(frozen=True)
class Obstacle:
    """One reason why an applicant cannot choose an offer."""

    code: str
    text: Any


def obstacles(profile: Profile | None, offer: Offer) -> list[Obstacle]:
    """Everything that keeps an applicant from an offer; empty means eligible.

    Pure over loaded objects: the profile with its user and skills, the offer with its condition,
    agreement and institutions. The offer's own rules narrow those of its condition.
    """
    found = [] if offer.is_open else [Obstacle("closed", _l("This place is not open at present."))]
    if profile is None:
        missing = _l("Your profile is missing: complete it first.")
        return [*found, Obstacle("profile", missing)]
    found += _origin(profile, offer)
    found += _position(profile, offer)
    found += _level(profile, offer)
    found += _field(profile, offer)
    return found + _languages(profile, offer) + _rules(profile, offer)


def _origin(profile: Profile, offer: Offer) -> list[Obstacle]:
    condition = offer.condition
    if condition.sending_id != profile.user.institution_id:
        text = _l("For people of %(institution)s only.", institution=condition.sending.name)
        return [Obstacle("institution", text)]
    if condition.sending_unit_id is not None and condition.sending_unit_id != profile.unit_id:
        text = _l("For people of this unit only: %(unit)s.", unit=condition.sending_unit.name)  # type: ignore[union-attr]  # the id stands, so does the unit
        return [Obstacle("unit", text)]
    return []


def _position(profile: Profile, offer: Offer) -> list[Obstacle]:
    if profile.position or Role.STUDENT in offer.condition.direction.sends:
        return []
    return [Obstacle("position", _l("For teachers and staff; your profile names no position."))]


def _level(profile: Profile, offer: Offer) -> list[Obstacle]:
    """Levels are of students; where staff go too, who has none is not asked for one."""
    if Role.STUDENT not in offer.condition.direction.sends:
        return []
    if profile.eqf_level is None:
        if Role.STAFF in offer.condition.direction.sends:
            return []
        return [Obstacle("level", _l("For students; your profile names no level of study."))]
    for levels in (offer.eqf_levels, offer.condition.eqf_levels):
        if levels and profile.eqf_level not in levels:
            names = ", ".join(str(EQF_LEVELS[level]) for level in sorted(levels))
            text = _l(
                "Level: %(needed)s; yours is %(yours)s.",
                needed=names,
                yours=EQF_LEVELS[profile.eqf_level],
            )
            return [Obstacle("level", text)]
    return []


def _field(profile: Profile, offer: Offer) -> list[Obstacle]:
    for fields in (offer.isced_fields, offer.condition.isced_fields):
        if not isced.matches(profile.isced_field, fields):
            names = ", ".join(_field_name(code) for code in fields)
            text = _l(
                "Field of study: %(needed)s; yours is %(yours)s.",
                needed=names,
                yours=_field_name(profile.isced_field),
            )
            return [Obstacle("field", text)]
    return []


def _rules(profile: Profile, offer: Offer) -> list[Obstacle]:
    """The hard rules of the call that the applicant does not meet."""
    hard = [rule for rule in offer.call.eligibility_rules if rule.is_hard]
    if not hard:
        return []
    facts = Facts.of(profile)
    found = []
    for rule in lacking_of(facts, hard, offer.call.direction):
        asked, yours = rule_text(rule.kind, rule.terms), facts.said(rule)
        text = (
            _l("%(asked)s; your profile does not say it.", asked=asked)
            if yours is None
            else _l("%(asked)s; yours: %(yours)s.", asked=asked, yours=yours)
        )
        found.append(Obstacle(f"rule-{rule.kind.value}", text))
    return found


def _field_name(code: str) -> str:
    return str(isced.FIELDS.get(code, code))


def _languages(profile: Profile, offer: Offer) -> list[Obstacle]:
    known = {skill.language: skill.cefr for skill in profile.skills}
    found = []
    for language, least in needed_languages(offer).items():
        has = known.get(language)
        if has is None:
            text = _l(
                "%(language)s at %(level)s or better; your profile does not name it.",
                language=language_name(language).capitalize(),
                level=least.value,
            )
        elif not has.reaches(least):
            text = _l(
                "%(language)s at %(level)s or better; your profile says %(yours)s.",
                language=language_name(language).capitalize(),
                level=least.value,
                yours=has.value,
            )
        else:
            continue
        found.append(Obstacle("language", text))
    return found


def needed_languages(offer: Offer) -> dict[str, Cefr]:
    """The least level of each language that the offer or its condition asks for."""
    needed: dict[str, Cefr] = {}
    for language, cefr in (
        (offer.language, offer.cefr),
        (offer.condition.language, offer.condition.cefr),
    ):
        if language and cefr and not (language in needed and needed[language].reaches(cefr)):
            needed[language] = cefr
    return needed
