"""Students and staff register themselves; who is invited or forgets a password gets a link."""

import re
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from .. import audit, clock
from ..db import db
from ..errors import Conflict, Invalid
from ..mail import queue_letter
from ..partners.queries import institution_of_address
from . import letters
from .consents import Wording
from .models import Consent, Role, RoleGrant, User, UserStatus
from .queries import user_by_email
from .services import new_session_key

_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s.]+(\.[^@\s.]+)+")


def is_address(email: str) -> bool:
    return _ADDRESS.fullmatch(email) is not None and len(email) <= 254


def new_user(
    *, email: str, name: str, status: UserStatus, language: str, timezone: str, **values: Any
) -> User:
    """An account without a role; flushed. Raises Conflict where the address has one already."""
    user = User(
        email=email.strip().lower(),
        name=name,
        status=status,
        language=language,
        timezone=timezone,
        session_key=new_session_key(),
        created_at=clock.now(),
        **values,
    )
    try:
        with db.session.begin_nested():  # two at once: the second may go on with something else
            db.session.add(user)
    except IntegrityError:
        raise Conflict(_("This address was registered a moment ago.")) from None
    return user


def register_person(
    *,
    name: str,
    email: str,
    language: str,
    timezone: str,
    role: Role = Role.STUDENT,
    consents: tuple[Wording, ...] = (),
) -> None:
    """Register a student or staff of the institution of the address, and mail a link.

    Answers the same whether the address is known or not; what is known is told by mail alone.
    """
    institution = institution_of_address(email)
    if institution is None:
        raise Invalid(_no_partner(email), "email")
    known = user_by_email(email)
    if known is not None:
        write_about_access(known, otherwise=letters.already_registered)
        return
    try:
        user = new_user(
            email=email,
            name=name,
            status=UserStatus.UNCONFIRMED,
            language=language,
            timezone=timezone,
            institution=institution,
        )
    except Conflict:
        return  # the other request, a moment earlier, mails the link
    user.grants.append(RoleGrant(role=role))
    for wording in consents:
        keep_consent(user, wording)
    audit.record("user.register", user, actor=user)
    queue_letter(user, letters.confirm_address, user)


def _no_partner(email: str) -> str:
    domain = email.rpartition("@")[2]
    return _(
        "No partner university has addresses at %(domain)s. Use the address your university gave"
        " you; if it gave you none, ask its international office.",
        domain=domain,
    )


def keep_consent(user: User, wording: Wording) -> None:
    """Keep what was agreed to, in the words the person read."""
    db.session.add(
        Consent(
            user_id=user.id,
            kind=wording.kind,
            version=wording.version,
            language=user.language,
            wording=str(wording.text),
            at=clock.now(),
        )
    )


def forget_password(email: str) -> None:
    """Mail a link to whoever has this address; nothing happens where nobody has."""
    user = user_by_email(email)
    if user is not None:
        write_about_access(user, otherwise=letters.reset_password)


def write_about_access(user: User, *, otherwise: Any) -> None:
    """Mail what lets this person in: an unfinished account its first link, an active one
    `otherwise`; somebody switched off is not written to."""
    if user.status is UserStatus.UNCONFIRMED:
        queue_letter(user, letters.confirm_address, user)
    elif user.status is UserStatus.INVITED:
        queue_letter(user, letters.invitation, user, None)
    elif user.status is UserStatus.ACTIVE:
        queue_letter(user, otherwise, user)
