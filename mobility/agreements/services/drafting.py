"""Drafting agreements and their conditions, while one partner at least has not approved."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from ... import clock
from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from ...partners.models import Institution
from .. import letters
from ..models import WORKFLOW, Agreement, AgreementStatus, CooperationCondition
from ..queries import coordinators_of, refresh_locked
from .checks import TITLES, check_partners, check_titles, checked_condition

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
    check_partners(actor, partner_a, partner_b)
    check_titles(titles)
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
    check_titles(titles)
    agreement.signed_on = signed_on
    agreement.text = text or ""
    for name in TITLES:
        setattr(agreement, name, titles.get(name) or "")
    back_to_draft(agreement, actor, what="words")


def add_condition(agreement: Agreement, actor: User, **values: Any) -> CooperationCondition:
    """Add a cooperation condition; a proposed agreement becomes a draft again.

    `values` are the attributes of CooperationCondition: direction, sending, receiving,
    sending_unit, receiving_unit, first_year, last_year, mobilities_per_year, months_per_year,
    eqf_levels, isced_fields, language, cefr, blended, other_terms. Raises Invalid at the field.
    """
    [condition] = add_conditions(agreement, actor, [values])
    return condition


def add_conditions(
    agreement: Agreement, actor: User, several: Iterable[dict[str, Any]]
) -> list[CooperationCondition]:
    """Add several conditions in one step, as when they come from a file."""
    _open_for_change(agreement)
    added = [
        CooperationCondition(**checked_condition(agreement.partners, values)) for values in several
    ]
    agreement.conditions.extend(added)
    what = "condition added" if len(added) == 1 else "conditions added"
    back_to_draft(agreement, actor, what=what)
    return added


def edit_condition(
    condition: CooperationCondition, actor: User, *, version: int | None = None, **values: Any
) -> None:
    """Change a condition; `version` is the one of its agreement that was read.

    In a new version a condition that continues keeps its direction and its partners.
    """
    agreement = condition.agreement
    _open_for_change(agreement, version)
    checked = checked_condition(agreement.partners, values)
    if condition.amends is not None:
        _check_continues(condition.amends, checked)
    for name, value in checked.items():
        setattr(condition, name, value)
    back_to_draft(agreement, actor, what="condition changed", condition=condition.id)


def _check_continues(before: CooperationCondition, values: dict[str, Any]) -> None:
    for name in ("direction", "sending", "receiving"):
        if values[name] is not getattr(before, name):
            raise Invalid(
                _(
                    "Places may stand under this condition, so a new version keeps its direction"
                    " and its partners. Remove it and add another instead."
                ),
                name,
            )


def remove_condition(condition: CooperationCondition, actor: User) -> None:
    """Take a condition out of an agreement that is not yet approved by both."""
    agreement = condition.agreement
    _open_for_change(agreement)
    agreement.conditions.remove(condition)
    back_to_draft(agreement, actor, what="condition removed", condition=condition.id)


def back_to_draft(
    agreement: Agreement, actor: User, *, reason: str | None = None, **details: Any
) -> None:
    """Note a change: approvals given so far are void, and whoever was asked for one is told."""
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
                "This agreement was changed after you had opened it. What you typed"
                " stands below; open the agreement in another tab, compare, and send it again."
            )
        )
    check_editable(agreement)


def check_editable(agreement: Agreement) -> None:
    """Raise Conflict once both partners have approved an agreement, or it is over."""
    if agreement.status not in EDITABLE:
        raise Conflict(
            _(
                "This agreement is “%(state)s” and its words are fixed. Prepare a new version, or"
                " draft another agreement, to agree on something else.",
                state=agreement.status.label,
            )
        )
