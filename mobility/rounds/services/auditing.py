"""Auditors: people whom an admin lets check a round, though they have no part in it."""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...accounts.queries import user_by_email
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from .. import letters, queries
from ..models import Round, RoundAuditor, RoundStatus


def name_auditor(round_: Round, email: str, actor: Any) -> RoundAuditor:
    """Let the owner of an account have the file of a round from its publication on."""
    user = user_by_email(email)
    if user is None or not user.is_active:
        raise Invalid(_("Nobody here has this address. They have to register first."), "email")
    if user in queries.auditors(round_):
        raise Invalid(_("%(name)s audits this round already.", name=user.name), "email")
    named = RoundAuditor(round=round_, user=user, named_at=clock.now())
    db.session.add(named)
    record("round.name-auditor", round_, actor=actor, auditor=user.id)
    db.session.flush()
    if round_.status is RoundStatus.PUBLISHED:
        queue_letter(user, letters.may_audit, round_)
    return named


def dismiss_auditor(round_: Round, user: User, actor: Any) -> None:
    """Name somebody as an auditor no longer."""
    named = db.session.get(RoundAuditor, (round_.id, user.id))
    if named is None:
        raise Conflict(_("This person does not audit the round."))
    db.session.delete(named)
    record("round.dismiss-auditor", round_, actor=actor, auditor=user.id)
    db.session.flush()


def tell_auditors(round_: Round) -> None:
    """Write to the auditors of a round that has just been published."""
    for user in queries.auditors(round_):
        queue_letter(user, letters.may_audit, round_)
