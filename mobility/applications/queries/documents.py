"""Reads of documents: what a call asks for, what an application has, what is still lacking."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ... import clock
from ...accounts.models import User
from ...agreements.models import CooperationCondition, Direction
from ...db import db
from ...offers.models import Call, CallStatus
from ..models import (
    Application,
    ApplicationStatus,
    AskedDocument,
    Document,
    DocumentKind,
    Lack,
    lack_of,
)
from .applications import UNDECIDED

_ORDER = {kind: place for place, kind in enumerate(DocumentKind)}
Lacks = dict[DocumentKind, Lack]


@dataclass(frozen=True)
class Slot:
    """One kind of document of an application: how it is asked for, and what was handed in.

    `versions`: newest first; the first is the current one.
    """

    kind: DocumentKind
    asked: AskedDocument | None = None
    versions: list[Document] = field(default_factory=list)

    @property
    def current(self) -> Document | None:
        return self.versions[0] if self.versions else None

    @property
    def required(self) -> bool:
        return self.asked is not None and self.asked.required

    @property
    def lack(self) -> Lack | None:
        """What is to be done about it by the applicant; of an optional one only what was begun."""
        return lack_of(self.current) if self.required or self.current else None


def get_document(document_id: int) -> Document | None:
    return db.session.get(Document, document_id)


def asked_documents(call: Call) -> list[AskedDocument]:
    """What a call asks for, in the order of the catalogue of kinds."""
    found = db.session.scalars(select(AskedDocument).where(AskedDocument.call_id == call.id))
    return sorted(found, key=lambda one: _ORDER[one.kind])


def document_slots(application: Application) -> list[Slot]:
    """Every kind that is asked for or was handed in, with all versions."""
    asked = {one.kind: one for one in asked_documents(application.call)}
    versions: dict[DocumentKind, list[Document]] = defaultdict(list)
    for document in db.session.scalars(
        select(Document)
        .options(joinedload(Document.reviewed_by).lazyload(User.grants))  # the name is shown
        .where(Document.application_id == application.id)
        .order_by(Document.number.desc())
    ):
        versions[document.kind].append(document)
    kinds = sorted(asked.keys() | versions.keys(), key=_ORDER.__getitem__)
    return [Slot(kind, asked.get(kind), versions.get(kind, [])) for kind in kinds]


def is_asked(call: Call, kind: DocumentKind) -> bool:
    found = select(AskedDocument.id).where(
        AskedDocument.call_id == call.id, AskedDocument.kind == kind
    )
    return db.session.scalar(found) is not None


def current_document(application: Application, kind: DocumentKind) -> Document | None:
    """The version that counts, as it stands now."""
    return db.session.scalar(
        select(Document)
        .where(
            Document.application_id == application.id,
            Document.kind == kind,
            Document.replaced_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def documents_of(application: Application) -> list[Document]:
    """Every version of every document that was handed in, the oldest first."""
    return list(
        db.session.scalars(
            select(Document).where(Document.application_id == application.id).order_by(Document.id)
        )
    )


def lacking(applications: Collection[Application]) -> dict[int, Lacks]:
    """What is lacking of the required documents, by application id; two queries for any number."""
    calls = {one.call_id for one in applications}
    required: dict[int, list[DocumentKind]] = defaultdict(list)
    for asked in db.session.scalars(
        select(AskedDocument).where(AskedDocument.call_id.in_(calls), AskedDocument.required)
    ):
        required[asked.call_id].append(asked.kind)
    if not required:
        return {one.id: {} for one in applications}
    current = _current([one.id for one in applications])
    found: dict[int, Lacks] = {}
    for one in applications:
        kinds = sorted(required[one.call_id], key=_ORDER.__getitem__)
        lacks = {kind: lack_of(current.get((one.id, kind))) for kind in kinds}
        found[one.id] = {kind: lack for kind, lack in lacks.items() if lack is not None}
    return found


def lacks_of(application: Application) -> Lacks:
    """The same of one application."""
    return lacking([application])[application.id]


_AT_ONCE = 1000


def _current(ids: Sequence[int]) -> dict[tuple[int, DocumentKind], Document]:
    found: dict[tuple[int, DocumentKind], Document] = {}
    for at in range(0, len(ids), _AT_ONCE):
        rows = db.session.scalars(
            select(Document).where(
                Document.application_id.in_(ids[at : at + _AT_ONCE]), Document.replaced_at.is_(None)
            )
        )
        found |= {(row.application_id, row.kind): row for row in rows}
    return found


def applications_to_remind(call: Call) -> list[Application]:
    """Drafts, and what was sent in but is not decided, locked against the next reminder, by id."""
    undecided = (ApplicationStatus.DRAFT, *UNDECIDED)
    return list(
        db.session.scalars(
            select(Application)
            .where(Application.call_id == call.id, Application.status.in_(undecided))
            .options(joinedload(Application.applicant))
            .order_by(Application.id)
            .with_for_update(of=Application)
            .execution_options(populate_existing=True)
        )
    )


def calls_before_deadline() -> list[Call]:
    """Announced calls that have not closed."""
    return list(
        db.session.scalars(
            select(Call)
            .where(Call.status == CallStatus.ANNOUNCED, Call.closes_at > clock.now())
            .order_by(Call.id)
        )
    )


def sends(user: User, direction: Direction) -> bool:
    """Whether `user` coordinates a whole institution that sends people in this direction."""
    own = user.whole_institutions
    if not own:
        return False
    found = select(CooperationCondition.id).where(
        CooperationCondition.direction == direction, CooperationCondition.sending_id.in_(own)
    )
    return db.session.scalar(found.limit(1)) is not None


def digests_by_name() -> dict[str, str]:
    """The SHA-256 of every stored file by its random name."""
    rows = db.session.execute(select(Document.stored_as, Document.digest))
    return {name: digest for name, digest in rows}  # noqa: C416
