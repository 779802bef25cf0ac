"""A person's own data: a copy of all of it, and its erasure."""

import json
import tempfile
from datetime import date
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import gettext as _

from .. import audit
from ..db import db, transaction
from ..errors import Conflict, Invalid
from ..personal import GONE, parts
from .models import ACCOUNT, User
from .passwords import password_matches
from .services import new_session_key


def pack(user: User, actor: User) -> IO[bytes]:
    """An open ZIP file with data.json, a section for each part of the service, and all documents.

    A document whose file is gone is left out; what is known of it stands in data.json.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        said = {part.name: part.gather(user) for part in parts()}
        text = json.dumps(said, default=_plain, ensure_ascii=False, indent=2)
        for word in (word for part in parts() for word in part.withheld(user)):
            text = text.replace(word, GONE)
        archive.writestr("data.json", text)
        for part in parts():
            for name, path in part.files(user):
                if path.is_file():
                    archive.write(path, name)
    audit.record("user.export-data", user, actor=actor)
    out.seek(0)
    return out


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def obstacles(user: User) -> list[str]:
    """What has to end before this person can be erased, in the reader's language."""
    return [said for part in parts() for said in part.obstacles(user)]


def erase(user: User, actor: User, reason: str | None = None) -> None:
    """Take a person out of the service: what is left of them are rows that name nobody.

    Raises Conflict while something is under way. The name goes first, since rooms keep it in what
    they search by; then each room, from the right: what it keeps hangs from rooms to its left.
    """
    db.session.refresh(user, attribute_names=["status"], with_for_update={"of": User})
    if found := obstacles(user):
        raise Conflict(" ".join(found))
    user.name, user.email = GONE, f"{user.id}@erased.invalid"
    db.session.flush()
    for part in reversed(parts()):
        part.erase(user)
    nobody = {"password_hash": None, "session_key": new_session_key()}
    ACCOUNT.advance(user, "erase", actor=actor, reason=reason, values=nobody)
    db.session.flush()


def erase_own(user_id: int, password: str) -> None:
    """Erase one's own account with its password. Raises Invalid where that is wrong.

    Opens transactions of its own, with the password checked outside of them.
    """
    with transaction(write=False):
        password_hash = db.session.get_one(User, user_id).password_hash
    if not password_matches(password_hash, password):
        raise Invalid(_("This is not your password."), "password")
    with transaction():
        user = db.session.get_one(User, user_id)
        erase(user, user)
