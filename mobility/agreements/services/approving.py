"""Proposing, and approving by both partners: only what both approved comes into force."""

from flask_babel import gettext as _

from ... import clock
from ...accounts.models import User
from ...db import db
from ...errors import Conflict, Refused
from ...mail import queue_letter
from ...partners.models import Institution
from .. import letters
from ..models import WORKFLOW, Agreement, AgreementStatus, Approval
from ..queries import approver_of, coordinated_institutions, coordinators_of, refresh_locked
from .checks import given
from .drafting import back_to_draft
from .renewals import note_what_is_past
from .versions import check_amendable, keep_version, take_over


def propose_agreement(agreement: Agreement, actor: User) -> None:
    """Fix the content by its hash and ask both partners to approve it."""
    refresh_locked(agreement)
    digest = agreement.digest()
    if agreement.status is AgreementStatus.DRAFT:
        if agreement.amends is not None:
            check_amendable(agreement.amends)
        if why := why_not_proposed(agreement):
            raise Conflict(why)
        agreement.content_hash = digest
        agreement.approvals.clear()
    WORKFLOW.advance(agreement, "propose", actor=actor, content_hash=digest)
    db.session.flush()
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        queue_letter(user, letters.proposed, agreement)


def why_not_proposed(draft: Agreement) -> str | None:
    """What a draft lacks before it can be proposed; None where nothing is missing."""
    if not draft.conditions:
        return _("An agreement without conditions moves nobody. Add at least one, then propose it.")
    if draft.amends is not None and draft.amends.content_hash == draft.digest():
        return _("This version says what the one in force says. Change something, then propose it.")
    return None


def approve_agreement(agreement: Agreement, actor: User, content_hash: str | None = None) -> None:
    """Approve the content that `actor` read, for the partner they coordinate.

    `content_hash` is the one shown to them; None stands for the present one. With the second
    approval the agreement is concluded, or a new version takes the place of the one in force.
    Raises Refused for those who coordinate neither partner, Conflict where the content has
    changed since, or their partner has approved already.
    """
    refresh_locked(agreement)
    own = coordinated_institutions(actor, whole=True)
    if not own & {agreement.partner_a_id, agreement.partner_b_id}:
        raise Refused(_("Only a coordinator of a partner can approve its agreement."))
    if agreement.status is AgreementStatus.PROPOSED:
        _check_hash(agreement, content_hash)
        if approver_of(agreement, actor) is None:
            raise Conflict(_("Your institution has approved this agreement already."))
        if agreement.amends is not None:
            check_amendable(agreement.amends)
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
    if agreement.missing_approvals:
        _tell_of_one_approval(agreement, partner, actor)
    else:
        _conclude(agreement, actor)


def _tell_of_one_approval(agreement: Agreement, partner: Institution, actor: User) -> None:
    [missing] = agreement.missing_approvals
    for user in coordinators_of([agreement.partner_a_id, agreement.partner_b_id]):
        if user is not actor:
            queue_letter(user, letters.approved_on_one_side, agreement, partner, missing)


def _conclude(agreement: Agreement, actor: User) -> None:
    if agreement.amends is not None:
        concluded = take_over(agreement, actor)
    else:
        concluded = agreement
        WORKFLOW.advance(agreement, "conclude", actor=actor, content_hash=agreement.content_hash)
    keep_version(concluded)
    note_what_is_past(concluded)
    db.session.flush()
    for user in coordinators_of([concluded.partner_a_id, concluded.partner_b_id]):
        queue_letter(user, letters.concluded, concluded)


def withdraw_agreement(agreement: Agreement, actor: User, reason: str) -> None:
    """Take a proposed agreement back to a draft; approvals given are void."""
    refresh_locked(agreement)
    reason = given(reason)
    if agreement.status is not AgreementStatus.PROPOSED:
        raise Conflict(_("Only an agreement that waits for approvals can be taken back."))
    back_to_draft(agreement, actor, what="withdrawn", reason=reason)


def _check_hash(agreement: Agreement, content_hash: str | None) -> None:
    shown = agreement.content_hash if content_hash is None else content_hash
    if shown != agreement.content_hash or agreement.digest() != agreement.content_hash:
        raise Conflict(
            _(
                "The agreement has changed since you opened it, so your approval was not recorded."
                " Read it again before you approve."
            )
        )
