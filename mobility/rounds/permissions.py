"""Who may prepare rounds, and who may read them: before publication nobody but admins."""

from typing import Any

from ..access import Rule
from ..applications.models import Application
from ..offers.models import Call
from .models import Appeal, AppealStatus, Round, RoundStatus, RuleOverride, Run
from .queries import audits, partners_of_user, takes_part


def is_admin(user: Any, _subject: Any) -> bool:
    return user is not None and user.is_admin


def may_read(user: Any, round_: Round) -> bool:
    return round_.status is RoundStatus.PUBLISHED or is_admin(user, round_)


def may_explain(user: Any, round_: Round) -> bool:
    """Read the reasons of everybody in one's scope, once they are published."""
    return (
        user is not None
        and (user.is_coordinator or user.is_admin)
        and round_.status is RoundStatus.PUBLISHED
    )


def may_see_run(user: Any, run: Run) -> bool:
    """The working page of a run names pseudonyms; the public page says what all may know."""
    return is_admin(user, run)


def speaks_for_partner(user: Any, call: Call) -> bool:
    """A coordinator of a whole HEI that is a partner of the call."""
    return user is not None and bool(partners_of_user(user, call))


def may_check(user: Any, round_: Round) -> bool:
    """The file of a published round: who took part in it, both partners, auditors, and admins.

    Everybody, where the rules open it and all who took part agreed.
    """
    if round_.status is not RoundStatus.PUBLISHED:
        return False
    if round_.file_open:
        return True
    return user is not None and (
        takes_part(user, round_) or may_decode(user, round_) or audits(user, round_)
    )


def may_decode(user: Any, round_: Round) -> bool:
    """What the codes of a published round mean: coordinators of both partners, and admins."""
    if user is None or round_.status is not RoundStatus.PUBLISHED:
        return False
    return user.is_admin or bool(partners_of_user(user, round_.call))


def is_applicant(user: Any, application: Application) -> bool:
    return user is not None and application.applicant_id == user.id


def is_appellant(user: Any, appeal: Appeal) -> bool:
    return is_applicant(user, appeal.application)


def is_asked_for_a_seat(user: Any, appeal: Appeal) -> bool:
    """Coordinates the place that the appeal is about, once a seat was asked for there."""
    offer = appeal.offer
    return (
        user is not None
        and appeal.status in {AppealStatus.ASKED, AppealStatus.PLACED}
        and user.coordinates(offer.condition.receiving_id, offer.unit_id)
    )


def may_see_appeal(user: Any, appeal: Appeal) -> bool:
    """The receiving side sees it once it was asked for a seat; see queries.appeals_visible_to."""
    if user is None:
        return False
    application = appeal.application
    return (
        user.is_admin
        or is_appellant(user, appeal)
        or user.coordinates(application.sending_id, application.sending_unit_id)
        or is_asked_for_a_seat(user, appeal)
    )


def may_consent(user: Any, override: RuleOverride) -> bool:
    """A coordinator of a whole HEI that is a partner of the call."""
    return speaks_for_partner(user, override.run.round.call)


def may_see_override(user: Any, override: RuleOverride) -> bool:
    return is_admin(user, override) or may_consent(user, override)


RULES: dict[str, Rule] = {
    "round:browse": lambda user, _: True,
    "round:view": may_read,
    "round:explain": may_explain,
    "call:match": is_admin,
    "round:check": may_check,
    "round:decode": may_decode,
    "call:commit-seed": speaks_for_partner,
    "run:view": may_see_run,
    "run:cancel": is_admin,
    "run:publish": is_admin,
    "override:view": may_see_override,
    "override:consent": may_consent,
    "override:withdraw": is_admin,
    "second-round:view": is_admin,
    "second-round:publish": is_admin,
    "application:appeal": is_applicant,
    "appeal:list": lambda user, _: user is not None,
    "appeal:view": may_see_appeal,
    "appeal:withdraw": is_appellant,
    "appeal:answer": is_admin,
    "appeal:consent": is_asked_for_a_seat,
}
