"""Versions of an agreement: a new one is begun, all that were approved are read and compared."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import NotFound
from .. import contents, queries, services
from ..differences import Side, difference
from ..models import Agreement, AgreementVersion
from .blueprint import bp, to_agreement

DRAFT = "draft"


@bp.post("/agreements/<int:agreement_id>/versions/new")
@guard("agreement:amend", queries.get_agreement)
def open_version(agreement: Agreement) -> Any:
    draft = services.open_version(agreement, current_user)
    flash(
        _(
            "A new version is drafted as a copy of the one in force. Change it, then propose it to"
            " both partners."
        ),
        "good",
    )
    return to_agreement(draft)


@bp.get("/agreements/<int:agreement_id>/versions")
@guard("agreement:read-in-full", queries.get_agreement)
def versions(agreement: Agreement) -> Any:
    frame = agreement.amends or agreement
    return render_template(
        "agreements/versions.html",
        agreement=frame,
        versions=queries.versions_of(frame),
        next_version=queries.open_version_of(frame),
        title_of=contents.title_of,
    )


@bp.get("/agreements/<int:agreement_id>/versions/<int:number>")
@guard("agreement-version:view", queries.get_version)
def version(version: AgreementVersion) -> Any:
    names = queries.names_in(version.content)
    return render_template(
        "agreements/version.html",
        version=version,
        agreement=version.agreement,
        latest=len(version.agreement.versions),
        title=contents.title_of(version.content),
        words=contents.words_of(version.content),
        paragraphs=contents.paragraphs(version.content["text"]),
        conditions=[
            (contents.heading_of(one, names), contents.terms_of(one, names))
            for one in version.content["conditions"]
        ],
    )


@bp.get("/agreements/<int:agreement_id>/compare")
@guard("agreement:read-in-full", queries.get_agreement)
def compare(agreement: Agreement) -> Any:
    """Two versions side by side; without a choice the latest two, or what is in preparation."""
    frame = agreement.amends or agreement
    sides = _sides(frame)
    if len(sides) < 2:
        raise NotFound(_("There is only one version so far; nothing can be compared."))
    before, after = _asked(list(sides))
    names = queries.names_in(sides[before].content, sides[after].content)
    return render_template(
        "agreements/compare.html",
        agreement=frame,
        choices=list(sides),
        before=before,
        after=after,
        found=difference(sides[before], sides[after], names),
        DRAFT=DRAFT,
    )


def _sides(agreement: Agreement) -> dict[str, Side]:
    """What can be compared, the first first: approved versions by number, the draft at the end."""
    sides = {
        str(version.number): Side(version.content, version.condition_ids)
        for version in queries.versions_of(agreement)
    }
    if (draft := queries.open_version_of(agreement)) is not None:
        ordered = draft.in_canonical_order()
        sides[DRAFT] = Side(draft.canonical(), [condition.amends_id for condition in ordered])
    return sides


def _asked(known: list[str]) -> tuple[str, str]:
    before, after = request.args.get("before", known[-2]), request.args.get("after", known[-1])
    if before not in known or after not in known:
        raise NotFound(_("There is no such version."))
    return before, after
