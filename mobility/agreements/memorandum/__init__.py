"""The memorandum as a PDF: one content of an agreement, with who approved it, to print and sign."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from ...i18n import current_language, moment_text
from ..contents import Content, Names, heading_of, paragraphs, terms_of, title_of, words_of
from ..models import Agreement, AgreementStatus, AgreementVersion, Approval

TEMPLATE = Path(__file__).parent / "memorandum.typ"


@dataclass(frozen=True)
class Memorandum:
    """What is printed. `mark` says on every page why it is not in force; None where it is."""

    content: Content
    number: int
    standing: str
    mark: str | None
    approvals: Sequence[tuple[str, str, str]]
    fingerprint: str
    dated: datetime


def memorandum_of(agreement: Agreement, year: int) -> Memorandum:
    """The agreement, or the draft of a new version, as it stands now."""
    frame = agreement.amends or agreement
    concluded = agreement.status in {AgreementStatus.APPROVED, AgreementStatus.TERMINATED}
    return Memorandum(
        content=agreement.canonical(),
        number=len(frame.versions) if concluded else len(frame.versions) + 1,
        standing=str(agreement.standing(year).label),
        mark=_mark(agreement),
        approvals=[
            _approval(partner.name, agreement.approval_of(partner.id))
            for partner in agreement.partners
        ],
        fingerprint=agreement.content_hash or agreement.digest(),
        dated=agreement.created_at,
    )


def memorandum_of_version(version: AgreementVersion) -> Memorandum:
    """A version that both partners approved, whether or not a later one has replaced it."""
    agreement = version.agreement
    replaced = version.number < len(agreement.versions)
    mark = _("replaced by version %(number)s – not in force", number=version.number + 1)
    return Memorandum(
        content=version.content,
        number=version.number,
        standing=_("approved by both partners"),
        mark=mark if replaced else _mark(agreement),
        approvals=[_approval(one.institution.name, one) for one in version.approvals],
        fingerprint=version.content_hash,
        dated=version.concluded_at,
    )


def _mark(agreement: Agreement) -> str | None:
    if agreement.is_over:
        return _("terminated – not in force")
    if agreement.status is AgreementStatus.DRAFT:
        return _("draft – not in force")
    if agreement.status is AgreementStatus.DROPPED:
        return _("dropped – not in force")
    if agreement.status is not AgreementStatus.PROPOSED:
        return None
    if len(agreement.missing_approvals) == 1:
        return _("approved on one side only – not in force")
    return _("not approved yet – not in force")


def _approval(partner: str, approval: Approval | None) -> tuple[str, str, str]:
    if approval is None:
        return partner, _("approval missing"), "—"
    return partner, approval.user.name, moment_text(approval.at)


def pdf_of(memorandum: Memorandum, names: Names) -> bytes:
    """The PDF in the reader's language. Words go in as data, so none of them is markup."""
    import typst  # only who prints pays for it

    data = json.dumps(_data(memorandum, names), ensure_ascii=False)
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        timestamp=int(memorandum.dated.timestamp()),
    )


def _data(it: Memorandum, names: Names) -> dict[str, Any]:
    content, version = it.content, _("Version %(number)s", number=it.number)
    first, second = (names.institution(schac) for schac in content["partners"])
    return {
        "language": current_language(),
        "title": title_of(content),
        "between": _("Agreement of %(a)s and %(b)s", a=first, b=second),
        "standing": f"{version} · {it.standing}",
        "mark": it.mark,
        "words": [(str(line.label), line.text) for line in words_of(content) if line.text],
        "paragraphs": paragraphs(content["text"]),
        "conditions": [
            {
                "title": f"{number}. {heading_of(condition, names)}",
                "terms": [
                    (str(line.label), line.text) for line in terms_of(condition, names) if line.text
                ],
            }
            for number, condition in enumerate(content["conditions"], start=1)
        ],
        "approvals": list(it.approvals),
        "fingerprint": it.fingerprint,
        "foot": f"{title_of(content)} · {version}",
        "headings": {
            "text": _("Text"),
            "conditions": _("Conditions"),
            "approvals": _("Approvals"),
            "approval": [_("Partner"), _("Approved by"), _("When")],
            "fingerprint": _("Fingerprint of the content (SHA-256):"),
        },
    }
