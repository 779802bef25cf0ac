"""Within a day whoever approved, returned, rejected or gave on can undo it, if nothing followed."""

from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...mail import queue_letter
from .. import letters
from ..models import WORKFLOW, Application, ApplicationStatus, Handling
from ..queries import handlings_of
from .holding import frozen, hold

UNDO_WITHIN = timedelta(hours=24)


@dataclass
class Undone:
    """What was undone, and what was left as it is and why."""

    done: list[Application] = field(default_factory=list)
    skipped: list[tuple[Application, str]] = field(default_factory=list)


def undo(batch: str, actor: User, only: int | None = None) -> Undone:
    """Undo what `actor` did at once, or what of it concerns one application.

    Whoever was written to gets a letter that corrects the first; who was given applications gets
    one for all of them.
    """
    outcome = Undone()
    taken: dict[int, list[Application]] = {}
    for handling in handlings_of(batch, actor, only):
        application = handling.application
        hold(application)
        db.session.refresh(handling)
        if why := why_not_undone(handling, application, actor):
            outcome.skipped.append((application, why))
            continue
        holder = application.assigned_to_id
        _put_back(handling, application, actor)
        outcome.done.append(application)
        if handling.action != "assign":
            queue_letter(
                application.applicant, letters.decision_undone, application, handling.action
            )
        elif holder is not None and holder != actor.id:
            taken.setdefault(holder, []).append(application)
    for holder, applications in taken.items():
        colleague = db.session.get_one(User, holder)
        queue_letter(colleague, letters.assignment_undone, applications, actor)
    return outcome


def why_not_undone(handling: Handling, application: Application, actor: User) -> str | None:
    """Why a deed cannot be undone by a person now; None where it can."""
    if handling.actor_id != actor.id:
        return _("Only who did it can undo it.")
    if handling.undone_at is not None:
        return _("This is undone already.")
    if application.locked_at is not None:
        return frozen()
    if application.version != handling.version:
        return _(
            "Something else happened to it since. The present state is “%(state)s”.",
            state=application.status.label,
        )
    if clock.now() - handling.at >= UNDO_WITHIN:
        return _("More than a day has passed. Take the decision back with a reason instead.")
    return None


def _put_back(handling: Handling, application: Application, actor: User) -> None:
    before = handling.before
    if handling.action == "assign":
        step, values = "undo-assign", {"assigned_to_id": before["assigned_to_id"]}
    else:
        returned = before["status"] == ApplicationStatus.RETURNED.value
        step, values = "undo-to-returned" if returned else "undo", {"note": before["note"]}
    WORKFLOW.advance(application, step, actor=actor, values=values, undone=handling.action)
    handling.undone_at = clock.now()
    db.session.flush()
    db.session.expire(application, ["assigned_to"])
