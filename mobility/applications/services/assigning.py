"""An application is given to a colleague, who checks it next."""

from collections.abc import Collection

from flask_babel import gettext as _

from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from .. import letters
from ..models import WORKFLOW, Application
from ..queries import may_take
from .checking import meet
from .keeping import keep_handling, standing


def assign_application(
    application: Application,
    colleague: User | None,
    actor: User,
    *,
    version: int | None = None,
    batch: str | None = None,
) -> None:
    """Give an application to `colleague` to check, or to nobody (None)."""
    meet(application, "assign", version)
    if colleague is not None and not may_take(colleague, application):
        raise Invalid(
            _("%(name)s does not coordinate where this person comes from.", name=colleague.name),
            field="colleague",
        )
    given = None if colleague is None else colleague.id
    if given == application.assigned_to_id:
        raise Conflict(
            _("It is given to nobody already.")
            if colleague is None
            else _("It is given to %(name)s already.", name=colleague.name)
        )
    before = standing(application)
    WORKFLOW.advance(
        application,
        "assign",
        actor=actor,
        values={"assigned_to_id": given},
        to=given,
        before=application.assigned_to_id,
    )
    db.session.flush()
    keep_handling(application, "assign", actor, before, batch)
    db.session.expire(application, ["assigned_to"])


def tell_assigned(
    colleague: User | None, applications: Collection[Application], actor: User
) -> None:
    """One letter for all that was given at once; none to whom takes something themselves."""
    if colleague is not None and colleague.id != actor.id and applications:
        queue_letter(colleague, letters.assigned, list(applications), actor)
