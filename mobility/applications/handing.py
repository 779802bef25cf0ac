"""Files in and out: each is read and looked at outside of any transaction, then kept in its own.

So nobody waits for a slow upload, and what goes wrong with one file, or anywhere else, never
takes another one along.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import structlog
from flask_babel import gettext as _

from .. import audit
from ..accounts.models import Cefr, User
from ..db import after_rollback, transaction
from ..errors import Conflict, Invalid, NotFound
from . import services, storage
from .content import MOST_BYTES, content_of
from .models import Application, Document, DocumentKind
from .queries import current_document, digests_by_name

log = structlog.get_logger("documents")
Level = tuple[str, Cefr]


class Upload(Protocol):
    """A file as it comes with a request."""

    filename: str | None

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass
class Outcome:
    """What became of an upload: the kinds that were kept, and why others were not.

    `refused`: by kind, `in_the_way`: why nothing at all can be handed in at present.
    """

    kept: list[DocumentKind] = field(default_factory=list)
    refused: dict[DocumentKind, str] = field(default_factory=dict)
    in_the_way: str = ""


def hand_in(
    application: Application,
    uploads: Mapping[DocumentKind, Upload],
    actor: User,
    *,
    level: Level | None = None,
) -> Outcome:
    """Keep each of the uploads that is sound; `level` is what the language certificate shows.

    Opens transactions of its own, one a file. Without a new certificate, `level` is written to
    the one that is there.
    """
    outcome = Outcome()
    try:
        with transaction(write=False):  # ends what asking for permission had begun, too
            services.check_takes_documents(application)
        for kind, upload in uploads.items():
            _attempt(outcome, kind, partial(_keep, application, kind, upload, actor, level))
        if level is not None and DocumentKind.LANGUAGE not in outcome.refused:
            _attempt(outcome, DocumentKind.LANGUAGE, partial(_certify, application, level, actor))
    except Conflict as error:
        outcome.in_the_way = error.message
    return outcome


def _attempt(outcome: Outcome, kind: DocumentKind, act: Callable[[], bool]) -> None:
    try:
        if act() and kind not in outcome.kept:
            outcome.kept.append(kind)
    except Invalid as error:
        outcome.refused[kind] = error.message


def _keep(
    application: Application, kind: DocumentKind, upload: Upload, actor: User, level: Level | None
) -> bool:
    content = content_of(upload.read(MOST_BYTES + 1), upload.filename or "")
    stored_as = storage.store(content.data)
    with transaction():
        after_rollback(lambda: storage.discard(stored_as))
        document = services.keep_document(application, kind, content, stored_as, actor, level=level)
        is_new = document.stored_as == stored_as
    if not is_new:  # the same bytes are there already
        storage.discard(stored_as)
    return True


def _certify(application: Application, level: Level, actor: User) -> bool:
    with transaction():
        document = current_document(application, DocumentKind.LANGUAGE)
        if document is None:
            raise Invalid(_("Upload the certificate too."))
        before = document.language, document.cefr
        services.certify(document, *level, actor)
        return before != level


@dataclass(frozen=True)
class Fetched:
    """A stored file, and how it is to be called and served."""

    path: Path
    label: str
    media_type: str


def fetch(document: Document, actor: User) -> Fetched:
    """A document for somebody who may see it; put on record unless it is their own.

    Raises NotFound where the file is gone, which an administrator has to put right.
    """
    with transaction():
        if document.application.applicant_id != actor.id:
            audit.record("document.download", document, actor=actor, kind=document.kind.value)
        path = storage.path_of(document.stored_as)
        found = Fetched(path, document.label, document.file_type.media_type)
        document_id = document.id
    if not path.is_file():
        log.error("a stored file is gone", document=document_id, path=str(path))
        raise NotFound(_("This file is no longer where it was kept. Tell an administrator."))
    return found


@dataclass
class Comparison:
    """Rows beside files: names of those whose file is missing or changed, and of stray files."""

    sound: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


def compare_store() -> Comparison:
    """Look for every file that a row names, and for files that no row names any more.

    A stray one is older than a day: a young one may belong to an upload that goes on.
    """
    with transaction(write=False):
        digests = digests_by_name()
    found = Comparison()
    for name, digest in digests.items():
        path = storage.path_of(name)
        if not path.is_file():
            found.missing.append(name)
        elif sha256(path.read_bytes()).hexdigest() != digest:
            found.changed.append(name)
        else:
            found.sound += 1
    yesterday = time.time() - 24 * 3600
    found.stray = sorted(
        name
        for name in storage.names()
        if name not in digests and storage.path_of(name).stat().st_mtime < yesterday
    )
    return found
