"""What calls and places share when they are changed: the version, the reason, the record."""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...agreements.models import CooperationCondition
from ...db import db
from ...errors import Conflict, Invalid
from ...laboratories.models import Slot
from ...partners.models import OrganisationalUnit
from ...projects.models import Project
from ..models import Call, Offer, Phase
from ..rule_changes import RuleChange
from ..rules import EligibilityRule

Changes = dict[str, tuple[Any, Any]]
"""Attribute → (before, after)."""


def check_version(subject: Call | Offer, version: int | None) -> None:
    """Raise Conflict when a form was filled in over an older state."""
    if version is not None and version != subject.version:
        raise Conflict(
            _(
                "This was changed after you had opened it. What you typed stands below;"
                " open the page in another tab, compare, and send it again."
            )
        )


def check_shown_version(subject: Call | EligibilityRule, version: int | None) -> None:
    """Likewise, where the page that answers shows the present state beside what was typed."""
    if version is not None and version != subject.version:
        raise Conflict(
            _(
                "This was changed after you had opened it. Compare what stands now with"
                " what you want, and send it again if yours is to take its place."
            )
        )


def given(reason: str | None) -> str:
    """The reason, trimmed; Invalid where there is none."""
    reason = (reason or "").strip()
    if not reason:
        raise Invalid(_("Give a reason: it is kept on the record."), "reason")
    return reason


def has_opened(call: Call) -> bool:
    """Whether people have seen the call and go by it."""
    return call.phase in {Phase.OPEN, Phase.CLOSED}


def values_of(subject: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Attributes of a call or place as they stand."""
    return {name: getattr(subject, name) for name in names}


def changes_of(subject: Any, values: dict[str, Any]) -> Changes:
    """What would change: attribute → (before, after)."""
    return {
        name: (getattr(subject, name), value)
        for name, value in values.items()
        if getattr(subject, name) != value
    }


def told(changes: Changes) -> dict[str, Any]:
    """The changes as the audit trail keeps them."""
    return {"changes": {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()}}


def keep_rule_change(
    subject: Call | Offer,
    changes: Changes,
    rules: tuple[str, ...],
    actor: User,
    reason: str,
) -> None:
    """Keep which of these matching rules change in a call that has opened, for all to see."""
    changed = {name: change for name, change in changes.items() if name in rules}
    if not changed:
        return
    offer = subject if isinstance(subject, Offer) else None
    db.session.add(
        RuleChange(
            call=subject if isinstance(subject, Call) else subject.call,
            offer=offer,
            at=clock.now(),
            actor_id=actor.id,
            reason=given(reason),
            changes=told(changed)["changes"],
        )
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, CooperationCondition | OrganisationalUnit | Project | Slot):
        return value.id
    return getattr(value, "value", value)
