"""What is written to the coordinators of both partners about their agreement."""

from datetime import date

from flask_babel import gettext as _

from ..i18n import day
from ..mail import Letter, address_of
from ..partners.models import Institution
from .models import Agreement


def _link(agreement: Agreement) -> str:
    return address_of("agreements.agreement", agreement_id=agreement.id)


def _names(agreement: Agreement) -> dict[str, str]:
    a, b = agreement.partners
    return {"title": agreement.title, "a": a.name, "b": b.name}


def proposed(agreement: Agreement) -> Letter:
    return _version_proposed(agreement) if agreement.amends else _proposed(agreement)


def _version_proposed(draft: Agreement) -> Letter:
    return Letter(
        subject=_(
            "A new version of an agreement waits for your approval: %(title)s", title=draft.title
        ),
        happened=_(
            "A new version of the agreement “%(title)s” between %(a)s and %(b)s has been"
            " proposed. The version in force stays so until both partners have approved this one.",
            **_names(draft),
        ),
        to_do=_("Read what changes and approve it for your institution."),
        link=_link(draft),
        link_label=_("Read the new version"),
    )


def _proposed(agreement: Agreement) -> Letter:
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
    if agreement.amends:
        return _version_approved_on_one_side(agreement, by, missing)
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


def _version_approved_on_one_side(
    draft: Agreement, by: Institution, missing: Institution
) -> Letter:
    return Letter(
        subject=_("%(by)s approved the new version: %(title)s", by=by.name, title=draft.title),
        happened=_(
            "%(by)s has approved the new version of the agreement “%(title)s”. The approval of"
            " %(missing)s is missing; until it is given the version in force stays so.",
            by=by.name,
            title=draft.title,
            missing=missing.name,
        ),
        to_do=_("A coordinator of %(missing)s can approve it now.", missing=missing.name),
        link=_link(draft),
        link_label=_("Read the new version"),
    )


def concluded(agreement: Agreement) -> Letter:
    if len(agreement.versions) > 1:
        return _replaced(agreement)
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


def _replaced(agreement: Agreement) -> Letter:
    return Letter(
        subject=_("A new version is approved by both partners: %(title)s", title=agreement.title),
        happened=_(
            "%(a)s and %(b)s have both approved version %(number)s of the agreement “%(title)s”."
            " It takes the place of the one before.",
            number=len(agreement.versions),
            **_names(agreement),
        ),
        to_do=_("Places under conditions that continue stay as they are."),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )


def version_dropped(draft: Agreement, reason: str) -> Letter:
    return Letter(
        subject=_("A new version was dropped: %(title)s", title=draft.title),
        happened=_(
            "The new version of the agreement “%(title)s” between %(a)s and %(b)s that waited for"
            " approval was dropped. Reason: %(reason)s",
            reason=reason,
            **_names(draft),
        ),
        to_do=_("The version in force stays as it is."),
        link=_link(draft.amends or draft),
        link_label=_("Open the agreement"),
    )


def back_to_draft(agreement: Agreement) -> Letter:
    return _version_back_to_draft(agreement) if agreement.amends else _back_to_draft(agreement)


def _version_back_to_draft(draft: Agreement) -> Letter:
    return Letter(
        subject=_(
            "The new version was changed after it was proposed: %(title)s", title=draft.title
        ),
        happened=_(
            "The new version of the agreement “%(title)s” between %(a)s and %(b)s was changed or"
            " taken back, so it is a draft again and approvals given before no longer count. The"
            " version in force stays as it is.",
            **_names(draft),
        ),
        to_do=_("You will be asked again once it is proposed anew."),
        link=_link(draft),
        link_label=_("Read the new version"),
    )


def _back_to_draft(agreement: Agreement) -> Letter:
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


def notice_given(agreement: Agreement, reason: str) -> Letter:
    return Letter(
        subject=_("Ends on %(day)s: %(title)s", day=day(agreement.ends_on), title=agreement.title),
        happened=_(
            "Notice was given to end the agreement “%(title)s” between %(a)s and %(b)s. Its last"
            " day is %(day)s. Reason: %(reason)s",
            day=day(agreement.ends_on),
            reason=reason,
            **_names(agreement),
        ),
        to_do=_(
            "It stays in force until then. Places can no longer be opened for a term that begins"
            " after that day."
        ),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )


def notice_withdrawn(agreement: Agreement, reason: str) -> Letter:
    return Letter(
        subject=_("Notice withdrawn: %(title)s", title=agreement.title),
        happened=_(
            "Notice to end the agreement “%(title)s” between %(a)s and %(b)s was withdrawn."
            " Reason: %(reason)s",
            reason=reason,
            **_names(agreement),
        ),
        to_do=_after_withdrawal(agreement.ends_on),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )


def _after_withdrawal(last_day: date | None) -> str:
    """How an agreement stands once a notice is withdrawn; `last_day`: of another that stands."""
    if last_day is None:
        return _("It stays in force, and places can be opened under it as before.")
    return _("Another notice stands, so it still ends on %(day)s.", day=day(last_day))


def renewal(agreement: Agreement, last_day: date) -> Letter:
    return Letter(
        subject=_(
            "Its last academic year ends on %(day)s: %(title)s",
            day=day(last_day),
            title=agreement.title,
        ),
        happened=_(
            "The last academic year of the agreement “%(title)s” between %(a)s and %(b)s ends on"
            " %(day)s.",
            day=day(last_day),
            **_names(agreement),
        ),
        to_do=_(
            "If both universities want to go on, prepare a new version with later years: it has to"
            " be approved by both partners before anybody can be sent."
        ),
        link=_link(agreement),
        link_label=_("Open the agreement"),
    )
