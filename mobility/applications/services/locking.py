"""What a round does to the applications of its call: it takes them, or gives them back."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict
from ...offers.models import Call, Phase
from ..models import Application
from ..queries import undecided_applications


def lock_applications(call: Call, actor: User) -> None:
    """Let nothing change in a call any more, because a round takes its inputs.

    Raises Conflict while the call is open or an application is undecided.
    """
    if call.phase is not Phase.CLOSED:
        raise Conflict(_("The call has not closed yet."))
    held = db.session.scalars(
        select(Application)
        .where(Application.call_id == call.id)
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if undecided := undecided_applications(call):
        raise Conflict(
            ngettext(
                "%(num)s application is still undecided.",
                "%(num)s applications are still undecided.",
                len(undecided),
            )
        )
    for application in held:
        application.locked_at = clock.now()
    db.session.flush()


def unlock_applications(call: Call, actor: User) -> None:
    """Let applications be changed again, because their round was taken back before publication."""
    for application in db.session.scalars(
        select(Application)
        .where(Application.call_id == call.id)
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        application.locked_at = None
    db.session.flush()
