"""Documents: the agreement of the head of department, which teachers hand in."""

from functools import lru_cache, partial

from flask_babel import gettext as _

from ..accounts.models import User
from ..applications import services, storage
from ..applications.content import content_of
from ..applications.models import Application, DocumentKind
from ..applications.queries import current_document, is_asked
from ..db import after_rollback
from ..i18n import speaking_to

KIND = DocumentKind.HEAD_AGREEMENT
PAGE = """
#set page(paper: "a5", margin: 18mm)
#set text(font: "Libertinus Serif", size: 11pt)
#heading(sys.inputs.title)
#v(6mm)
#sys.inputs.words
"""


def bring_agreement(application: Application) -> None:
    """Hand in the agreement of the head, where the call asks for it."""
    if not is_asked(application.call, KIND):
        return
    with speaking_to(application.applicant):
        title = str(KIND.label).capitalize()
        words = _(
            "Example. The head of department agrees that whoever applies takes part in the "
            "programme if a place is given."
        )
    content = content_of(_pdf(title, words), f"{title}.pdf")
    stored_as = storage.store(content.data)
    after_rollback(partial(storage.discard, stored_as))
    services.keep_document(application, KIND, content, stored_as, application.applicant)


def check_agreement(application: Application, reviewer: User) -> None:
    """Accept what was handed in."""
    document = current_document(application, KIND)
    if document is not None:
        services.accept_document(document, reviewer)


@lru_cache
def _pdf(title: str, words: str) -> bytes:
    import typst  # see agreements.memorandum

    return typst.compile(
        PAGE.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"title": title, "words": words},
        timestamp=0,
    )
