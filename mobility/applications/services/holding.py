"""To hold an application before anything is checked, so that nobody acts on what is past."""

from flask_babel import gettext as _

from ...db import db
from ...errors import Conflict
from ..models import Application


def hold(application: Application) -> None:
    """Lock the row and read it again as it is now (on SQLite the transaction holds it already)."""
    db.session.flush()
    db.session.refresh(application, with_for_update={"of": Application})
    db.session.expire(application, ["choices"])


def check_unlocked(application: Application) -> None:
    """Refuse what would change an application that a round has taken."""
    if application.locked_at is not None:
        raise Conflict(frozen())


def frozen() -> str:
    """What to say of an application that a round has taken."""
    return _("The round has frozen the applications of this call; nothing changes any more.")
