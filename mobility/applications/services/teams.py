"""A student and a teacher who apply as one: asked, agreed, left, until the application is sent."""

from flask_babel import gettext as _
from sqlalchemy import select

from ... import audit, clock
from ...accounts.models import Role, User, UserStatus
from ...accounts.queries import user_by_email
from ...db import db
from ...errors import Conflict, Invalid
from ...mail import queue_letter
from .. import letters
from ..models import Application, ApplicationStatus, Window
from .holding import check_unlocked, hold

ASKING = frozenset(
    {ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN, ApplicationStatus.RETURNED}
)


def ask_partner(application: Application, email: str, actor: User) -> None:
    """Ask the other of a team by their address; they have to agree before anything is sent.

    Raises Invalid at email, Conflict once the application is sent or the call takes no teams.
    """
    hold(application)
    _check_may_change(application)
    person = _partner(application, email)
    application.partner, application.partner_agreed_at = person, None
    audit.record("application.ask-partner", application, actor=actor, partner=person.id)
    db.session.flush()
    queue_letter(person, letters.asked_as_partner, application)


def agree_as_partner(application: Application, actor: User) -> None:
    """The other of a team agrees to be placed together or not at all."""
    hold(application)
    if application.partner_id != actor.id:
        raise Conflict(_("You are not asked any more."))
    if application.partner_agreed_at is not None:
        return
    _check_may_change(application)
    if _takes_part(application, actor):
        raise Conflict(_("You take part in this call already, alone or in another team."))
    application.partner_agreed_at = clock.now()
    audit.record("application.agree-as-partner", application, actor=actor)
    db.session.flush()
    queue_letter(application.applicant, letters.partner_answered, application, actor, True)


def part_from_team(application: Application, actor: User) -> None:
    """Either takes the team apart; a sent application has to be withdrawn first."""
    hold(application)
    _check_may_change(application)
    partner = application.partner
    if partner is None:
        return
    application.partner, application.partner_agreed_at = None, None
    audit.record("application.part", application, actor=actor, partner=partner.id)
    db.session.flush()
    if actor.id == partner.id:
        queue_letter(application.applicant, letters.partner_answered, application, actor, False)
    else:
        queue_letter(partner, letters.team_parted, application)


def check_team(application: Application) -> None:
    """Refuse to send what a partner has not agreed to, or beside the team of somebody else."""
    if application.call.teams and _takes_part(application, application.applicant):
        raise Conflict(_("You take part in this call already, in the team of somebody else."))
    if application.partner is not None and application.partner_agreed_at is None:
        raise Conflict(
            _(
                "%(name)s has not agreed yet. Wait for the answer, or apply alone.",
                name=application.partner.name,
            )
        )


def _check_may_change(application: Application) -> None:
    check_unlocked(application)
    if not application.call.teams:
        raise Conflict(_("This call takes no teams."))
    if application.window is not Window.RANKING or application.status not in ASKING:
        raise Conflict(
            _("The team stands as long as the application does. Withdraw it first.")
            if application.status not in ASKING
            else _("The call is not open, so teams cannot change.")
        )


def _partner(application: Application, email: str) -> User:
    """The person with an address, who may be the other of this team."""
    other = Role.STAFF if application.applies_as is Role.STUDENT else Role.STUDENT
    person = user_by_email(email.strip())
    if (
        person is None
        or person.status is not UserStatus.ACTIVE
        or person.institution_id != application.sending_id
        or person.id == application.applicant_id
    ):
        raise Invalid(_("Nobody else at your university has this address."), "email")
    if not person.has_role(other):
        raise Invalid(
            _(
                "A team is a student and a teacher: %(name)s is not registered as %(role)s.",
                name=person.name,
                role=other.label,
            ),
            "email",
        )
    if person.profile is None:
        raise Invalid(
            _("%(name)s has no profile yet and has to fill it first.", name=person.name), "email"
        )
    if _takes_part(application, person):
        raise Invalid(_("%(name)s takes part in this call already.", name=person.name), "email")
    return person


def _takes_part(application: Application, person: User) -> bool:
    """Whether somebody has sent an application in the call, or agreed to another's."""
    out = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
    return (
        db.session.scalar(
            select(Application.id)
            .where(
                Application.call_id == application.call_id,
                Application.id != application.id,
                ((Application.applicant_id == person.id) & Application.status.not_in(out))
                | (
                    (Application.partner_id == person.id)
                    & Application.partner_agreed_at.is_not(None)
                ),
            )
            .limit(1)
        )
        is not None
    )
