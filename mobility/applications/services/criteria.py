"""By what a call's reviewers score, and how many of them: set before anybody has scored."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...offers.criteria import Criterion
from ...offers.models import Call
from ...offers.queries import locked
from ...offers.services import check_rules_may_change
from ...offers.services.editing import (
    check_shown_version,
    given,
    has_opened,
    keep_rule_change,
)
from ..queries import is_scored

MOST_CRITERIA = 10


def set_criteria(
    call: Call,
    criteria: Sequence[Mapping[str, Any]],
    actor: User,
    *,
    reviews_needed: int = 1,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Let a call be scored by exactly these criteria, by so many reviewers; none: one score typed.

    `criteria`: name_en, name_ru, name_kk, weight. Once the call is open with a reason, shown to
    all. Raises Conflict for a stale `version` of the call, when somebody has scored, or the call
    has closed.
    """
    locked(call)
    check_scoring_may_change(call)
    check_shown_version(call, version)
    values = [_checked(one) for one in criteria]
    if len(values) > MOST_CRITERIA:
        raise Invalid(_("A call has at most %(most)s criteria.", most=MOST_CRITERIA))
    if reviews_needed not in (1, 2):
        raise Invalid(_("One reviewer scores, or two."), "reviews_needed")
    before = [one.plain for one in call.criteria]
    changes: dict[str, tuple[Any, Any]] = {}
    if values != before:
        changes["criteria"] = (before, values)
    if reviews_needed != call.reviews_needed:
        changes["reviews_needed"] = (call.reviews_needed, reviews_needed)
    if not changes:
        return
    if has_opened(call):
        keep_rule_change(call, changes, tuple(changes), actor, given(reason))
    if "criteria" in changes:
        call.criteria = [Criterion(**one) for one in values]
        flag_modified(call, "reviews_needed")  # rows of its own alone give it no new version
    call.reviews_needed = reviews_needed
    record(
        "call.set-criteria",
        call,
        actor=actor,
        reason=reason.strip() or None,
        changes={name: list(change) for name, change in changes.items()},
    )
    db.session.flush()


def check_scoring_may_change(call: Call) -> None:
    """Refuse, as a Conflict, to change by what people were scored already."""
    check_rules_may_change(call)
    if is_scored(call):
        raise Conflict(_("Somebody has scored in this call already, so this stands."))


def _checked(one: Mapping[str, Any]) -> dict[str, Any]:
    names = {name: (one.get(name) or "").strip() for name in ("name_en", "name_ru", "name_kk")}
    if not any(names.values()):
        raise Invalid(_("Name each criterion in at least one language."), "criteria")
    weight = one.get("weight")
    if weight is None or not 1 <= weight <= 100:
        raise Invalid(_("A weight is a whole number from 1 to 100."), "criteria")
    return {**names, "weight": weight}
