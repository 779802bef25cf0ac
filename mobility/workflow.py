"""A status changes through one door: checked, set and recorded in one step."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from . import audit
from .errors import Conflict


@dataclass(frozen=True)
class Workflow:
    """The steps of one status attribute: action → (from which statuses, to which).

    A step to None keeps the status: the deed is checked and recorded all the same. A room to the
    right that has to do something in the same transaction follows the step: see `then`.
    """

    noun: str
    attribute: str
    steps: Mapping[str, tuple[frozenset[Any] | set[Any], enum.Enum | None]]
    followers: dict[str, list[Callable[[Any], None]]] = field(default_factory=dict, compare=False)

    def then(self, action: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Register what follows `action`: it gets the subject, in the transaction of the step."""

        def follow(work: Callable[[Any], None]) -> Callable[[Any], None]:
            self.followers.setdefault(action, []).append(work)
            return work

        return follow

    def allows(self, subject: Any, action: str) -> bool:
        """Whether `action` is possible in the subject's present status."""
        return getattr(subject, self.attribute) in self.steps[action][0]

    def advance(
        self,
        subject: Any,
        action: str,
        *,
        actor: Any,
        reason: str | None = None,
        values: Mapping[str, Any] | None = None,
        **details: Any,
    ) -> None:
        """Take `action`, or raise Conflict with the present status. *Who* may is the guard's.

        `values` are the attributes that change together with the status.
        """
        origins, target = self.steps[action]
        present = getattr(subject, self.attribute)
        if present not in origins:
            raise Conflict(
                _(
                    "This is not possible now: the present state is “%(state)s”.",
                    state=present.label if present is not None else "—",
                )
            )
        if target is not None:
            setattr(subject, self.attribute, target)
        for name, value in (values or {}).items():
            setattr(subject, name, value)
        audit.record(f"{self.noun}.{action}", subject, actor=actor, reason=reason, **details)
        for follow in self.followers.get(action, ()):
            follow(subject)
