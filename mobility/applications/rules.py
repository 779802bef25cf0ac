"""What a call's own eligibility rules mean, over plain facts of a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal

from .. import isced
from ..accounts.models import EQF_LEVELS, Cefr, Profile, Role
from ..agreements.models import Direction
from ..offers.models import Call
from ..offers.rules import MEASURED, OF_STUDIES, EligibilityRule, RuleKind

MOST_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules read of a person. Whoever adds a field here adds it to `entries.asked_of` too."""

    institution_id: int | None
    country: str | None
    eqf_level: int | None
    isced_field: str
    study_year: int | None
    grade_percent: float | None
    credits_earned: float | None
    earlier_mobilities: int | None
    languages: Mapping[str, str]

    @classmethod
    def of(cls, profile: Profile) -> "Facts":
        """Of a profile loaded with its user, their institution, and its skills."""
        home = profile.user.institution
        return cls(
            institution_id=profile.user.institution_id,
            country=home.country if home else None,
            eqf_level=profile.eqf_level,
            isced_field=profile.isced_field,
            study_year=profile.study_year,
            grade_percent=profile.grade_percent,
            credits_earned=profile.credits_earned,
            earlier_mobilities=profile.earlier_mobilities,
            languages={skill.language: skill.cefr.value for skill in profile.skills},
        )

    def said(self, rule: EligibilityRule) -> str | None:
        """What they have where the rule asks, in words; None where nothing is said."""
        if rule.kind in MEASURED:
            value = getattr(self, MEASURED[rule.kind])
            unit = " %" if rule.kind is RuleKind.GRADE else ""
            return None if value is None else format_decimal(value) + unit
        if rule.kind is RuleKind.LEVEL:
            return str(EQF_LEVELS[self.eqf_level]) if self.eqf_level else None
        if rule.kind is RuleKind.FIELD:
            return str(isced.FIELDS.get(self.isced_field, self.isced_field))
        if rule.kind is RuleKind.LANGUAGE:
            return self.languages.get(rule.terms["language"])
        return "—"


def meets(facts: Facts, rule: EligibilityRule) -> bool:
    """Whether a person has what a rule asks."""
    terms = rule.terms
    if rule.kind in MEASURED:
        return within(getattr(facts, MEASURED[rule.kind]), terms)
    if rule.kind is RuleKind.LEVEL:
        return facts.eqf_level in terms["levels"]
    if rule.kind is RuleKind.FIELD:
        return isced.matches(facts.isced_field, terms["fields"])
    if rule.kind is RuleKind.LANGUAGE:
        has = facts.languages.get(terms["language"])
        return has is not None and Cefr(has).reaches(Cefr(terms["cefr"]))
    return facts.country in terms["countries"] or any(
        facts.institution_id == one["id"] for one in terms["institutions"]
    )


def within(value: float | None, terms: Mapping[str, Any]) -> bool:
    """Whether a number is known and lies between the ends that there are."""
    if value is None:
        return False
    least, most = terms.get("least"), terms.get("most")
    return (least is None or value >= least) and (most is None or value <= most)


def is_asked(facts: Facts, rule: EligibilityRule, direction: Direction) -> bool:
    """Whether a hard rule is for this person: what is of studies is asked of those who study.

    Where only students go, who names no studies is asked all the same.
    """
    return (
        rule.kind not in OF_STUDIES
        or facts.eqf_level is not None
        or Role.STAFF not in direction.sends
    )


def lacking_of(
    facts: Facts, rules: Iterable[EligibilityRule], direction: Direction
) -> list[EligibilityRule]:
    """Those of some hard rules that stand against a person."""
    return [rule for rule in rules if is_asked(facts, rule, direction) and not meets(facts, rule)]


def points_of(profiles: Sequence[Profile | None], call: Call) -> float:
    """The points that a call's rules give; a team gets those that both its members would get."""
    worthy = [rule for rule in call.eligibility_rules if not rule.is_hard]
    if not worthy or None in profiles:
        return 0.0
    facts = [Facts.of(profile) for profile in profiles if profile is not None]
    return min(MOST_SCORE, sum(_given(rule, facts) for rule in worthy))


def _given(rule: EligibilityRule, everybody: Sequence[Facts]) -> float:
    points = rule.points or 0.0
    return points if all(meets(facts, rule) for facts in everybody) else 0.0


def with_points(score: float, points: float) -> float:
    """The score that counts: what the reviewers gave and the points of the rules, 100 at most."""
    return min(MOST_SCORE, score + points) if points else score
