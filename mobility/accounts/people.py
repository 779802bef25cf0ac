"""Admins invite coordinators, grant and revoke roles, switch accounts off and on."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from .. import audit
from ..db import db
from ..errors import Conflict, Invalid
from ..mail import queue_letter
from ..partners.models import Institution, OrganisationalUnit
from . import letters
from .models import ACCOUNT, Role, RoleGrant, User, UserStatus
from .queries import count_active_admins, user_by_email
from .registration import is_address, new_user
from .services import new_session_key, set_password

# Who belongs to an institution as a whole; others have a scope.
BELONG = frozenset({Role.STUDENT, Role.STAFF})


def invite(
    *,
    email: str,
    name: str,
    language: str,
    role: Role,
    actor: User | None,
    institution: Institution | None = None,
    unit: OrganisationalUnit | None = None,
    also: Collection[Role] = (),
) -> User:
    """Make an account with a role, and `also` others of that scope, and mail a link to it."""
    if not is_address(email.strip()):
        raise Invalid(_("This is not an e-mail address, such as office@kaznpu.kz."), "email")
    if user_by_email(email) is not None:
        raise Invalid(
            _("This address has an account. Find the person in the list and grant the role there."),
            "email",
        )
    _check_scope(role, institution, unit)
    user = new_user(
        email=email,
        name=name,
        status=UserStatus.INVITED,
        language=language,
        timezone=institution.timezone if institution else "UTC",
        institution=institution,
    )
    audit.record("user.invite", user, actor=actor)
    for granted in (role, *also):
        grant_role(user, granted, institution=institution, unit=unit, actor=actor)
    queue_letter(user, letters.invitation, user, actor)
    return user


def remind(user: User, *, actor: User) -> None:
    """Send the invitation again."""
    ACCOUNT.advance(user, "remind", actor=actor)
    queue_letter(user, letters.invitation, user, actor)


def grant_role(
    user: User,
    role: Role,
    *,
    actor: User | None,
    institution: Institution | None = None,
    unit: OrganisationalUnit | None = None,
) -> RoleGrant:
    """Give a role over an institution or a unit of it; an admin's has no scope."""
    if user.status is UserStatus.ERASED:
        raise Conflict(_("This person was erased and can have no role."))
    _check_scope(role, institution, unit)
    if role in BELONG:
        _check_one_institution(user, institution)
        user.institution, institution = institution, None  # a person belongs to one, not a grant
    scope = (role, institution and institution.id, unit and unit.id)
    if any((held.role, held.institution_id, held.unit_id) == scope for held in user.grants):
        raise Invalid(_("%(name)s has this role already.", name=user.name), "role")
    grant = RoleGrant(role=role, institution=institution, unit=unit)
    user.grants.append(grant)
    audit.record("user.grant-role", user, actor=actor, **_told(grant))
    return grant


def _check_one_institution(user: User, institution: Institution | None) -> None:
    if user.institution is not None and user.institution is not institution:
        raise Invalid(
            _(
                "%(name)s belongs to %(institution)s and can study or work only there.",
                name=user.name,
                institution=user.institution.name,
            ),
            "scope",
        )


def _check_scope(
    role: Role, institution: Institution | None, unit: OrganisationalUnit | None
) -> None:
    if role is Role.ADMIN and institution is not None:
        raise Invalid(_("An administrator has no institution: leave it empty."), "scope")
    if role is not Role.ADMIN and institution is None:
        raise Invalid(_("Choose the institution."), "scope")
    if unit is not None and (role is not Role.COORDINATOR or unit.institution != institution):
        raise Invalid(_("Only coordinators have a single faculty or department."), "scope")


def revoke_role(user: User, grant: RoleGrant | None, *, actor: User) -> None:
    """Take a role away. The last active administrator keeps theirs."""
    if grant is None or grant not in user.grants:
        raise Conflict(_("%(name)s does not have this role any more.", name=user.name))
    if grant.role is Role.ADMIN:
        _keep_an_admin(user)
    audit.record("user.revoke-role", user, actor=actor, **_told(grant))
    user.grants.remove(grant)
    db.session.flush()


def _told(grant: RoleGrant) -> dict[str, Any]:
    return {
        "role": grant.role.value,
        "institution": grant.institution.schac if grant.institution else None,
        "unit": grant.unit.code if grant.unit else None,
    }


def _keep_an_admin(user: User) -> None:
    if user.status is UserStatus.ACTIVE and count_active_admins() == 1:
        raise Conflict(
            _("%(name)s is the only administrator. Make somebody else one first.", name=user.name)
        )


def switch_off(user: User, *, reason: str, actor: User) -> None:
    """Let somebody in no more; their sessions and links end, what they did stays."""
    if not reason:
        raise Invalid(_("Give a reason; it is kept in the record."), "reason")
    if user.is_admin:
        _keep_an_admin(user)
    invited = user.status is UserStatus.INVITED
    action = "withdraw-invitation" if invited else "switch-off"
    ACCOUNT.advance(user, action, actor=actor, reason=reason)
    user.session_key = new_session_key()
    db.session.flush()


def switch_on(user: User, *, actor: User) -> None:
    """Let somebody in again: with the password they had, or by a new invitation."""
    if user.password_hash is None:
        ACCOUNT.advance(user, "invite-again", actor=actor)
        queue_letter(user, letters.invitation, user, actor)
    else:
        ACCOUNT.advance(user, "switch-on", actor=actor)


def make_admin(*, email: str, name: str, language: str, password_hash: str) -> User:
    """Make an active administrator, or make the person with this address one, with the password."""
    if not is_address(email.strip()):
        raise Invalid(_("This is not an e-mail address, such as office@kaznpu.kz."), "email")
    user = user_by_email(email)
    if user is None:
        user = new_user(
            email=email, name=name, status=UserStatus.INVITED, language=language, timezone="UTC"
        )
    set_password(user, password_hash, actor=None)
    if user.status is UserStatus.INVITED:
        ACCOUNT.advance(user, "accept-invitation", actor=None)
    elif user.status is UserStatus.UNCONFIRMED:
        ACCOUNT.advance(user, "confirm", actor=None)
    elif user.status is UserStatus.DISABLED:
        ACCOUNT.advance(user, "switch-on", actor=None)
    if not user.is_admin:
        grant_role(user, Role.ADMIN, actor=None)
    return user
