"""Ending agreements: at once, or with notice on a last day."""

from datetime import date

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Invalid
from ...i18n import day
from ...mail import queue_letter
from .. import letters
from ..models import WORKFLOW, Agreement, AgreementStatus
from ..queries import coordinators_of, refresh_locked
from .checks import given
from .versions import check_amendable, drop_open_version


def terminate_agreement(agreement: Agreement, actor: User, reason: str) -> None:
    """End an agreement that both had approved. Offers under it stop being open by that alone."""
    refresh_locked(agreement)
    reason = given(reason)
    if agreement.status is AgreementStatus.APPROVED:
        check_amendable(agreement)
    WORKFLOW.advance(agreement, "terminate", actor=actor, reason=reason)
    drop_open_version(agreement, actor, reason)
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letters.terminated, agreement, reason)


def give_notice(agreement: Agreement, actor: User, reason: str, last_day: date) -> None:
    """Let an agreement end after `last_day`, today or later; until then it stays in force.

    A second notice can only bring an earlier day. Raises Invalid at reason and last_day.
    """
    refresh_locked(agreement)
    reason = given(reason)
    check_amendable(agreement)
    _check_last_day(agreement, last_day)
    WORKFLOW.advance(
        agreement,
        "give_notice",
        actor=actor,
        reason=reason,
        values={"ends_on": last_day},
        last_day=last_day.isoformat(),
    )
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letters.notice_given, agreement, reason)


def _check_last_day(agreement: Agreement, last_day: date) -> None:
    today = clock.now().date()
    if last_day < today:
        raise Invalid(_("The last day is today (%(day)s) or later.", day=day(today)), "last_day")
    if agreement.ends_on is not None and last_day >= agreement.ends_on:
        raise Invalid(
            _(
                "Both partners were told that it ends on %(day)s; a new notice can only name an"
                " earlier day.",
                day=day(agreement.ends_on),
            ),
            "last_day",
        )
