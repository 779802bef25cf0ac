"""What documents a call asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from ...accounts.models import User
from ...agreements.models import Direction
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...offers.models import CALL_WORKFLOW, Call, Phase
from ...offers.queries import locked
from ..models import AskedDocument, DocumentKind
from ..queries import asked_documents

# What a call of a direction asks for from its draft on, unless an admin says otherwise.
USUAL = {Direction.PROFESSIONAL_DEVELOPMENT: DocumentKind.HEAD_AGREEMENT}


@dataclass(frozen=True)
class Demand:
    """How a call asks for a document: required or not, with a note in each language."""

    required: bool
    note_en: str = ""
    note_ru: str = ""
    note_kk: str = ""


@CALL_WORKFLOW.then("create")
def ask_what_is_usual(call: Call) -> None:
    """Teachers who go bring the agreement of their head."""
    if call.direction in USUAL:
        db.session.add(AskedDocument(call=call, kind=USUAL[call.direction], required=True))
        db.session.flush()


def ask_for_documents(call: Call, demands: Mapping[DocumentKind, Demand], actor: User) -> None:
    """Let a call ask for exactly these documents.

    Once it is open nothing more can be required: people apply by what they have read. Raises
    Invalid at the kind for that, Conflict when the call has closed.
    """
    locked(call)
    if call.phase in {Phase.CLOSED, Phase.CANCELLED}:
        raise Conflict(_("The call has closed; this stands."))
    present = {one.kind: one for one in asked_documents(call)}
    if call.phase is Phase.OPEN:
        _check_not_stricter(present, demands)
    before = {one.kind.value: one.required for one in present.values()}
    for kind in present.keys() - demands.keys():
        db.session.delete(present[kind])
    for kind, demand in demands.items():
        asked = present.get(kind) or AskedDocument(call=call, kind=kind)
        asked.required = demand.required
        asked.note_en, asked.note_ru, asked.note_kk = demand.note_en, demand.note_ru, demand.note_kk
        db.session.add(asked)
    after = {kind.value: demand.required for kind, demand in demands.items()}
    record("call.ask-documents", call, actor=actor, before=before, after=after)
    db.session.flush()


def _check_not_stricter(
    present: Mapping[DocumentKind, AskedDocument], demands: Mapping[DocumentKind, Demand]
) -> None:
    for kind, demand in demands.items():
        if demand.required and not (kind in present and present[kind].required):
            raise Invalid(
                _("The call is open, so nothing more can be required. Ask for it as optional."),
                kind.value,
            )
