"""Ending agreements: at once, or with notice on a last day, which can be withdrawn until then."""

from collections.abc import Callable
from datetime import date, timedelta

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Invalid
from ...i18n import day
from ...mail import Letter, queue_letter
from .. import letters
from ..models import WORKFLOW, Agreement, AgreementStatus
from ..notices import Notice
from ..queries import coordinators_of, notice_to_withdraw, refresh_locked, side_of
from .checks import given
from .versions import check_amendable, drop_open_version

LONGEST_NOTICE = timedelta(days=730)


def terminate_agreement(agreement: Agreement, actor: User, reason: str) -> None:
    """End an agreement that both had approved. Offers under it stop being open by that alone."""
    refresh_locked(agreement)
    reason = given(reason)
    if agreement.status is AgreementStatus.APPROVED:
        check_amendable(agreement)
    WORKFLOW.advance(agreement, "terminate", actor=actor, reason=reason)
    drop_open_version(agreement, actor, reason)
    _tell_both(agreement, letters.terminated, reason)


def give_notice(agreement: Agreement, actor: User, reason: str, last_day: date) -> None:
    """Let an agreement end after `last_day`, within LONGEST_NOTICE; until then it stays in force.

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
    side = side_of(agreement, actor)
    own = next((one for one in agreement.notices if one.institution is side), None)
    if own is None:
        agreement.notices.append(Notice(institution=side, last_day=last_day))
    else:
        own.last_day = last_day
    _tell_both(agreement, letters.notice_given, reason)


def withdraw_notice(agreement: Agreement, actor: User, reason: str) -> None:
    """Take the notice back that `actor` may withdraw; the agreement holds as before it was given.

    Where the other partner's stands it still ends, on the day that one named. Raises Conflict
    where none stands or the last day is over.
    """
    refresh_locked(agreement)
    notice = withdrawable_notice(agreement, actor)
    reason = given(reason)
    rest = [one for one in agreement.notices if one is not notice]
    last_day = min((one.last_day for one in rest), default=None)
    WORKFLOW.advance(
        agreement,
        "withdraw_notice",
        actor=actor,
        reason=reason,
        values={"ends_on": last_day, "notices": rest},
        **({} if last_day is None else {"last_day": last_day.isoformat()}),
    )
    _tell_both(agreement, letters.notice_withdrawn, reason)


def withdrawable_notice(agreement: Agreement, actor: User) -> Notice:
    """The notice that `actor` may withdraw now; Conflict where there is none."""
    if agreement.status is AgreementStatus.APPROVED:
        check_amendable(agreement)
    notice = notice_to_withdraw(agreement, actor)
    if notice is None or agreement.status is not AgreementStatus.APPROVED:
        raise Conflict(_("No notice to end this agreement stands."))
    return notice


def _tell_both(agreement: Agreement, letter: Callable[..., Letter], reason: str) -> None:
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letter, agreement, reason)


def _check_last_day(agreement: Agreement, last_day: date) -> None:
    today = clock.now().date()
    if last_day < today:
        raise Invalid(_("The last day is today (%(day)s) or later.", day=day(today)), "last_day")
    latest = today + LONGEST_NOTICE
    if last_day > latest:
        raise Invalid(
            _("The last day is %(day)s at the latest, two years from now.", day=day(latest)),
            "last_day",
        )
    if agreement.ends_on is not None and last_day >= agreement.ends_on:
        raise Invalid(
            _(
                "Both partners were told that it ends on %(day)s; a new notice can only name an"
                " earlier day.",
                day=day(agreement.ends_on),
            ),
            "last_day",
        )
