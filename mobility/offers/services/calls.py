"""Calls: preparing, announcing, closing, and what still may change once people go by them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...agreements.models import Direction
from ...agreements.queries import this_year
from ...db import db
from ...errors import Conflict, Invalid, refuse_all
from ...i18n import moment_text
from ..models import (
    CALL_WORKFLOW,
    MATCHING_RULES,
    POLICIES,
    WITH_CONSTRAINTS,
    Call,
    CallStatus,
    Phase,
    VacatedSeats,
)
from ..queries import has_minimums, locked
from ..terms import year_of
from .editing import (
    Changes,
    changes_of,
    check_version,
    given,
    has_opened,
    keep_rule_change,
    told,
    values_of,
)
from .joining import check_joining, check_nobody_follows, why_lead_falls_short
from .together import check_seats_together

CALL_VALUES = (
    "direction", "title_en", "title_ru", "title_kk", "term", "opens_at", "closes_at",
    "mending_until", *MATCHING_RULES, "decided_with_id", "rules_en", "rules_ru", "rules_kk",
)  # fmt: skip
# What people who apply go by: once a call is closed it stands.
FIXED_AFTER_CLOSING = {
    "direction", "term", "opens_at", "closes_at", "min_choices", "max_choices", "max_credits",
    "teams", "merit_weight",
    "policy", "keeps_annual_quotas", "balance_tolerance", "public_file", "shows_chances",
    "rules_en", "rules_ru", "rules_kk",
}  # fmt: skip
BLANK_RULES = {
    "policy": WITH_CONSTRAINTS,
    "merit_weight": 1,
    "keeps_annual_quotas": True,
    "balance_tolerance": None,
    "min_choices": 1,
    "max_choices": 5,
    "max_credits": None,
    "teams": False,
    "answer_days": 7,
    "vacated": VacatedSeats.SECOND_ROUND,
    "vacated_until": None,
    "appeal_days": 7,
    "public_file": False,
    "shows_chances": False,
}
# Where somebody may get several seats nothing follows the round yet: see `check_seats_together`.
WITHOUT_SEQUEL = {"vacated": VacatedSeats.NONE, "vacated_until": None, "appeal_days": 0}
MOST_DAYS = 60
VACATED_FOR = timedelta(days=60)


def create_call(actor: User, **asked: Any) -> Call:
    """Draft a call. `asked` are the attributes in CALL_VALUES; times aware.

    Left out: the rules of BLANK_RULES, mending until the deadline, declined seats given for
    VACATED_FOR from it on. Raises Invalid at the field.
    """
    blank = {"mending_until": asked.get("closes_at"), "decided_with_id": None}
    several = asked.get("max_credits") is not None or asked["direction"] == Direction.RESEARCH
    alone = WITHOUT_SEQUEL if several else {}
    values = {**BLANK_RULES, **alone, **blank, **asked}
    if "vacated_until" not in asked and VacatedSeats(values["vacated"]) is not VacatedSeats.NONE:
        values["vacated_until"] = values["closes_at"] + VACATED_FOR
    checked = _checked_call(values)
    _check_ahead(checked)
    check_joining(None, checked)
    call = Call(status=CallStatus.DRAFT, created_at=clock.now(), **checked)
    db.session.add(call)
    CALL_WORKFLOW.advance(call, "create", actor=actor)
    return call


def edit_call(
    call: Call, actor: User, *, reason: str = "", version: int | None = None, **values: Any
) -> None:
    """Change a call. Once it has opened its rules change only with a reason, and on the record.

    A change of its matching rules then becomes a RuleChange, shown to everybody who applied.
    Raises Conflict for a stale `version`, a cancelled call, or what may change no more.
    """
    check_version(locked(call), version)
    checked = _checked_call({**values_of(call, CALL_VALUES), **values})
    changes = changes_of(call, checked)
    _check_call_change(call, changes, reason)
    if {"decided_with_id", "term", *MATCHING_RULES} & changes.keys():
        check_joining(call, checked)
    if has_opened(call):
        keep_rule_change(call, changes, MATCHING_RULES, actor, reason)
    for name, value in checked.items():
        setattr(call, name, value)
    CALL_WORKFLOW.advance(
        call, "amend", actor=actor, reason=reason.strip() or None, **told(changes)
    )
    _follow(call, changes, actor, reason)
    db.session.flush()


def _follow(call: Call, changes: Changes, actor: User, reason: str) -> None:
    """Change the matching rules of the calls that are decided with this one as its own."""
    rules = {name: change for name, change in changes.items() if name in MATCHING_RULES}
    for one in call.joined if rules else []:
        if one.status is CallStatus.CANCELLED:
            continue
        _check_call_change(one, rules, reason)
        if has_opened(one):
            keep_rule_change(one, rules, MATCHING_RULES, actor, reason)
        for name, (_before, after) in rules.items():
            setattr(one, name, after)
        CALL_WORKFLOW.advance(
            one, "amend", actor=actor, reason=reason.strip() or None, **told(rules)
        )


def lacking_to_announce(call: Call) -> dict[str, str]:
    """What a drafted call lacks before it can be announced, at the fields where it is mended."""
    lacking: dict[str, str] = {}
    if call.closes_at <= clock.now():
        lacking["closes_at"] = _(
            "The deadline, %(moment)s, has passed already. Set a later one, then"
            " announce the call.",
            moment=moment_text(call.closes_at),
        )
    if not any((call.rules_en, call.rules_ru, call.rules_kk)):
        lacking["rules_en"] = _(
            "Write the rules in at least one language: people must know them beforehand."
        )
    if why := why_lead_falls_short(call):
        lacking["decided_with_id"] = why
    return lacking


def announce_call(call: Call, actor: User) -> None:
    """Make a call public. One whose opening has passed opens at this moment."""
    locked(call)
    if call.status is CallStatus.DRAFT and (lacking := lacking_to_announce(call)):
        raise Conflict(" ".join(lacking.values()))
    CALL_WORKFLOW.advance(call, "announce", actor=actor)
    call.opens_at = max(call.opens_at, clock.now())
    db.session.flush()


def close_call(call: Call, actor: User, reason: str) -> None:
    """Close an open call before its deadline."""
    locked(call)
    reason = given(reason)
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
    reason = given(reason)
    if call.phase is Phase.CLOSED:
        raise Conflict(_("This call has closed; its applications wait for their result."))
    check_nobody_follows(call)
    CALL_WORKFLOW.advance(call, "cancel", actor=actor, reason=reason)
    db.session.flush()


def _checked_call(values: dict[str, Any]) -> dict[str, Any]:
    values = {name: values.get(name, "") for name in CALL_VALUES}
    values["direction"] = Direction(values["direction"])
    values["vacated"] = VacatedSeats(values["vacated"])
    refuse_all(
        [
            *_wrong_frame(values),
            *_wrong_choices(values),
            *_wrong_constraints(values),
            *_wrong_sequel(values),
        ]
    )
    check_seats_together(values)
    return values


def _wrong_frame(values: dict[str, Any]) -> Iterator[Invalid]:
    if not any((values[f"title_{language}"] or "").strip() for language in ("en", "ru", "kk")):
        yield Invalid(_("Give a title in at least one language."), "title_en")
    if year_of(values["term"] or "") is None:
        yield Invalid(_("Write the term like 2026/2027-1: years, dash, semester."), "term")
    if values["closes_at"] <= values["opens_at"]:
        yield Invalid(_("The deadline comes after the opening."), "closes_at")
    if values["mending_until"] < values["closes_at"]:
        yield Invalid(_("The last day for mending is not before the deadline."), "mending_until")


def _wrong_choices(values: dict[str, Any]) -> Iterator[Invalid]:
    if not 1 <= values["max_choices"] <= 20:
        yield Invalid(_("People may rank from 1 to 20 places."), "max_choices")
    if not 1 <= values["min_choices"] <= values["max_choices"]:
        yield Invalid(
            _("The least number of choices lies between 1 and the greatest."), "min_choices"
        )
    if not 0 <= values["merit_weight"] <= 100:
        yield Invalid(_("The weight of merit lies between 0 and 100."), "merit_weight")


def _wrong_constraints(values: dict[str, Any]) -> Iterator[Invalid]:
    """Only one policy can honour what ties places together; none may be ignored in silence."""
    if values["policy"] not in POLICIES:
        yield Invalid(_("Choose the rule by which places are given."), "policy")
    tolerance = values["balance_tolerance"]
    if tolerance is not None and not 0 <= tolerance <= 10_000:
        yield Invalid(
            _("The tolerance of the balance lies between 0 and 10,000."), "balance_tolerance"
        )
    if values["policy"] == WITH_CONSTRAINTS:
        return
    if values["keeps_annual_quotas"]:
        yield Invalid(
            _(
                "This rule cannot keep annual quotas, because they tie places together. Choose"
                " linear assignment, or leave the quotas out and offer fewer seats."
            ),
            "keeps_annual_quotas",
        )
    if tolerance is not None:
        yield Invalid(
            _("This rule cannot keep a balance. Choose linear assignment, or leave it empty."),
            "balance_tolerance",
        )


def _wrong_sequel(values: dict[str, Any]) -> Iterator[Invalid]:
    """What follows the results: answers, vacated seats, appeals."""
    if not 1 <= values["answer_days"] <= MOST_DAYS:
        yield Invalid(_("Give people from 1 to 60 days to answer."), "answer_days")
    if not 0 <= values["appeal_days"] <= MOST_DAYS:
        yield Invalid(_("Give from 0 to 60 days to appeal."), "appeal_days")
    until = values["vacated_until"]
    if until is not None and values["vacated"] is VacatedSeats.NONE:
        yield Invalid(_("Seats that stay empty need no last day. Leave it empty."), "vacated_until")
    if until is None and values["vacated"] is not VacatedSeats.NONE:
        yield Invalid(_("Say until when declined seats are given."), "vacated_until")
    if until is not None and until <= values["closes_at"]:
        yield Invalid(
            _("The last day for declined seats comes after the deadline."), "vacated_until"
        )


def _check_ahead(values: dict[str, Any]) -> None:
    """Refuse an opening that has passed, by more than a day, and an academic year that is over."""
    if "term" in values and int(values["term"][:4]) < this_year():
        years = values["term"][:9]
        raise Invalid(_("The academic year %(years)s is over.", years=years), "term")
    if "opens_at" in values and values["opens_at"] < clock.now() - timedelta(days=1):
        raise Invalid(
            _("The opening lies in the past. Give today or a later day."),
            "opens_at",
        )


def _check_call_change(call: Call, changes: Changes, reason: str) -> None:
    """Refuse what a call's phase no longer allows, or ask for the reason."""
    phase = call.phase
    if phase is Phase.CANCELLED:
        raise Conflict(_("This call was cancelled."))
    _check_minimums(call, changes)
    if phase in {Phase.DRAFT, Phase.UPCOMING}:
        _check_ahead({name: after for name, (_before, after) in changes.items()})
        if phase is Phase.UPCOMING and "closes_at" in changes:
            _check_not_past(changes["closes_at"][1])
        return
    for name in ("direction", "term", "opens_at", "decided_with_id"):
        if name in changes:
            raise Invalid(_("The call has opened; this stands."), name)
    if phase is Phase.CLOSED:
        for name in changes:
            if name in FIXED_AFTER_CLOSING:
                raise Invalid(_("The call has closed; this stands."), name)
    if changes.get("public_file", (None, False))[1]:
        raise Invalid(
            _("The call opened without this; people applied on that word, so it stands."),
            "public_file",
        )
    if "closes_at" in changes:
        _check_not_past(changes["closes_at"][1])
    if changes and not reason.strip():
        raise Invalid(
            _("The call has opened, so people go by what it says. Say why it changes."), "reason"
        )


def _check_minimums(call: Call, changes: Changes) -> None:
    """Refuse a rule that cannot keep the minimums of the call's places."""
    if "policy" in changes and changes["policy"][1] != WITH_CONSTRAINTS and has_minimums(call):
        raise Invalid(
            _(
                "Places of this call have a least number of people, which only linear assignment"
                " can keep. Take the minimums away first."
            ),
            "policy",
        )


def _check_not_past(closes_at: datetime) -> None:
    if closes_at <= clock.now():
        raise Invalid(
            _("The deadline cannot be moved into the past. To end the call now, close it."),
            "closes_at",
        )
