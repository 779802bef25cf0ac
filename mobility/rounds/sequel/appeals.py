"""Appeals against a published result: until when, for what, and whether one may be granted."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from ... import clock
from ...applications.eligibility import obstacles
from ...applications.models import Application, ApplicationStatus, Choice
from ...applications.queries import choices_of
from ...i18n import moment_text
from ...placements.queries import placement_of
from .. import queries
from ..models import Appeal, Round, RoundStatus
from .standing import LEFT, group_of


def ends_at(round_: Round) -> datetime:
    """Until when an appeal may be opened."""
    assert round_.published_at is not None
    return round_.published_at + timedelta(days=round_.call.appeal_days)


def choices_to_appeal(application: Application) -> list[Choice]:
    """The choices above what somebody holds that no appeal of theirs was about."""
    placement = placement_of(application)
    if placement is not None and group_of(placement) == LEFT:
        return []
    named = {appeal.offer_id for appeal in queries.appeals_of(application)}
    return [
        choice
        for choice in choices_of(application)
        if (placement is None or choice.rank < placement.rank) and choice.offer_id not in named
    ]


def why_not_open(application: Application) -> str | None:
    """Why this person cannot appeal now, in words; None where they can."""
    round_ = queries.round_of(application.call)
    if round_ is None or round_.status is not RoundStatus.PUBLISHED:
        return _("The results are not published yet.")
    if application.status is not ApplicationStatus.APPROVED:
        return _("Only who took part in the round can appeal against its result.")
    if not round_.call.appeal_days:
        return _("The results cannot be appealed in this call.")
    if clock.now() >= ends_at(round_):
        return _("Appeals were possible until %(moment)s.", moment=moment_text(ends_at(round_)))
    if any(appeal.is_undecided for appeal in queries.appeals_of(application)):
        return _("Your appeal is not decided yet.")
    if not choices_to_appeal(application):
        return _("There is no choice above what you hold that you could still appeal for.")
    return None


def why_not_granted(appeal: Appeal) -> str | None:
    """Why the place cannot be given to this person at all, in words."""
    application = appeal.application
    placement = placement_of(application)
    if placement is not None and group_of(placement) == LEFT:
        return _("This person has declined, did not answer, or was called off: they are out.")
    if placement is not None and placement.rank <= rank_of(appeal):
        return _("This person holds this place, or one they ranked higher.")
    if found := obstacles(application.applicant.profile, appeal.offer):
        return _("This person cannot be placed there: %(why)s", why=found[0].text)
    return None


def rank_of(appeal: Appeal) -> int:
    return next(
        choice.rank
        for choice in choices_of(appeal.application)
        if choice.offer_id == appeal.offer_id
    )
