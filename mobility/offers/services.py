"""Writing calls and offers: preparing, announcing, opening, and what still may change later."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from .. import clock
from ..accounts.models import Cefr, User
from ..agreements.models import AgreementStatus, CooperationCondition, Direction
from ..agreements.services import checked_fields, checked_levels
from ..audit import record
from ..db import db
from ..errors import Conflict, Invalid
from ..i18n import moment_text
from ..isced import matches
from ..partners.models import OrganisationalUnit
from .models import (
    CALL_WORKFLOW,
    OFFER_WORKFLOW,
    Call,
    CallStatus,
    Offer,
    OfferStatus,
    Phase,
)
from .queries import codes_in, locked, opens_under
from .terms import year_of, years_text

CALL_VALUES = (
    "direction", "title_en", "title_ru", "title_kk", "term", "opens_at", "closes_at",
    "mending_until", "answer_days", "min_choices", "max_choices", "merit_weight",
    "rules_en", "rules_ru", "rules_kk",
)  # fmt: skip
# What people who apply go by: once a call is closed it stands.
FIXED_AFTER_CLOSING = {
    "direction", "term", "opens_at", "closes_at", "min_choices", "max_choices", "merit_weight",
    "rules_en", "rules_ru", "rules_kk",
}  # fmt: skip
OFFER_VALUES = (
    "condition", "unit", "code", "course_code", "title_en", "title_ru", "title_kk",
    "description_en", "description_ru", "description_kk", "seats", "language", "cefr",
    "eqf_levels", "isced_fields", "starts_on", "ends_on", "supervisor", "hours_per_week", "ects",
    "local_credits",
)  # fmt: skip
# What people choose a place by: changing it in a running call takes a reason.
CHOSEN_BY = {
    "condition", "unit", "seats", "language", "cefr", "eqf_levels", "isced_fields", "starts_on",
    "ends_on", "hours_per_week", "ects", "local_credits",
}  # fmt: skip
MOST_SEATS = 500


def create_call(actor: User, **values: Any) -> Call:
    """Draft a call. `values` are the attributes in CALL_VALUES; times aware.

    Left out: one to five choices, merit weight 1, seven days to answer, mending until the
    deadline. Raises Invalid at the field.
    """
    values = {
        "min_choices": 1,
        "max_choices": 5,
        "merit_weight": 1,
        "answer_days": 7,
        "mending_until": values.get("closes_at"),
        **values,
    }
    checked = _checked_call(values)
    call = Call(status=CallStatus.DRAFT, created_at=clock.now(), **checked)
    db.session.add(call)
    record("call.create", call, actor=actor)
    return call


def edit_call(
    call: Call, actor: User, *, reason: str = "", version: int | None = None, **values: Any
) -> None:
    """Change a call. Once it has opened its rules change only with a reason, and on the record.

    Raises Conflict for a stale `version`, a cancelled call, or what may change no more.
    """
    _check_version(locked(call), version)
    checked = _checked_call({**_values(call, CALL_VALUES), **values})
    changes = _changes(call, checked)
    _check_call_change(call, changes, reason)
    for name, value in checked.items():
        setattr(call, name, value)
    CALL_WORKFLOW.advance(
        call, "amend", actor=actor, reason=reason.strip() or None, **_told(changes)
    )
    db.session.flush()


def announce_call(call: Call, actor: User) -> None:
    """Make a call public. One whose opening has passed opens at this moment."""
    locked(call)
    moment = clock.now()
    if call.status is CallStatus.DRAFT:
        if call.closes_at <= moment:
            raise Conflict(
                _(
                    "The deadline, %(moment)s, has passed already. Set a later one, then"
                    " announce the call.",
                    moment=moment_text(call.closes_at),
                )
            )
        if not any((call.rules_en, call.rules_ru, call.rules_kk)):
            raise Conflict(
                _("Write the rules in at least one language: people must know them beforehand.")
            )
    CALL_WORKFLOW.advance(call, "announce", actor=actor)
    call.opens_at = max(call.opens_at, moment)
    db.session.flush()


def close_call(call: Call, actor: User, reason: str) -> None:
    """Close an open call before its deadline."""
    locked(call)
    reason = _given(reason)
    moment = clock.now()
    if call.phase is not Phase.OPEN or moment <= call.opens_at:
        raise Conflict(_("Only a call that is open can be closed early."))
    CALL_WORKFLOW.advance(
        call, "close", actor=actor, reason=reason, deadline=call.closes_at.isoformat()
    )
    call.closes_at = moment
    db.session.flush()


def cancel_call(call: Call, actor: User, reason: str) -> None:
    """Cancel a call that has not closed."""
    locked(call)
    reason = _given(reason)
    if call.phase is Phase.CLOSED:
        raise Conflict(_("This call has closed; its applications wait for their result."))
    CALL_WORKFLOW.advance(call, "cancel", actor=actor, reason=reason)
    db.session.flush()


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
    record("offer.create", offer, actor=actor)
    return offer


def edit_offer(
    offer: Offer, actor: User, *, reason: str = "", version: int | None = None, **values: Any
) -> None:
    """Change a place. In a call that has opened, what people chose it by takes a reason."""
    _check_version(locked(offer), version)
    if offer.call.status is CallStatus.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    merged = {**_values(offer, OFFER_VALUES), **values}
    merged["code"] = (merged["code"] or "").strip() or offer.code
    checked = _checked_offer(offer.call, actor, merged, taken=codes_in(offer.call) - {offer.code})
    changes = _changes(offer, checked)
    if (
        offer.status is OfferStatus.OPEN
        and _has_opened(offer.call)
        and changes.keys() & CHOSEN_BY
        and not reason.strip()
    ):
        raise Invalid(
            _("The call has opened, so people have seen this place. Say why it changes."), "reason"
        )
    for name, value in checked.items():
        setattr(offer, name, value)
    OFFER_WORKFLOW.advance(
        offer, "amend", actor=actor, reason=reason.strip() or None, **_told(changes)
    )
    db.session.flush()


def open_offer(offer: Offer, actor: User, reason: str = "") -> None:
    """Let people choose a place. After the call has opened this takes a reason.

    Raises Conflict when its condition is not in force or the call is closed.
    """
    locked(offer)
    check_takes_offers(offer.call)
    if message := _not_in_force(offer.condition, offer.call):
        raise Conflict(message)
    if _has_opened(offer.call) and not reason.strip():
        raise Invalid(
            _("The call has opened and people are choosing. Say why this place comes now."),
            "reason",
        )
    OFFER_WORKFLOW.advance(offer, "open", actor=actor, reason=reason.strip() or None)
    db.session.flush()


def withdraw_offer(offer: Offer, actor: User, reason: str = "") -> None:
    """Take a place back. After the call has opened this takes a reason."""
    locked(offer)
    if _has_opened(offer.call):
        reason = _given(reason)
    OFFER_WORKFLOW.advance(offer, "withdraw", actor=actor, reason=reason.strip() or None)
    db.session.flush()


def _check_version(subject: Call | Offer, version: int | None) -> None:
    if version is not None and version != subject.version:
        raise Conflict(
            _(
                "Somebody else changed this while you were writing. What you typed stands below;"
                " open the page in another tab, compare, and send it again."
            )
        )


def _given(reason: str | None) -> str:
    reason = (reason or "").strip()
    if not reason:
        raise Invalid(_("Give a reason: it is kept on the record."), "reason")
    return reason


def _has_opened(call: Call) -> bool:
    return call.phase in {Phase.OPEN, Phase.CLOSED}


def _values(subject: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(subject, name) for name in names}


def _changes(subject: Any, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What would change: attribute → (before, after)."""
    return {
        name: (getattr(subject, name), value)
        for name, value in values.items()
        if getattr(subject, name) != value
    }


def _told(changes: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The changes as the audit trail keeps them."""
    return {"changes": {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()}}


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, CooperationCondition | OrganisationalUnit):
        return value.id
    return getattr(value, "value", value)


def _checked_call(values: dict[str, Any]) -> dict[str, Any]:
    values = {name: values.get(name, "") for name in CALL_VALUES}
    values["direction"] = Direction(values["direction"])
    if not any((values[f"title_{language}"] or "").strip() for language in ("en", "ru", "kk")):
        raise Invalid(_("Give a title in at least one language."), "title_en")
    if year_of(values["term"] or "") is None:
        raise Invalid(_("Write the term like 2026/2027-1: years, dash, semester."), "term")
    _check_dates(values["opens_at"], values["closes_at"], values["mending_until"])
    if not 1 <= values["max_choices"] <= 20:
        raise Invalid(_("People may rank from 1 to 20 places."), "max_choices")
    if not 1 <= values["min_choices"] <= values["max_choices"]:
        raise Invalid(
            _("The least number of choices lies between 1 and the greatest."), "min_choices"
        )
    if not 1 <= values["answer_days"] <= 60:
        raise Invalid(_("Give people from 1 to 60 days to answer."), "answer_days")
    if not 0 <= values["merit_weight"] <= 100:
        raise Invalid(_("The weight of merit lies between 0 and 100."), "merit_weight")
    return values


def _check_dates(opens_at: datetime, closes_at: datetime, mending_until: datetime) -> None:
    if closes_at <= opens_at:
        raise Invalid(_("The deadline comes after the opening."), "closes_at")
    if mending_until < closes_at:
        raise Invalid(_("The last day for mending is not before the deadline."), "mending_until")


def _check_call_change(call: Call, changes: dict[str, tuple[Any, Any]], reason: str) -> None:
    """Refuse what a call's phase no longer allows, or ask for the reason."""
    phase = call.phase
    if phase is Phase.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    if phase in {Phase.DRAFT, Phase.UPCOMING}:
        if phase is Phase.UPCOMING and "closes_at" in changes:
            _check_not_past(changes["closes_at"][1])
        return
    for name in ("direction", "term", "opens_at"):
        if name in changes:
            raise Invalid(_("The call has opened; this stands."), name)
    if phase is Phase.CLOSED:
        for name in changes:
            if name in FIXED_AFTER_CLOSING:
                raise Invalid(_("The call has closed; this stands."), name)
    if "closes_at" in changes:
        _check_not_past(changes["closes_at"][1])
    if changes and not reason.strip():
        raise Invalid(
            _("The call has opened, so people go by what it says. Say why it changes."), "reason"
        )


def _check_not_past(closes_at: datetime) -> None:
    if closes_at <= clock.now():
        raise Invalid(
            _("The deadline cannot be moved into the past. To end the call now, close it."),
            "closes_at",
        )


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
    prefix = {Direction.INTERNSHIP: "INT", Direction.COURSES: "CRS"}[call.direction]
    taken = codes_in(call)
    number = next(n for n in range(1, len(taken) + 2) if f"{prefix}-{n:02d}" not in taken)
    return f"{prefix}-{number:02d}"


def _blank_offer() -> dict[str, Any]:
    texts = ("title", "description")
    return {
        **{f"{text}_{language}": "" for text in texts for language in ("en", "ru", "kk")},
        "unit": None,
        "course_code": "",
        "cefr": None,
        "eqf_levels": [],
        "isced_fields": [],
        "supervisor": "",
        "hours_per_week": None,
        "ects": None,
        "local_credits": None,
    }


def _not_in_force(condition: CooperationCondition, call: Call) -> str | None:
    """Why no place can be opened under the condition in this call; None where it can."""
    if condition.agreement.status is AgreementStatus.TERMINATED:
        return _("The agreement behind this condition was terminated.")
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
    return None


def _checked_offer(
    call: Call, actor: User, values: dict[str, Any], *, taken: set[str]
) -> dict[str, Any]:
    """The values of an offer, checked against its call and condition; raises Invalid at a field."""
    values = {name: values[name] for name in OFFER_VALUES}
    condition: CooperationCondition = values["condition"]
    if condition.direction is not call.direction:
        raise Invalid(
            _(
                "This condition is for %(its)s, the call is for %(ours)s.",
                its=condition.direction.label,
                ours=call.direction.label,
            ),
            "condition",
        )
    if message := _not_in_force(condition, call):
        raise Invalid(message, "condition")
    _check_unit(actor, condition, values["unit"])
    if values["code"] in taken:
        raise Invalid(_("Another place of this call has this code."), "code")
    if not any((values[f"title_{language}"] or "").strip() for language in ("en", "ru", "kk")):
        raise Invalid(_("Give a title in at least one language."), "title_en")
    if not 1 <= values["seats"] <= MOST_SEATS:
        raise Invalid(_("Give the seats: a whole number from 1 to 500."), "seats")
    if values["ends_on"] < values["starts_on"]:
        raise Invalid(_("The last day is not before the first."), "ends_on")
    values["cefr"] = Cefr(values["cefr"]) if values["cefr"] else None
    values["eqf_levels"] = _narrowed_levels(condition, values["eqf_levels"])
    values["isced_fields"] = _narrowed_fields(condition, values["isced_fields"])
    return _checked_for_direction(call.direction, values)


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


def _checked_for_direction(direction: Direction, values: dict[str, Any]) -> dict[str, Any]:
    """What only internships or only courses have; the rest is emptied."""
    if direction is Direction.INTERNSHIP:
        hours = values["hours_per_week"]
        if hours is None or not 1 <= hours <= 60:
            raise Invalid(_("Give the hours a week, from 1 to 60."), "hours_per_week")
        return {**values, "ects": None, "local_credits": None, "course_code": ""}
    if values["ects"] is None or not 0 < values["ects"] <= 60:
        raise Invalid(_("Give the ECTS credits, more than 0 and up to 60."), "ects")
    credits = values["local_credits"]
    if credits is not None and not 0 < credits <= 60:
        raise Invalid(_("Give the local credits, more than 0 and up to 60."), "local_credits")
    return {**values, "hours_per_week": None}
