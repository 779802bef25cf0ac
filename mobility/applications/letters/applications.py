"""What applicants are written. Composed in the reader's language and zone."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from ...accounts.models import User
from ...i18n import moment_text
from ...mail import Letter
from ...offers.models import Phase
from ..models import Application, ApplicationStatus, Window


def _link(application: Application) -> str:
    # letters are written outside of requests too, so the address is built from the map alone
    path = current_app.url_map.bind("").build(
        "applications.show", {"application_id": application.id}
    )
    return current_app.config["BASE_URL"].rstrip("/") + path


def _list(application: Application) -> str:
    return "\n".join(
        f"{choice.rank}. {choice.offer.title} — {choice.offer.receiving.name}"
        for choice in application.choices
    )


def receipt(application: Application) -> Letter:
    assert application.submitted_at is not None
    count = len(application.choices)
    happened = ngettext(
        "Your application in the call “%(call)s” with %(num)s choice was received on %(moment)s. "
        "Its number is %(number)s.",
        "Your application in the call “%(call)s” with %(num)s choices was received on %(moment)s. "
        "Its number is %(number)s.",
        count,
        call=application.call.title,
        moment=moment_text(application.submitted_at),
        number=application.pseudonym,
    )
    changeable = application.call.phase is Phase.OPEN
    return Letter(
        subject=_("Received: your application in “%(call)s”", call=application.call.title),
        happened=f"{happened}\n\n{_list(application)}",
        to_do=_("You can change and submit it again, or withdraw it, until the deadline.")
        if changeable
        else _("There is nothing to do now. Your coordinator checks it next."),
        until=application.call.closes_at if changeable else None,
        link=_link(application),
        link_label=_("Open your application"),
    )


def withdrawn(application: Application) -> Letter:
    return Letter(
        subject=_("Withdrawn: your application in “%(call)s”", call=application.call.title),
        happened=_(
            "Your application in the call “%(call)s” is withdrawn. It takes no part in the round.",
            call=application.call.title,
        ),
        to_do=_("Your choices are kept as a draft; you can submit them again until the deadline."),
        until=application.call.closes_at,
        link=_link(application),
        link_label=_("Open your application"),
    )


def returned(application: Application) -> Letter:
    ranking = application.window is Window.RANKING
    return Letter(
        subject=_("Please mend your application in “%(call)s”", call=application.call.title),
        happened=_(
            "Your coordinator returned your application in the call “%(call)s” with this note: "
            "%(note)s",
            call=application.call.title,
            note=application.note,
        ),
        to_do=_("Mend it and submit it again.")
        if ranking
        else _("Mend it and submit it again. Your choices and their order stay as they are."),
        until=application.call.mending_until,
        link=_link(application),
        link_label=_("Mend your application"),
    )


def approved(application: Application) -> Letter:
    return Letter(
        subject=_("Approved: your application in “%(call)s”", call=application.call.title),
        happened=_(
            "Your coordinator checked and approved your application in the call “%(call)s”. It "
            "takes part in the round that gives the places.",
            call=application.call.title,
        ),
        to_do=_(
            "There is nothing to do now. All results appear at the same moment; we will write."
        ),
        link=_link(application),
        link_label=_("Open your application"),
    )


def rejected(application: Application) -> Letter:
    return Letter(
        subject=_("Not approved: your application in “%(call)s”", call=application.call.title),
        happened=_(
            "Your application in the call “%(call)s” was not approved and takes no part in the "
            "round. The reason: %(reason)s",
            call=application.call.title,
            reason=application.note,
        ),
        to_do=_("If you think this is a mistake, write to the coordinator of your institution."),
        link=_link(application),
        link_label=_("Open your application"),
    )


def excluded(application: Application) -> Letter:
    return Letter(
        subject=_(
            "Excluded from the round: your application in “%(call)s”", call=application.call.title
        ),
        happened=_(
            "Your application in the call “%(call)s” was excluded from the round by an "
            "administrator. The reason: %(reason)s",
            call=application.call.title,
            reason=application.note,
        ),
        to_do=_("If you think this is a mistake, write to the coordinator of your institution."),
        link=_link(application),
        link_label=_("Open your application"),
    )


def pre_placed(application: Application) -> Letter:
    offer = application.pre_placed_offer
    assert offer is not None
    return Letter(
        subject=_("A place before the round: %(place)s", place=offer.title),
        happened=_(
            "An administrator decided that you get a place in the call “%(call)s” before its"
            " round: %(place)s at %(institution)s. The reason: %(reason)s",
            call=application.call.title,
            place=offer.title,
            institution=offer.receiving.name,
            reason=application.note,
        ),
        to_do=_(
            "There is nothing to do now. When the results are published you accept or decline "
            "this place like everybody else; we will write."
        ),
        link=_link(application),
        link_label=_("Open your application"),
    )


def released(application: Application) -> Letter:
    return Letter(
        subject=_("You take part in the round: “%(call)s”", call=application.call.title),
        happened=_(
            "The decision to give you a place in the call “%(call)s” before its round was taken "
            "back. Your application is approved and takes part in the round like every other.",
            call=application.call.title,
        ),
        to_do=_(
            "There is nothing to do now. All results appear at the same moment; we will write."
        ),
        link=_link(application),
        link_label=_("Open your application"),
    )


def reopened(application: Application) -> Letter:
    return Letter(
        subject=_("Checked again: your application in “%(call)s”", call=application.call.title),
        happened=_(
            "Your coordinator took the decision on your application in the call “%(call)s” back. "
            "It is being checked again.",
            call=application.call.title,
        ),
        to_do=_("There is nothing to do now; we will write when it is decided."),
        link=_link(application),
        link_label=_("Open your application"),
    )


def decision_undone(application: Application, action: str) -> Letter:
    """What was written of a decision was a mistake, and how it stands now."""
    title = application.call.title
    mistaken = {
        "approve": _(
            "We wrote that your application in the call “%(call)s” was approved.", call=title
        ),
        "return": _(
            "We wrote that your application in the call “%(call)s” was returned to you.", call=title
        ),
        "reject": _(
            "We wrote that your application in the call “%(call)s” was not approved.", call=title
        ),
    }[action]
    corrected = _(
        "That was a mistake and is taken back. The state of your application is “%(state)s”.",
        state=application.status.label,
    )
    returned = application.status is ApplicationStatus.RETURNED
    return Letter(
        subject=_("Correction: your application in “%(call)s”", call=title),
        happened=f"{mistaken} {corrected}",
        to_do=_("Mend it and submit it again.")
        if returned
        else _("There is nothing to do now; we will write when it is decided."),
        until=application.call.mending_until if returned else None,
        link=_link(application),
        link_label=_("Open your application"),
    )


def asked_as_partner(application: Application) -> Letter:
    """To whom somebody asks to apply as a team."""
    return Letter(
        subject=_("%(name)s asks you to apply as a team", name=application.applicant.name),
        happened=_(
            "%(name)s would like to apply together with you in the call “%(call)s”. You would be"
            " placed together at one place, or not at all.",
            name=application.applicant.name,
            call=application.call.title,
        ),
        to_do=_("Agree or refuse. Nothing is sent before you have agreed."),
        until=application.call.closes_at,
        link=_link(application),
        link_label=_("Read and answer"),
    )


def partner_answered(application: Application, partner: User, agrees: bool) -> Letter:
    """To the applicant: what the other of the team said."""
    words = {"name": partner.name, "call": application.call.title}
    return Letter(
        subject=_("Your team in “%(call)s”", call=application.call.title),
        happened=_("%(name)s agrees to apply as a team with you in the call “%(call)s”.", **words)
        if agrees
        else _("%(name)s does not apply as a team with you in the call “%(call)s”.", **words),
        to_do=_("Rank your places and submit.")
        if agrees
        else _("Ask somebody else, or apply alone."),
        until=application.call.closes_at,
        link=_link(application),
        link_label=_("Open your application"),
    )


def team_parted(application: Application) -> Letter:
    """To the partner: the team is no more."""
    return Letter(
        subject=_("Your team in “%(call)s”", call=application.call.title),
        happened=_(
            "%(name)s does not apply as a team with you any more in the call “%(call)s”.",
            name=application.applicant.name,
            call=application.call.title,
        ),
    )
