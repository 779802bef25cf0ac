"""What accounts write to people."""

from flask_babel import gettext as _

from .. import clock
from ..mail import Letter, address_of
from . import tokens
from .models import User


def confirm_address(user: User) -> Letter:
    return Letter(
        subject=_("Confirm your address"),
        happened=_("Somebody, we think you, registered in Sapar with this address."),
        to_do=_(
            "Open the page and choose a password. If it was not you, do nothing: no account comes"
            " to be without your password."
        ),
        until=clock.now() + tokens.CONFIRM.good_for,
        link=address_of("accounts.confirm", token=tokens.token_for(tokens.CONFIRM, user)),
        link_label=_("Confirm the address"),
    )


def already_registered(user: User) -> Letter:
    return Letter(
        subject=_("You have an account already"),
        happened=_("Somebody, we think you, tried to register in Sapar with this address again."),
        to_do=_(
            "You can sign in with it. If you do not know the password any more, choose a new one on"
            " this page. If it was not you, do nothing."
        ),
        link=address_of("accounts.forgot_password"),
        link_label=_("Choose a new password"),
    )


def reset_password(user: User) -> Letter:
    return Letter(
        subject=_("Choose a new password"),
        happened=_("Somebody, we think you, asked for a new password for Sapar."),
        to_do=_("Open the page and choose it. If it was not you, do nothing: the old one stays."),
        until=clock.now() + tokens.RESET.good_for,
        link=address_of("accounts.reset_password", token=tokens.token_for(tokens.RESET, user)),
        link_label=_("Choose a new password"),
    )


def password_changed(user: User) -> Letter:
    return Letter(
        subject=_("Your password was changed"),
        happened=_("The password of your account in Sapar was changed just now."),
        to_do=_("If it was not you, choose a new one at once; it ends every other session."),
        link=address_of("accounts.forgot_password"),
        link_label=_("Choose a new password"),
    )


def invitation(user: User, inviter: User | None) -> Letter:
    return Letter(
        subject=_("You are invited to Sapar"),
        happened=_(
            "%(inviter)s invites you to Sapar, where partner universities run their academic"
            " mobility. Your part: %(roles)s.",
            inviter=inviter.name if inviter else _("The service"),
            roles="; ".join(grant.label for grant in user.grants),
        ),
        to_do=_("Open the page, check your name and choose a password."),
        until=clock.now() + tokens.INVITE.good_for,
        link=address_of("accounts.accept_invitation", token=tokens.token_for(tokens.INVITE, user)),
        link_label=_("Accept the invitation"),
    )
