"""What is written to the coordinators of both partners about their agreement."""

from flask_babel import gettext as _

from ..mail import Letter, address_of
from ..partners.models import Institution
from .models import Agreement


def _link(agreement: Agreement) -> str:
    return address_of("agreements.agreement", agreement_id=agreement.id)


def _names(agreement: Agreement) -> dict[str, str]:
    a, b = agreement.partners
    return {"title": agreement.title, "a": a.name, "b": b.name}


def proposed(agreement: Agreement) -> Letter:
    return Letter(
        subject=_("An agreement waits for your approval: %(title)s", title=agreement.title),
        happened=_(
            "The agreement “%(title)s” between %(a)s and %(b)s has been proposed.",
            **_names(agreement),
        ),
        to_do=_(
            "Read it and approve it for your institution. It comes into force only when both"
            " partners have approved the same text."
        ),
        link=_link(agreement),
        link_label=_("Read the agreement"),
    )


def approved_on_one_side(agreement: Agreement, by: Institution, missing: Institution) -> Letter:
    return Letter(
        subject=_("%(by)s approved: %(title)s", by=by.name, title=agreement.title),
        happened=_(
            "%(by)s has approved the agreement “%(title)s”. It is not in force yet: the approval"
            " of %(missing)s is missing.",
            by=by.name,
            title=agreement.title,
            missing=missing.name,
        ),
        to_do=_("A coordinator of %(missing)s can approve it now.", missing=missing.name),
        link=_link(agreement),
        link_label=_("Read the agreement"),
    )


def concluded(agreement: Agreement) -> Letter:
    return Letter(
        subject=_("Approved by both partners: %(title)s", title=agreement.title),
        happened=_(
            "%(a)s and %(b)s have both approved the agreement “%(title)s”.",
            **_names(agreement),
        ),
        to_do=_("Offers can now be opened under its conditions."),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )


def back_to_draft(agreement: Agreement) -> Letter:
    return Letter(
        subject=_("Changed after it was proposed: %(title)s", title=agreement.title),
        happened=_(
            "The agreement “%(title)s” between %(a)s and %(b)s was changed or taken back, so it"
            " is a draft again and approvals given before no longer count.",
            **_names(agreement),
        ),
        to_do=_("You will be asked again once it is proposed anew."),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )


def terminated(agreement: Agreement, reason: str) -> Letter:
    return Letter(
        subject=_("Terminated: %(title)s", title=agreement.title),
        happened=_(
            "The agreement “%(title)s” between %(a)s and %(b)s has been terminated."
            " Reason: %(reason)s",
            reason=reason,
            **_names(agreement),
        ),
        to_do=_("Offers under it are no longer open."),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )
