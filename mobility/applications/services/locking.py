"""What a round does to the applications of its calls: it takes them, or gives them back."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select, update

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict
from ...offers.models import Call, Phase
from ..models import Application
from ..queries import undecided_applications


def lock_applications(call: Call, actor: User) -> None:
    """Let nothing change in a call any more, because a round takes its inputs.

    Rules add no points until `keep_points` notes some. Raises Conflict while the call is open or
    an application is undecided.
    """
    if any(one.phase is not Phase.CLOSED for one in call.together):
        raise Conflict(_("The call has not closed yet."))
    _hold(call)
    if undecided := undecided_applications(call):
        raise Conflict(
            ngettext(
                "%(num)s application is still undecided.",
                "%(num)s applications are still undecided.",
                len(undecided),
            )
        )
    _set(call, locked_at=clock.now(), points=0.0)


def unlock_applications(call: Call, actor: User) -> None:
    """Let applications be changed again, because their round was taken back before publication."""
    _hold(call)
    _set(call, locked_at=None)


def _hold(call: Call) -> None:
    """Let nobody else change the call's applications before this transaction ends."""
    db.session.execute(
        select(Application.id)
        .where(Application.call_id.in_(call.together_ids))
        .order_by(Application.id)
        .with_for_update()
    )


def _set(call: Call, **values: Any) -> None:
    """In one statement: a call may have a hundred thousand applications."""
    db.session.execute(
        update(Application)
        .where(Application.call_id.in_(call.together_ids))
        .values(**values, version=Application.version + 1)
    )
