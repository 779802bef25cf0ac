"""The list of agreements, and an agreement with both approvals."""

from typing import Any

from flask import render_template, request
from flask_login import current_user

from ...access import can, guard
from ...audit import history
from ...numbers import page_asked
from .. import queries, services, words
from ..forms import AgreementFilter
from ..models import Agreement, AgreementStatus
from .blueprint import bp, reader, to_agreement


@bp.get("/agreements")
@guard("agreement:list")
def index() -> Any:
    asked = AgreementFilter(formdata=request.args)
    asked.validate()
    found = queries.agreements_page(reader(), **asked.narrowed, page=page_asked())
    return render_template(
        "agreements/index.html", found=found, asked=asked, year=queries.this_year()
    )


@bp.get("/agreements/<int:agreement_id>")
@guard("agreement:view", queries.get_agreement)
def agreement(agreement: Agreement) -> Any:
    if agreement.status is AgreementStatus.APPLIED and agreement.amends is not None:
        return to_agreement(agreement.amends)
    in_full = can(current_user, "agreement:read-in-full", agreement)
    events = history(agreement) if in_full else []
    asked = in_full and agreement.status is AgreementStatus.PROPOSED
    return render_template(
        "agreements/agreement.html",
        agreement=agreement,
        approvals=queries.approvals_by_partner(agreement),
        approvers=dict(queries.may_approve(agreement)) if asked else {},
        approves_for=_approves_for(agreement),
        in_full=in_full,
        events=events,
        people=queries.people({event.actor_id for event in events if event.actor_id}),
        deeds=words.DEEDS,
        year=queries.this_year(),
        lacking=services.why_not_proposed(agreement) if in_full else None,
        editable=agreement.status in services.EDITABLE,
        next_version=queries.open_version_of(agreement) if in_full else None,
    )


def _approves_for(agreement: Agreement) -> Any:
    """The partner for which the reader may approve now."""
    if agreement.status is not AgreementStatus.PROPOSED:
        return None
    if not can(current_user, "agreement:approve", agreement):
        return None
    return queries.approver_of(agreement, current_user)
