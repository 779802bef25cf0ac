"""New versions of an agreement in force: drafted beside it, taken over once both approved.

A condition that continues stays the same row, so that places under it and what is counted by it
keep; one that is taken out stays as a row that has ended. See docs/decisions/009.
"""

from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...audit import record
from ...db import db
from ...errors import Conflict
from ...i18n import day
from ...mail import queue_letter
from .. import letters
from ..models import (
    SIDES,
    TERMS,
    WORKFLOW,
    Agreement,
    AgreementStatus,
    AgreementVersion,
    CooperationCondition,
)
from ..queries import coordinators_of, open_version_of, refresh_locked
from .checks import TITLES, given

WORDS = (*TITLES, "signed_on", "text")


def open_version(agreement: Agreement, actor: User) -> Agreement:
    """Draft a new version of an agreement in force: a copy of its words and conditions.

    Raises Conflict where it is not approved by both, is over, or a version is in preparation.
    """
    refresh_locked(agreement)
    check_amendable(agreement)
    if open_version_of(agreement) is not None:
        raise Conflict(
            _("A new version is being prepared already. Change that one, or drop it first.")
        )
    draft = Agreement(
        partner_a=agreement.partner_a,
        partner_b=agreement.partner_b,
        amends=agreement,
        status=AgreementStatus.DRAFT,
        created_at=clock.now(),
        **{name: getattr(agreement, name) for name in WORDS},
    )
    for condition in agreement.conditions:
        draft.conditions.append(CooperationCondition(amends=condition, **_terms(condition)))
    db.session.add(draft)
    WORKFLOW.advance(agreement, "open_version", actor=actor)
    record("agreement.create", draft, actor=actor)
    db.session.flush()
    return draft


def check_amendable(agreement: Agreement) -> None:
    """Raise Conflict for an agreement that is not approved by both, or is over."""
    if agreement.status is not AgreementStatus.APPROVED:
        raise Conflict(
            _(
                "Only an agreement that both partners approved gets a new version; this one is"
                " “%(state)s”.",
                state=agreement.status.label,
            )
        )
    if agreement.has_ended:
        raise Conflict(_("The agreement ended on %(day)s.", day=day(agreement.ends_on)))


def drop_version(draft: Agreement, actor: User | None, reason: str) -> None:
    """Give up a new version that is not concluded; the one in force stays as it is."""
    refresh_locked(draft)
    reason = given(reason)
    if draft.amends is None:
        raise Conflict(_("Only a new version that is being prepared can be dropped."))
    proposed = draft.status is AgreementStatus.PROPOSED
    WORKFLOW.advance(draft, "drop", actor=actor, reason=reason)
    db.session.flush()
    if proposed:
        for user in coordinators_of([draft.partner_a_id, draft.partner_b_id]):
            if user is not actor:
                queue_letter(user, letters.version_dropped, draft, reason)


def drop_open_version(agreement: Agreement, actor: User | None, reason: str) -> None:
    """Drop the version in preparation of an agreement that ends, if there is one."""
    if (draft := open_version_of(agreement)) is not None:
        drop_version(draft, actor, reason)


def take_over(draft: Agreement, actor: User) -> Agreement:
    """Put the content of a version that both approved in the place of the one in force.

    Returns the agreement. Whoever calls this holds both rows.
    """
    agreement = draft.amends
    if agreement is None:
        raise ValueError("only a new version is taken over")
    WORKFLOW.advance(draft, "take_over", actor=actor, content_hash=draft.content_hash)
    for name in WORDS:
        setattr(agreement, name, getattr(draft, name))
    _replace_conditions(agreement, draft)
    agreement.content_hash = draft.content_hash
    for approval in list(draft.approvals):
        approval.agreement = agreement
    db.session.flush()
    db.session.expire(agreement, ["conditions", "approvals"])
    if agreement.digest() != draft.content_hash:
        raise RuntimeError("what is in force is not what was approved")
    WORKFLOW.advance(agreement, "replace", actor=actor, content_hash=agreement.content_hash)
    return agreement


def _replace_conditions(agreement: Agreement, draft: Agreement) -> None:
    continuing = {one.amends_id: one for one in draft.conditions if one.amends_id is not None}
    for condition in agreement.conditions:
        if (after := continuing.get(condition.id)) is None:
            condition.ended_on = clock.now().date()
            continue
        for name, value in _terms(after).items():
            setattr(condition, name, value)
    for added in draft.conditions:
        if added.amends_id is None:
            db.session.add(CooperationCondition(agreement_id=agreement.id, **_terms(added)))


def _terms(condition: CooperationCondition) -> dict[str, Any]:
    """All that a condition says, for another row that says the same."""
    terms = {name: getattr(condition, name) for name in TERMS}
    terms = {key: list(value) if isinstance(value, list) else value for key, value in terms.items()}
    return {**terms, **{f"{side}_id": getattr(condition, f"{side}_id") for side in SIDES}}


def keep_version(agreement: Agreement) -> AgreementVersion:
    """Keep the content that both have approved just now as the agreement's next version."""
    version = AgreementVersion(
        number=len(agreement.versions) + 1,
        content=agreement.canonical(),
        condition_ids=[condition.id for condition in agreement.in_canonical_order()],
        content_hash=agreement.content_hash,
        concluded_at=clock.now(),
    )
    agreement.versions.append(version)
    for partner in agreement.partners:
        if (approval := agreement.approval_of(partner.id)) is not None:
            approval.kept_version = version
    db.session.flush()
    return version
