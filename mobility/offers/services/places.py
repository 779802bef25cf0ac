"""Places in a call: drafting, opening, withdrawing; each narrows the condition it stands under."""

from collections.abc import Set
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ...accounts.models import Cefr, User
from ...agreements.models import AgreementStatus, CooperationCondition
from ...agreements.services import checked_fields, checked_levels
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid, refuse_all
from ...i18n import LANGUAGES, day, moment_text
from ...isced import matches
from ...laboratories.models import Slot
from ...laboratories.services import keep_for_call
from ...partners.models import OrganisationalUnit
from ..models import (
    OFFER_WORKFLOW,
    PARTS,
    WITH_CONSTRAINTS,
    Call,
    CallStatus,
    Offer,
    OfferStatus,
    Phase,
)
from ..queries import codes_in, locked, opens_under
from ..terms import begins_on, years_text
from .editing import changes_of, check_version, given, has_opened, keep_rule_change, told, values_of
from .particulars import BLANK, CODES, MOST_SEATS, checked_particulars

OFFER_VALUES = (
    "condition", "unit", "code", "title_en", "title_ru", "title_kk",
    "description_en", "description_ru", "description_kk",
    "requirements_en", "requirements_ru", "requirements_kk", "seats", "min_seats", "may_close",
    "language", "cefr",
    "eqf_levels", "isced_fields", "starts_on", "ends_on", "supervisor", *BLANK,
)  # fmt: skip
# What people choose a place by: changing it in a running call takes a reason.
CHOSEN_BY = {
    "condition", "unit", "seats", "min_seats", "may_close", "language", "cefr", "eqf_levels",
    "isced_fields", "starts_on", "ends_on", *BLANK,
}  # fmt: skip
# Of these, what belongs to the matching rules that are frozen at the opening.
OFFER_RULES = ("min_seats", "may_close")
# For each field that a check names, values with which it is passed.
_RIGHT: dict[str, dict[str, Any]] = {
    "title_en": {"title_en": "…"},
    "seats": {"seats": MOST_SEATS},
    "min_seats": {"min_seats": 0, "may_close": False},
    "ends_on": {"starts_on": date.min, "ends_on": date.min},
    "eqf_levels": {"eqf_levels": []},
    "isced_fields": {"isced_fields": []},
    "hours_per_week": {"hours_per_week": 1},
    "hours": {"hours": 1},
    "ects": {"ects": 1.0},
    "local_credits": {"local_credits": None},
}


def create_offer(call: Call, actor: User, **values: Any) -> Offer:
    """Draft a place in a call under a condition in force. `values`: attributes in OFFER_VALUES.

    Without a code it gets the next free one. Raises Invalid at the field, Conflict when the call
    takes no more places.
    """
    locked(call)
    check_takes_offers(call)
    values.setdefault("code", "")
    values["code"] = (values["code"] or "").strip() or _next_code(call)
    checked = _checked_offer(call, actor, {**_blank_offer(), **values}, taken=codes_in(call))
    offer = Offer(call=call, status=OfferStatus.DRAFT, **checked)
    db.session.add(offer)
    _keep_slot(offer, None)
    record("offer.create", offer, actor=actor)
    return offer


def edit_offer(
    offer: Offer, actor: User, *, reason: str = "", version: int | None = None, **values: Any
) -> None:
    """Change a place. In a call that has opened, what people chose it by takes a reason."""
    check_version(locked(offer), version)
    if offer.call.status is CallStatus.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    merged = {**values_of(offer, OFFER_VALUES), **values}
    merged["code"] = (merged["code"] or "").strip() or offer.code
    checked = _checked_offer(offer.call, actor, merged, taken=codes_in(offer.call) - {offer.code})
    changes = changes_of(offer, checked)
    if needs_reason(offer, changes.keys()) and not reason.strip():
        raise Invalid(
            _("The call has opened, so people have seen this place. Say why it changes."), "reason"
        )
    if offer.status is OfferStatus.OPEN and has_opened(offer.call):
        keep_rule_change(offer, changes, OFFER_RULES, actor, reason)
    before = offer.slot
    for name, value in checked.items():
        setattr(offer, name, value)
    _keep_slot(offer, before)
    OFFER_WORKFLOW.advance(
        offer, "amend", actor=actor, reason=reason.strip() or None, **told(changes)
    )
    db.session.flush()


def needs_reason(offer: Offer, changed: Set[str]) -> bool:
    """Whether changing these values of the place takes a reason: people have chosen it by them."""
    return bool(offer.status is OfferStatus.OPEN and has_opened(offer.call) and changed & CHOSEN_BY)


def objections_to(call: Call, actor: User, offer: Offer | None, **values: Any) -> list[Invalid]:
    """Everything that drafting a place with these values, or changing `offer` to them, would be
    refused for, each at its field.

    The checks stop at the first; what it names is then put right for the next asking. Whether the
    code is free is not asked.
    """
    present = _blank_offer() if offer is None else values_of(offer, OFFER_VALUES)
    merged = {**present, **values}
    found = []
    for check in (
        lambda: _check_condition(call, merged["condition"]),
        lambda: _check_unit(actor, merged["condition"], merged["unit"]),
    ):
        try:
            check()
        except Invalid as error:
            found.append(error)
    while True:
        try:
            _checked_contents(call, dict(merged))
        except Invalid as error:
            found.append(error)
            right = _RIGHT.get(error.field or "", {})
            if not right or right.items() <= merged.items():
                return found
            merged |= right
        else:
            return found


def open_offer(offer: Offer, actor: User, reason: str = "") -> None:
    """Let people choose a place. After the call has opened this takes a reason.

    Raises Conflict when its condition is not in force or the call is closed.
    """
    locked(offer)
    check_takes_offers(offer.call)
    if message := why_not_in_force(offer.condition, offer.call):
        raise Conflict(message)
    if has_opened(offer.call) and not reason.strip():
        raise Invalid(
            _("The call has opened and people are choosing. Say why this place comes now."),
            "reason",
        )
    OFFER_WORKFLOW.advance(offer, "open", actor=actor, reason=reason.strip() or None)
    _keep_slot(offer, None)
    db.session.flush()


def withdraw_offer(offer: Offer, actor: User, reason: str = "") -> None:
    """Take a place back. After the call has opened this takes a reason."""
    locked(offer)
    if has_opened(offer.call):
        reason = given(reason)
    OFFER_WORKFLOW.advance(offer, "withdraw", actor=actor, reason=reason.strip() or None)
    _keep_slot(offer, None)
    db.session.flush()


def _keep_slot(offer: Offer, before: Slot | None) -> None:
    """Keep the seats of a laboratory slot for the call, as long as the place stands."""
    if before is not None and before is not offer.slot:
        keep_for_call(before, 0)
    if offer.slot is not None:
        keep_for_call(offer.slot, 0 if offer.status is OfferStatus.WITHDRAWN else offer.seats)


def add_seat(offer: Offer, actor: User, reason: str) -> None:
    """One seat more, also after the call has closed. Whoever calls this holds the offer."""
    seats = offer.seats + 1
    if seats > MOST_SEATS:
        raise Conflict(_("A place has at most %(most)s seats.", most=MOST_SEATS))
    changes = {"seats": (offer.seats, seats)}
    offer.seats = seats
    OFFER_WORKFLOW.advance(offer, "amend", actor=actor, reason=reason, **told(changes))
    db.session.flush()


def check_takes_offers(call: Call) -> None:
    """Raise Conflict when no place can be added to the call any more."""
    if call.phase is Phase.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    if call.phase is Phase.CLOSED:
        raise Conflict(
            _(
                "The call closed on %(moment)s; no places can be added.",
                moment=moment_text(call.closes_at),
            )
        )


def _next_code(call: Call) -> str:
    prefix = CODES[call.direction]
    taken = codes_in(call)
    number = next(n for n in range(1, len(taken) + 2) if f"{prefix}-{n:02d}" not in taken)
    return f"{prefix}-{number:02d}"


def _blank_offer() -> dict[str, Any]:
    return {
        **{f"{text}_{language}": "" for text in PARTS for language in LANGUAGES},
        **BLANK,
        "starts_on": None,
        "ends_on": None,
        "unit": None,
        "min_seats": 0,
        "may_close": False,
        "cefr": None,
        "eqf_levels": [],
        "isced_fields": [],
        "supervisor": "",
    }


def why_not_in_force(condition: CooperationCondition, call: Call) -> str | None:
    """Why no place can be opened under the condition in this call; None where it can."""
    if condition.agreement.status is AgreementStatus.TERMINATED:
        return _("The agreement behind this condition was terminated.")
    if condition.ended_on is not None:
        return _("A later version of the agreement does not hold this condition any more.")
    if condition.agreement.status is not AgreementStatus.APPROVED:
        return _(
            "The agreement behind this condition is not approved by both partners yet. A place"
            " can be offered once both have approved it."
        )
    if not condition.covers(call.academic_year):
        return _(
            "The condition covers %(first)s to %(last)s, not %(year)s.",
            first=years_text(condition.first_year),
            last=years_text(condition.last_year),
            year=years_text(call.academic_year),
        )
    if not condition.in_force(call.academic_year, begins_on(call.term)):
        return _(
            "The agreement behind this condition ends on %(day)s, and the term of this call begins"
            " after that.",
            day=day(condition.agreement.ends_on),
        )
    return None


def _checked_offer(
    call: Call, actor: User, values: dict[str, Any], *, taken: set[str]
) -> dict[str, Any]:
    """The values of an offer, checked against its call and condition; Invalid, all at once."""
    values = {name: values[name] for name in OFFER_VALUES}
    found = objections_to(call, actor, None, **values)
    if values["code"] in taken:
        found.append(Invalid(_("Another place of this call has this code."), "code"))
    refuse_all(found)
    return _checked_contents(call, values)


def _check_condition(call: Call, condition: CooperationCondition) -> None:
    if condition.direction is not call.direction:
        raise Invalid(
            _(
                "This condition is for %(its)s, the call is for %(ours)s.",
                its=condition.direction.label,
                ours=call.direction.label,
            ),
            "condition",
        )
    if message := why_not_in_force(condition, call):
        raise Invalid(message, "condition")


def _checked_contents(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    condition: CooperationCondition = values["condition"]
    if not any((values[f"title_{language}"] or "").strip() for language in ("en", "ru", "kk")):
        raise Invalid(_("Give a title in at least one language."), "title_en")
    _check_seats(values)
    _check_minimum(call, values)
    if values["slot"] is None and values["ends_on"] < values["starts_on"]:
        raise Invalid(_("The last day is not before the first."), "ends_on")
    values["cefr"] = Cefr(values["cefr"]) if values["cefr"] else None
    values["eqf_levels"] = _narrowed_levels(condition, values["eqf_levels"])
    values["isced_fields"] = _narrowed_fields(condition, values["isced_fields"])
    return checked_particulars(call.direction, values)


def _check_seats(values: dict[str, Any]) -> None:
    """At least one seat, of whichever kind."""
    if not 0 <= values["seats"] <= MOST_SEATS or not values["seats"] + values["staff_seats"]:
        raise Invalid(_("Give the seats: a whole number from 1 to 500."), "seats")


def _check_minimum(call: Call, values: dict[str, Any]) -> None:
    if not 0 <= values["min_seats"] <= values["seats"]:
        raise Invalid(_("The least number of people lies between 0 and the seats."), "min_seats")
    if values["min_seats"] and call.policy != WITH_CONSTRAINTS:
        raise Invalid(
            _("Places of this call are given by a rule that cannot keep a minimum. Write 0."),
            "min_seats",
        )
    if values["min_seats"] and call.has_pools:
        raise Invalid(_("Research places keep no least number of people. Write 0."), "min_seats")
    if values["may_close"] and not values["min_seats"]:
        raise Invalid(
            _("A place without a minimum has nothing to stay empty for. Give the minimum."),
            "min_seats",
        )


def _check_unit(
    actor: User, condition: CooperationCondition, unit: OrganisationalUnit | None
) -> None:
    if unit is not None and unit.institution_id != condition.receiving_id:
        raise Invalid(
            _(
                "This unit does not belong to %(institution)s.",
                institution=condition.receiving.name,
            ),
            "unit",
        )
    agreed = condition.receiving_unit_id
    if agreed is not None and (unit is None or unit.id != agreed):
        raise Invalid(
            _(
                "Under this condition places are offered by %(unit)s only.",
                unit=condition.receiving_unit.name if condition.receiving_unit else "",
            ),
            "unit",
        )
    if not opens_under(actor, condition, unit.id if unit else None):
        raise Invalid(_("Choose a unit that you coordinate."), "unit")


def _narrowed_levels(condition: CooperationCondition, levels: Any) -> list[int]:
    chosen = checked_levels(levels)
    if condition.eqf_levels and not set(chosen) <= set(condition.eqf_levels):
        raise Invalid(
            _("The agreement admits other levels: a place can only narrow them."), "eqf_levels"
        )
    return chosen


def _narrowed_fields(condition: CooperationCondition, codes: Any) -> list[str]:
    chosen = checked_fields(codes)
    if outside := [code for code in chosen if not matches(code, condition.isced_fields)]:
        raise Invalid(
            _(
                "The agreement does not admit the field %(code)s: a place can only narrow it.",
                code=outside[0],
            ),
            "isced_fields",
        )
    return chosen
