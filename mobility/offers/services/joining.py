"""Calls that one round decides: they have the rules of the one that leads, and one lottery."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from ...db import db
from ...errors import Conflict, Invalid
from ..models import MATCHING_RULES, Call, CallStatus, Phase
from ..terms import year_of

FIELD = "decided_with_id"


def check_joining(call: Call | None, values: Mapping[str, Any]) -> None:
    """Refuse, at its field, a call to be decided with that cannot lead this one."""
    if call is not None and any(
        one.academic_year != year_of(values["term"]) for one in call.joined
    ):
        raise Invalid(_("Calls of another academic year are decided with this one."), "term")
    if values[FIELD] is None:
        return
    lead = db.session.get(Call, values[FIELD])
    if lead is None or lead is call:
        raise Invalid(_("Choose another call."), FIELD)
    if lead.decided_with is not None:
        raise Invalid(
            _(
                "“%(call)s” is itself decided with “%(lead)s”. Choose that one.",
                call=lead.title,
                lead=lead.decided_with.title,
            ),
            FIELD,
        )
    if call is not None and call.joined:
        raise Invalid(
            _("Other calls are decided with this one already."),
            FIELD,
        )
    joins = call is None or call.decided_with_id != lead.id
    if joins and lead.phase not in {Phase.DRAFT, Phase.UPCOMING}:
        raise Invalid(
            _("“%(call)s” has opened; people applied by what it says.", call=lead.title), FIELD
        )
    if year_of(values["term"]) != lead.academic_year:
        raise Invalid(_("“%(call)s” is for another academic year.", call=lead.title), FIELD)
    if any(values[name] != getattr(lead, name) for name in MATCHING_RULES):
        raise Invalid(
            _(
                "The matching rules differ from those of “%(call)s”. One round has one set of"
                " rules: give the same here, or change them there, and both change.",
                call=lead.title,
            ),
            FIELD,
        )


def why_lead_falls_short(call: Call) -> str | None:
    """Why a call is not announced before the one that leads it, or after that has closed."""
    lead = call.decided_with
    if lead is None:
        return None
    if lead.status is not CallStatus.ANNOUNCED:
        return _("It is decided with “%(call)s”: announce that one first.", call=lead.title)
    if lead.phase is Phase.CLOSED:
        return _(
            "It is decided with “%(call)s”, which has closed already. Choose another one.",
            call=lead.title,
        )
    return None


def check_nobody_follows(call: Call) -> None:
    """Refuse to cancel a call in whose round others are decided."""
    others = [one for one in call.joined if one.status is not CallStatus.CANCELLED]
    if others:
        raise Conflict(
            _(
                "“%(call)s” is decided with this call. Take it out or cancel it first.",
                call=others[0].title,
            )
        )
