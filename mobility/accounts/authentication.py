"""Signing in: the password is checked outside any transaction, the outcome kept in its own."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from .. import clock
from ..db import db, transaction
from ..errors import Conflict, Invalid, MobilityError
from ..mail import queue_letter
from . import letters
from .consents import Wording
from .models import ACCOUNT, FailedSignIn, User, UserStatus
from .passwords import hash_password, is_outdated, password_matches
from .queries import user_by_email
from .registration import keep_consent
from .services import set_password
from .tokens import CONFIRM, INVITE, Purpose, holder

KEEP_FAILURES = timedelta(days=90)


class LinkUsed(MobilityError):
    """A mailed link that is used, outdated or not ours."""

    status = 410


def sign_in(email: str, password: str, *, remote: str, on_this_machine: bool) -> User:
    """The person with this address and password; raises Invalid with the same words and after the
    same time whether the address is unknown or the password wrong.

    Opens transactions of its own: a failure is recorded although the request is refused.
    """
    with transaction(write=False):
        found = user_by_email(email)
        user_id, password_hash = (found.id, found.password_hash) if found else (None, None)
    matches = password_matches(password_hash, password)
    renewed = (
        hash_password(password)
        if matches and password_hash and is_outdated(password_hash)
        else None
    )
    with transaction():
        user = db.session.get(User, user_id) if user_id and matches else None
        refusal = _refusal(user, on_this_machine)
        if refusal is None and user is not None:
            user.password_hash = renewed or user.password_hash
        else:
            _record_failure(user_id, remote)
    if user is None or refusal is not None:
        raise Invalid(refusal or "")
    return user


def _refusal(user: User | None, on_this_machine: bool) -> str | None:
    """Why this person, whose password was right, may not come in."""
    if user is None:
        return _("The address and the password do not belong together. Check both.")
    if user.status is UserStatus.DISABLED:
        return _("This account is switched off. Write to the coordinator of your institution.")
    if user.status is not UserStatus.ACTIVE:
        return _("This account is not set up yet. Open the link in the mail we sent you.")
    if user.is_demo and not on_this_machine:
        return _("Demonstration accounts sign in only on the machine that runs the service.")
    return None


def _record_failure(user_id: int | None, remote: str) -> None:
    now = clock.now()
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - KEEP_FAILURES))
    db.session.add(FailedSignIn(at=now, user_id=user_id, remote=remote))
    db.session.flush()


def change_password(user_id: int, current: str, password: str) -> User:
    """Replace a known password. Raises Invalid where the present one is wrong.

    Opens a transaction of its own, with both hashes computed outside of it.
    """
    with transaction(write=False):
        password_hash = db.session.get_one(User, user_id).password_hash
    if not password_matches(password_hash, current):
        raise Invalid(_("This is not your present password."), "current")
    renewed = hash_password(password)
    with transaction():
        user = db.session.get_one(User, user_id)
        if user.password_hash != password_hash:
            raise Conflict(_("The password was changed a moment ago. Sign in with the new one."))
        set_password(user, renewed, actor=user)
        queue_letter(user, letters.password_changed, user)
    return user


def open_link(
    purpose: Purpose,
    token: str,
    password: str,
    *,
    name: str | None = None,
    consents: tuple[Wording, ...] = (),
) -> User:
    """Use a mailed link: set the password, keep what was agreed to and, where it opens the account,
    make it active.

    Opens a transaction of its own, the hash computed outside of it. Raises LinkUsed.
    """
    renewed = hash_password(password)
    with transaction():
        user = holder(purpose, token)
        if user is None:
            raise LinkUsed("")
        if name:
            user.name = name
        for wording in consents:
            keep_consent(user, wording)
        set_password(user, renewed, actor=user)
        if purpose is CONFIRM:
            ACCOUNT.advance(user, "confirm", actor=user)
        elif purpose is INVITE:
            ACCOUNT.advance(user, "accept-invitation", actor=user)
        else:
            queue_letter(user, letters.password_changed, user)
    return user
