"""A call's own eligibility rules: added, changed, removed, on the record once the call is open."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from ... import clock, isced
from ...accounts.models import EQF_LEVELS, Cefr, User
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...partners.queries import institutions
from ..models import Call, Phase
from ..queries import locked
from ..rules import EligibilityRule, RuleKind
from .editing import check_shown_version, given, has_opened, keep_rule_change

MOST_RULES = 30
_LEAST: dict[RuleKind, tuple[float, float]] = {
    RuleKind.GRADE: (0, 100),
    RuleKind.CREDITS: (0, 1000),
}


def add_rule(
    call: Call,
    kind: RuleKind,
    terms: Mapping[str, Any],
    actor: User,
    *,
    points: float | None = None,
    reason: str = "",
) -> EligibilityRule:
    """Let a call ask for something; with `points` it bars nobody and adds them to the score."""
    before = _begin(call, reason)
    if len(before) >= MOST_RULES:
        raise Conflict(_("A call has at most %(most)s rules.", most=MOST_RULES))
    rule = EligibilityRule(kind=kind, terms=_checked(kind, terms), points=_checked_points(points))
    call.eligibility_rules.append(rule)
    _end(call, before, actor, reason)
    return rule


def change_rule(
    rule: EligibilityRule,
    terms: Mapping[str, Any],
    actor: User,
    *,
    points: float | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Let a rule say something else of its kind. Conflict for a stale `version`, or none left."""
    call = _hold(rule, version)
    before = _begin(call, reason)
    rule.terms, rule.points = _checked(rule.kind, terms), _checked_points(points)
    _end(call, before, actor, reason)


def remove_rule(
    rule: EligibilityRule, actor: User, *, reason: str = "", version: int | None = None
) -> None:
    """Let a call ask for something no more. Conflict for a stale `version`, or none left."""
    call = _hold(rule, version)
    before = _begin(call, reason)
    rule.removed_at = clock.now()
    db.session.flush()
    db.session.expire(call, ["eligibility_rules"])
    _end(call, before, actor, reason)


def check_rules_may_change(call: Call) -> None:
    """Refuse, as a Conflict, what the phase of a call no longer allows."""
    if call.phase is Phase.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    if call.phase is Phase.CLOSED:
        raise Conflict(_("The call has closed; this stands."))


def check_rule_stands(rule: EligibilityRule) -> None:
    """Refuse, as a Conflict, what is done to a rule that was removed."""
    if rule.removed_at is not None:
        raise Conflict(
            _(
                "This rule is gone: it was removed. If the call is to ask for it again, add it as"
                " a new one."
            )
        )


def _hold(rule: EligibilityRule, version: int | None) -> Call:
    """Hold the call of a rule and read the rule as it is now; refuse what was meant for another."""
    call: Call = locked(db.session.get_one(Call, rule.call_id))
    check_rule_stands(locked(rule))
    check_rules_may_change(call)
    check_shown_version(rule, version)
    return call


def _begin(call: Call, reason: str) -> list[dict[str, Any]]:
    """Hold the call, so that two admins come in turn; what its rules say before the change."""
    locked(call)
    check_rules_may_change(call)
    if has_opened(call) and not reason.strip():
        raise Invalid(
            _("The call has opened, so people go by what it says. Say why it changes."), "reason"
        )
    return [rule.plain for rule in call.eligibility_rules]


def _end(call: Call, before: list[dict[str, Any]], actor: User, reason: str) -> None:
    """Write the change on the record, and for all to see where the call is open."""
    db.session.flush()
    after = [rule.plain for rule in call.eligibility_rules]
    if after == before:
        return
    if has_opened(call):
        changes = {"eligibility": (before, after)}
        keep_rule_change(call, changes, ("eligibility",), actor, given(reason))
    record(
        "call.set-eligibility",
        call,
        actor=actor,
        reason=reason.strip() or None,
        before=before,
        after=after,
    )
    db.session.flush()


def _checked_points(points: float | None) -> float | None:
    if points is not None and not 0 < points <= 100:
        raise Invalid(_("Give points from above 0 to 100."), "points")
    return points


def _checked(kind: RuleKind, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as they are kept; Invalid at the field that does not stand."""
    if kind is RuleKind.LEVEL:
        levels = sorted(set(terms.get("levels") or ()))
        if not levels or not set(levels) <= EQF_LEVELS.keys():
            raise Invalid(_("Choose at least one level."), "levels")
        return {"levels": levels}
    if kind is RuleKind.FIELD:
        fields = sorted(set(terms.get("fields") or ()))
        if not fields or not set(fields) <= isced.FIELDS.keys():
            raise Invalid(_("Choose at least one field."), "fields")
        return {"fields": fields}
    if kind is RuleKind.LANGUAGE:
        if not terms.get("language"):
            raise Invalid(_("Choose the language."), "language")
        return {"language": terms["language"], "cefr": Cefr(terms["cefr"]).value}
    if kind is RuleKind.SENDING:
        return _checked_sending(terms)
    return _checked_limits(kind, terms)


def _checked_limits(kind: RuleKind, terms: Mapping[str, Any]) -> dict[str, Any]:
    least, most = terms.get("least"), terms.get("most")
    if kind is RuleKind.YEAR:
        if least is None and most is None:
            raise Invalid(_("Give the first year, the last one, or both."), "least")
        if least is not None and most is not None and least > most:
            raise Invalid(_("The last year is not before the first."), "most")
        return {"least": least, "most": most}
    if kind is RuleKind.EARLIER:
        if most is None or not 0 <= most <= 20:
            raise Invalid(_("Give a whole number from 0 to 20."), "most")
        return {"most": most}
    low, high = _LEAST[kind]
    if least is None or not low < least <= high:
        raise Invalid(_("Give a number above 0, up to %(most)s.", most=int(high)), "least")
    return {"least": least}


def _checked_sending(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Institutions with their names as they are now: what was promised stays readable."""
    countries = sorted(set(terms.get("countries") or ()))
    wanted = set(terms.get("institutions") or ())
    known = [one for one in institutions() if one.id in wanted]
    if not countries and not known:
        raise Invalid(_("Choose at least one country or university."), "countries")
    names = [
        {
            "id": one.id,
            "name_en": one.name_en,
            "name_ru": one.name_ru,
            "name_kk": one.name_kk,
        }
        for one in sorted(known, key=lambda one: one.id)
    ]
    return {"countries": countries, "institutions": names}
