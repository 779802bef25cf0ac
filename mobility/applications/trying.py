"""How many of the present profiles would meet a call's own rules: numbers, never people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from ..accounts.models import LanguageSkill, Profile, Role, User, UserStatus
from ..agreements.queries import conditions_in_force
from ..db import db
from ..offers.models import Call
from ..offers.rules import EligibilityRule, RuleKind
from ..partners.models import Institution
from .rules import Facts, is_asked, meets

LEAST_SHOWN = 5
ASKED = (
    "institution_id", "country", "eqf_level", "isced_field", "study_year", "grade_percent",
    "credits_earned", "earlier_mobilities",
)  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """How many meet each rule, all hard ones together, and how many there are at all."""

    everybody: int
    by_rule: list[tuple[EligibilityRule, int]]
    together: int

    def shown(self, count: int) -> int | None:
        """A count, unless it or what it leaves out is a group of fewer than five."""
        rest = self.everybody - count
        return None if 0 < count < LEAST_SHOWN or 0 < rest < LEAST_SHOWN else count


def tried(call: Call) -> Tried:
    """Ask the rules of a call over all profiles of the universities that send in it.

    Three queries, whatever the number of people.
    """
    rules = call.eligibility_rules
    hard = [rule for rule in rules if rule.is_hard]
    counts = dict.fromkeys((rule.id for rule in rules), 0)
    everybody = together = 0
    for facts in _facts(call):
        everybody += 1
        met = {
            rule.id
            for rule in rules
            if meets(facts, rule) or (rule.is_hard and not is_asked(facts, rule, call.direction))
        }
        together += all(rule.id in met for rule in hard)
        for one in met:
            counts[one] += 1
    return Tried(everybody, [(rule, counts[rule.id]) for rule in rules], together)


def _facts(call: Call) -> Iterable[Facts]:
    """What the rules read of everybody whom the direction sends, in plain rows."""
    sends = {one.sending_id for one in conditions_in_force(call.academic_year, call.direction)}
    whom: list[Any] = []
    if Role.STUDENT in call.direction.sends:
        whom.append(Profile.eqf_level.is_not(None))
    if Role.STAFF in call.direction.sends:
        whom.append(Profile.position != "")
    people = (
        User.status == UserStatus.ACTIVE,
        User.institution_id.in_(sends),
        or_(*whom),
    )
    skills = _skills(call, people)
    rows = db.session.execute(
        select(
            Profile.id,
            User.institution_id,
            Institution.country,
            Profile.eqf_level,
            Profile.isced_field,
            Profile.study_year,
            Profile.grade_percent,
            Profile.credits_earned,
            Profile.earlier_mobilities,
        )
        .join(Profile.user)
        .join(User.institution)
        .where(*people)
    )
    for row in rows:
        profile_id, *values = row
        said: dict[str, Any] = dict(zip(ASKED, values, strict=True))
        yield Facts(**said, languages=skills.get(profile_id, {}))


def _skills(call: Call, people: tuple[Any, ...]) -> dict[int, dict[str, str]]:
    """The languages that the rules ask for, by profile."""
    asked = {
        rule.terms["language"] for rule in call.eligibility_rules if rule.kind is RuleKind.LANGUAGE
    }
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if not asked:
        return found
    rows = db.session.execute(
        select(LanguageSkill.profile_id, LanguageSkill.language, LanguageSkill.cefr)
        .join(LanguageSkill.profile)
        .join(Profile.user)
        .where(LanguageSkill.language.in_(asked), *people)
    )
    for profile_id, language, cefr in rows:
        found[profile_id][language] = cefr.value
    return found
