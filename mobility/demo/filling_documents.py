"""Documents: what calls ask for, what applicants hand in, and what those who check say of it."""

from functools import lru_cache, partial
from typing import Any

from flask_babel import gettext as _

from ..accounts.models import Cefr, User
from ..applications import services, storage
from ..applications.content import content_of
from ..applications.models import Application, Document, DocumentKind, DocumentStatus
from ..applications.queries import asked_documents, document_slots
from ..db import after_rollback
from ..i18n import language_name, speaking_to
from ..offers.models import Call

PAGE = """
#set page(paper: "a5", margin: 18mm)
#set text(font: "Libertinus Serif", size: 11pt)
#heading(sys.inputs.title)
#v(6mm)
#sys.inputs.words
"""


def ask(call: Call, documents: dict[str, str], actor: User) -> None:
    """Let a call ask for these kinds, "required" or "optional"."""
    demands = {
        DocumentKind(kind): services.Demand(required=how == "required")
        for kind, how in documents.items()
    }
    services.ask_for_documents(call, demands, actor)


def bring_papers(application: Application) -> None:
    """Hand in what the call asks for: what is required, and every other applicant the rest."""
    for asked in asked_documents(application.call):
        if asked.required or application.id % 2:
            _hand_in(application, asked.kind)


def _hand_in(application: Application, kind: DocumentKind) -> None:
    person, level = application.applicant, None
    if kind is DocumentKind.LANGUAGE:
        level = _level(person)
        if level is None:
            return
    with speaking_to(person):
        title = str(kind.label).capitalize()
        words = _words(kind, level)
    content = content_of(_pdf(title, words), f"{title}.pdf")
    stored_as = storage.store(content.data)
    after_rollback(partial(storage.discard, stored_as))
    services.keep_document(application, kind, content, stored_as, person, level=level)


def _level(person: User) -> tuple[str, Cefr] | None:
    """The best language that is not the person's own, as the profile has it."""
    assert person.profile is not None
    learnt = [skill for skill in person.profile.skills if skill.language != person.language]
    best = max(learnt, key=lambda skill: (skill.cefr.value, skill.language), default=None)
    return None if best is None else (best.language, best.cefr)


def _words(kind: DocumentKind, level: tuple[str, Cefr] | None) -> str:
    if kind is DocumentKind.HEAD_AGREEMENT:
        return _(
            "Example. The head of department agrees that whoever applies takes part in the "
            "programme if a place is given."
        )
    if level is not None:
        language, cefr = level
        return _(
            "Example of a certificate. %(language)s, level %(level)s.",
            language=language_name(language).capitalize(),
            level=cefr.value,
        )
    return _("Example of a document that the university issues.")


def check_papers(application: Application, reviewer: User) -> None:
    """Accept what was handed in and not looked at."""
    for document in _waiting(application):
        services.accept_document(document, reviewer)


def send_papers_back(application: Application, reviewer: User) -> None:
    """Reject what was handed in, with a reason."""
    for document in _waiting(application):
        with speaking_to(application.applicant):
            reason = _("The stamp cannot be read. Scan it again, please.")
        services.reject_document(document, reason, reviewer)


def _waiting(application: Application) -> list[Document]:
    current = [slot.current for slot in document_slots(application)]
    return [one for one in current if one is not None and one.status is DocumentStatus.WAITING]


def clear_papers() -> None:
    """Take the files away that an interrupted filling left."""
    for name in list(storage.names()):
        storage.discard(name)


@lru_cache
def _pdf(title: str, words: str) -> bytes:
    import typst  # see agreements.memorandum

    pages: Any = typst.compile(
        PAGE.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"title": title, "words": words},
        timestamp=0,
    )
    return bytes(pages)
