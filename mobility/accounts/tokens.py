"""Links in mails: signed, with an end, good for one person, one purpose and one use."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from .. import clock
from ..db import db
from .models import User, UserStatus


@dataclass(frozen=True)
class Purpose:
    """What a link is for, how long it is good, and in which status of the account."""

    name: str
    good_for: timedelta
    status: UserStatus


CONFIRM = Purpose("confirm", timedelta(hours=48), UserStatus.UNCONFIRMED)
RESET = Purpose("reset", timedelta(hours=2), UserStatus.ACTIVE)
INVITE = Purpose("invite", timedelta(days=14), UserStatus.INVITED)


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.secret_key or "", salt=f"sapar.{purpose.name}", signer=_Signer
    )


def _fingerprint(user: User) -> str:
    """Changes with the password and the session key: what was used once fits no more."""
    return sha256(f"{user.session_key} {user.password_hash}".encode()).hexdigest()[:32]


def token_for(purpose: Purpose, user: User) -> str:
    token = _serializer(purpose).dumps([user.id, _fingerprint(user)])
    return token if isinstance(token, str) else token.decode()


def holder(purpose: Purpose, token: str) -> User | None:
    """Whose link this is, while it is good; None afterwards and for anything forged."""
    try:
        user_id, fingerprint = _serializer(purpose).loads(
            token, max_age=int(purpose.good_for.total_seconds())
        )
    except (BadData, TypeError, ValueError):
        return None
    user = db.session.get(User, user_id)
    if user is None or user.status is not purpose.status or _fingerprint(user) != fingerprint:
        return None
    return user
