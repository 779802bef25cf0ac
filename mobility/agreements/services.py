"""Writing agreements: drafting, proposing, approving by both partners, terminating."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from .. import clock, isced
from ..accounts.models import EQF_LEVELS, Cefr, User
from ..audit import record
from ..db import db
from ..errors import Conflict, Invalid, Refused
from ..mail import queue_letter
from ..partners.models import Institution, OrganisationalUnit
from . import letters
from .models import (
    WORKFLOW,
    Agreement,
    AgreementStatus,
    Approval,
    CooperationCondition,
    Direction,
)
from .queries import approver_of, coordinated_institutions, coordinators_of, refresh_locked

TITLES = ("title_en", "title_ru", "title_kk")
EDITABLE = {AgreementStatus.DRAFT, AgreementStatus.PROPOSED}


def create_agreement(
    actor: User,
    *,
    partner_a: Institution,
    partner_b: Institution,
    signed_on: date | None = None,
    text: str = "",
    **titles: str,
) -> Agreement:
    """Draft an agreement of two partners; a coordinator drafts only with their own institution.

    Raises Invalid at partner_a or partner_b (the same twice; neither coordinated by the actor)
    and at title_en (no title in any language).
    """
    _check_partners(actor, partner_a, partner_b)
    _check_titles(titles)
    agreement = Agreement(
        partner_a=partner_a,
        partner_b=partner_b,
        signed_on=signed_on,
        text=text or "",
        status=AgreementStatus.DRAFT,
        created_at=clock.now(),
        **{name: titles.get(name) or "" for name in TITLES},
    )
    db.session.add(agreement)
    record("agreement.create", agreement, actor=actor)
    return agreement


def edit_agreement(
    agreement: Agreement,
    actor: User,
    *,
    signed_on: date | None = None,
    text: str = "",
    version: int | None = None,
    **titles: str,
) -> None:
    """Change the words of an agreement; one that was proposed becomes a draft again."""
    _open_for_change(agreement, version)
    _check_titles(titles)
    agreement.signed_on = signed_on
    agreement.text = text or ""
    for name in TITLES:
        setattr(agreement, name, titles.get(name) or "")
    _amend(agreement, actor, what="words")


def add_condition(agreement: Agreement, actor: User, **values: Any) -> CooperationCondition:
    """Add a cooperation condition; a proposed agreement becomes a draft again.

    `values` are the attributes of CooperationCondition: direction, sending, receiving,
    sending_unit, receiving_unit, first_year, last_year, mobilities_per_year, months_per_year,
    eqf_levels, isced_fields, language, cefr, blended, other_terms. Raises Invalid at the field.
    """
    _open_for_change(agreement)
    checked = _checked_condition(agreement, values)
    condition = CooperationCondition(**checked)
    agreement.conditions.append(condition)
    _amend(agreement, actor, what="condition added")
    return condition


def edit_condition(
    condition: CooperationCondition, actor: User, *, version: int | None = None, **values: Any
) -> None:
    """Change a condition; `version` is the one of its agreement that was read."""
    agreement = condition.agreement
    _open_for_change(agreement, version)
    for name, value in _checked_condition(agreement, values).items():
        setattr(condition, name, value)
    _amend(agreement, actor, what="condition changed", condition=condition.id)


def remove_condition(condition: CooperationCondition, actor: User) -> None:
    """Take a condition out of an agreement that is not yet approved by both."""
    agreement = condition.agreement
    _open_for_change(agreement)
    agreement.conditions.remove(condition)
    _amend(agreement, actor, what="condition removed", condition=condition.id)


def propose_agreement(agreement: Agreement, actor: User) -> None:
    """Fix the content by its hash and ask both partners to approve it."""
    refresh_locked(agreement)
    if agreement.status is AgreementStatus.DRAFT and not agreement.conditions:
        raise Conflict(
            _("An agreement without conditions moves nobody. Add at least one, then propose it.")
        )
    digest = agreement.digest()
    if agreement.status is AgreementStatus.DRAFT:
        agreement.content_hash = digest
        agreement.approvals.clear()
    WORKFLOW.advance(agreement, "propose", actor=actor, content_hash=digest)
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letters.proposed, agreement)


def approve_agreement(agreement: Agreement, actor: User, content_hash: str | None = None) -> None:
    """Approve the content that `actor` read, for the partner they coordinate.

    `content_hash` is the one shown to them; None stands for the present one. With the second
    approval the agreement is concluded. Raises Refused for those who coordinate neither partner,
    Conflict where the content has changed since, or their partner has approved already.
    """
    refresh_locked(agreement)
    own = coordinated_institutions(actor, whole=True)
    if not own & {agreement.partner_a_id, agreement.partner_b_id}:
        raise Refused(_("Only a coordinator of a partner can approve its agreement."))
    if agreement.status is AgreementStatus.PROPOSED:
        _check_hash(agreement, content_hash)
        if approver_of(agreement, actor) is None:
            raise Conflict(_("Your institution has approved this agreement already."))
    partner = approver_of(agreement, actor)
    WORKFLOW.advance(
        agreement,
        "approve",
        actor=actor,
        content_hash=agreement.content_hash,
        institution=None if partner is None else partner.schac,
    )
    if partner is None:  # the workflow has refused every state in which nobody is missing
        raise Conflict(_("Your institution has approved this agreement already."))
    agreement.approvals.append(
        Approval(
            institution=partner,
            user=actor,
            content_hash=agreement.content_hash,
            at=clock.now(),
        )
    )
    db.session.flush()
    _tell_of_approval(agreement, partner, actor)


def _tell_of_approval(agreement: Agreement, partner: Institution, actor: User) -> None:
    missing = agreement.missing_approvals
    both = [agreement.partner_a_id, agreement.partner_b_id]
    if not missing:
        WORKFLOW.advance(agreement, "conclude", actor=actor, content_hash=agreement.content_hash)
        db.session.flush()
        for user in coordinators_of(both):
            queue_letter(user, letters.concluded, agreement)
        return
    for user in coordinators_of(both):
        if user is not actor:
            queue_letter(user, letters.approved_on_one_side, agreement, partner, missing[0])


def withdraw_agreement(agreement: Agreement, actor: User, reason: str) -> None:
    """Take a proposed agreement back to a draft; approvals given are void."""
    refresh_locked(agreement)
    reason = _given(reason)
    if agreement.status is not AgreementStatus.PROPOSED:
        raise Conflict(_("Only an agreement that waits for approvals can be taken back."))
    _amend(agreement, actor, what="withdrawn", reason=reason)


def terminate_agreement(agreement: Agreement, actor: User, reason: str) -> None:
    """End an agreement that both had approved. Offers under it stop being open by that alone."""
    refresh_locked(agreement)
    reason = _given(reason)
    WORKFLOW.advance(agreement, "terminate", actor=actor, reason=reason)
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letters.terminated, agreement, reason)


def _amend(agreement: Agreement, actor: User, *, reason: str | None = None, **details: Any) -> None:
    proposed = agreement.status is AgreementStatus.PROPOSED
    WORKFLOW.advance(agreement, "amend", actor=actor, reason=reason, **details)
    agreement.approvals.clear()
    agreement.content_hash = None
    flag_modified(agreement, "content_hash")  # a changed condition counts as a new version too
    db.session.flush()
    if proposed:
        for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
            if user is not actor:
                queue_letter(user, letters.back_to_draft, agreement)


def _open_for_change(agreement: Agreement, version: int | None = None) -> None:
    refresh_locked(agreement)
    if version is not None and version != agreement.version:
        raise Conflict(
            _(
                "Somebody else changed this agreement while you were writing. What you typed"
                " stands below; open the agreement in another tab, compare, and send it again."
            )
        )
    check_editable(agreement)


def check_editable(agreement: Agreement) -> None:
    """Raise Conflict once both partners have approved an agreement, or it is over."""
    if agreement.status not in EDITABLE:
        raise Conflict(
            _(
                "This agreement is “%(state)s” and its words are fixed. Draft a new one to agree"
                " on something else.",
                state=agreement.status.label,
            )
        )


def _check_hash(agreement: Agreement, content_hash: str | None) -> None:
    shown = agreement.content_hash if content_hash is None else content_hash
    if shown != agreement.content_hash or agreement.digest() != agreement.content_hash:
        raise Conflict(
            _(
                "The agreement has changed since you opened it, so your approval was not recorded."
                " Read it again before you approve."
            )
        )


def _check_partners(actor: User, a: Institution, b: Institution) -> None:
    if a is b:
        raise Invalid(_("An agreement has two different partners."), "partner_b")
    own = coordinated_institutions(actor, whole=True)
    if not actor.is_admin and not own & {a.id, b.id}:
        raise Invalid(_("One of the two partners is your own institution."), "partner_a")


def _check_titles(titles: dict[str, str]) -> None:
    if not any((titles.get(name) or "").strip() for name in TITLES):
        raise Invalid(_("Give a title in at least one language."), "title_en")


def _given(reason: str | None) -> str:
    reason = (reason or "").strip()
    if not reason:
        raise Invalid(_("Give a reason: both partners will read it."), "reason")
    return reason


def _checked_condition(agreement: Agreement, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a condition with what is missing filled in; raises Invalid at a field."""
    values = {
        "sending_unit": None,
        "receiving_unit": None,
        "months_per_year": None,
        "language": None,
        "cefr": None,
        "blended": False,
        "other_terms": "",
        **values,
        "eqf_levels": checked_levels(values.get("eqf_levels", ())),
        "isced_fields": checked_fields(values.get("isced_fields", ())),
    }
    values["direction"] = Direction(values["direction"])
    for side in ("sending", "receiving"):
        _check_side(agreement, values, side)
    if values["sending"] is values["receiving"]:
        raise Invalid(_("The receiving partner is the other one."), "receiving")
    if not 2000 <= values["first_year"] <= 2100:
        raise Invalid(_("Give the year in which the first academic year begins."), "first_year")
    if not values["first_year"] <= values["last_year"] <= 2100:
        raise Invalid(_("The last academic year is not before the first."), "last_year")
    for name in ("mobilities_per_year", "months_per_year"):
        if values[name] is not None and not 0 <= values[name] <= 10_000:
            raise Invalid(_("Give a number from 0 to 10,000."), name)
    values["language"] = values["language"] or None
    values["cefr"] = Cefr(values["cefr"]) if values["cefr"] else None
    if bool(values["language"]) != bool(values["cefr"]):
        field = "cefr" if values["language"] else "language"
        raise Invalid(_("Give a language and its level, or neither."), field)
    return values


def _check_side(agreement: Agreement, values: dict[str, Any], side: str) -> None:
    institution: Institution = values[side]
    unit: OrganisationalUnit | None = values[f"{side}_unit"]
    if institution not in agreement.partners:
        raise Invalid(_("Choose one of the two partners."), side)
    if unit is not None and unit.institution_id != institution.id:
        raise Invalid(
            _("This unit does not belong to %(institution)s.", institution=institution.name),
            f"{side}_unit",
        )


def checked_levels(levels: Any) -> list[int]:
    """EQF levels, rising, each once; raises Invalid at eqf_levels for others than 5 to 8."""
    chosen = sorted({int(level) for level in levels or ()})
    if any(level not in EQF_LEVELS for level in chosen):
        raise Invalid(_("EQF levels go from 5 to 8."), "eqf_levels")
    return chosen


def checked_fields(codes: Any) -> list[str]:
    """ISCED-F codes in order, without those that a broader chosen one holds already.

    Raises Invalid at isced_fields for a code that the classification does not know.
    """
    chosen = {str(code).strip() for code in codes or ()} - {""}
    if unknown := sorted(chosen - isced.FIELDS.keys()):
        raise Invalid(
            _("“%(code)s” is not a field of ISCED-F 2013.", code=unknown[0]), "isced_fields"
        )
    return sorted(
        code
        for code in chosen
        if not any(code[:length] in chosen for length in range(2, len(code)))
    )
