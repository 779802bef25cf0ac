"""To keep what stood before a deed of those who check, so that it can be undone within a day."""

import secrets
from typing import Any

from ... import clock
from ...accounts.models import User
from ...db import db
from ..models import Application, Handling


def new_batch() -> str:
    """A name for what is done by one press of a button."""
    return secrets.token_hex(8)


def standing(application: Application) -> dict[str, Any]:
    """What a deed may change, as it stands."""
    return {
        "status": application.status.value,
        "note": application.note,
        "assigned_to_id": application.assigned_to_id,
    }


def keep_handling(
    application: Application, action: str, actor: User, before: dict[str, Any], batch: str | None
) -> None:
    """Note the deed once it is flushed: the version tells whether anything follows."""
    db.session.add(
        Handling(
            batch=batch or new_batch(),
            application_id=application.id,
            actor_id=actor.id,
            action=action,
            at=clock.now(),
            before=before,
            version=application.version,
        )
    )
    db.session.flush()
