"""Documents: what a call asks for, and what applicants handed in, version by version."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import Cefr, User
from ...db import Base, value_enum
from ...i18n import localized
from ...offers.models import Call
from ...status import Kind, Labelled, Status
from ...workflow import Workflow
from .applications import Application


class DocumentKind(Labelled):
    """What a document is. Neither passports nor identity cards: they are not collected."""

    TRANSCRIPT = "transcript", _l("transcript of records")
    LANGUAGE = "language", _l("language certificate")
    MOTIVATION = "motivation", _l("motivation letter")
    CV = "cv", _l("curriculum vitae")
    HEAD_AGREEMENT = "head_agreement", _l("agreement of the head of department")
    RECOMMENDATION = "recommendation", _l("letter of recommendation")
    ENROLMENT = "enrolment", _l("certificate of enrolment")
    OTHER = "other", _l("other document")


class FileType(Labelled):
    """What may be uploaded, each with the name browsers know it by and its ending."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPG"
    PNG = "png", "PNG"

    @property
    def media_type(self) -> str:
        return "application/pdf" if self is FileType.PDF else f"image/{self.value}"

    @property
    def ending(self) -> str:
        return str(self.label).lower()


class DocumentStatus(Status):
    WAITING = "waiting", _l("waits for its check"), Kind.WAITING
    ACCEPTED = "accepted", lazy_pgettext("document", "accepted"), Kind.GOOD
    REJECTED = "rejected", lazy_pgettext("document", "rejected"), Kind.NEEDS_YOU


_S = DocumentStatus
CHECK = Workflow(
    "document",
    "status",
    {
        "accept": ({_S.WAITING, _S.REJECTED}, _S.ACCEPTED),
        "reject": ({_S.WAITING, _S.ACCEPTED}, _S.REJECTED),
        # its applicant says what a language certificate shows
        "certify": ({_S.WAITING, _S.REJECTED}, _S.WAITING),
    },
)


class AskedDocument(Base):
    """A kind of document that a call asks for, required or not, with a note for applicants."""

    __tablename__ = "asked_document"
    __table_args__ = (UniqueConstraint("call_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    kind: Mapped[DocumentKind] = mapped_column(value_enum(DocumentKind, "document_kind"))
    required: Mapped[bool]
    note_en: Mapped[str] = mapped_column(Text, default="")
    note_ru: Mapped[str] = mapped_column(Text, default="")
    note_kk: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[Call] = relationship()

    @property
    def note(self) -> str:
        return localized(self, "note")


class Document(Base):
    """One version of one document of an application; the current one was not replaced yet.

    `stored_as` is the random name of the file, `label` the name it was given, cleaned, for people
    only. `language` and `cefr` are what a language certificate certifies. Where accepting it has
    written that into the profile, `raised` is set and `cefr_before` says what stood there.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("application_id", "kind", "number"),
        Index(
            "uq_document_current",
            "application_id",
            "kind",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("status <> 'rejected' OR reason <> ''", name="reason"),
        CheckConstraint("(status = 'waiting') = (reviewed_at IS NULL)", name="reviewed_at"),
        CheckConstraint("(language IS NULL) = (cefr IS NULL)", name="level"),
        CheckConstraint("language IS NULL OR kind = 'language'", name="language"),
        CheckConstraint(
            "kind <> 'language' OR status <> 'accepted' OR language IS NOT NULL",
            name="accepted_level",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[DocumentKind] = mapped_column(value_enum(DocumentKind, "document_kind"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    file_type: Mapped[FileType] = mapped_column(value_enum(FileType, "file_type"))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(32), unique=True)
    uploaded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(2))
    cefr: Mapped[Cefr | None] = mapped_column(value_enum(Cefr, "cefr"))
    status: Mapped[DocumentStatus] = mapped_column(
        value_enum(DocumentStatus, "document_status"), default=DocumentStatus.WAITING
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None]
    raised: Mapped[bool] = mapped_column(default=False)
    cefr_before: Mapped[Cefr | None] = mapped_column(value_enum(Cefr, "cefr_before"))

    application: Mapped[Application] = relationship()
    reviewed_by: Mapped[User | None] = relationship()

    @property
    def is_current(self) -> bool:
        return self.replaced_at is None

    @property
    def lacks_level(self) -> bool:
        """A language certificate of which nobody has said yet what it certifies."""
        return self.kind is DocumentKind.LANGUAGE and self.language is None


class Lack(Labelled):
    """What keeps a required document from counting."""

    MISSING = "missing", _l("not uploaded")
    REJECTED = "rejected", _l("rejected, to be replaced")
    LEVEL = "level", _l("without its language and level")


def lack_of(current: Document | None) -> Lack | None:
    """What a required document lacks, by its current version."""
    if current is None:
        return Lack.MISSING
    if current.status is DocumentStatus.REJECTED:
        return Lack.REJECTED
    return Lack.LEVEL if current.lacks_level else None
