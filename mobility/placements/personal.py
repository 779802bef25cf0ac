"""What placements keep of people: their answers, and how their stays went."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from .. import audit, clock
from ..accounts.models import User
from ..db import db
from ..i18n import day
from ..personal import Part, gone, keeps
from .models import MobilityStatus, Placement, PlacementStatus
from .queries import placements_of


def _placements(user: User) -> list[dict[str, Any]]:
    return [
        {
            "call": one.offer.call.title,
            "place": one.offer.title,
            "rank": one.rank,
            "given_by": one.origin.value,
            "answer": one.answer.value,
            "answered": one.answered_at,
            "reason": one.decline_reason,
            "receiving_side": one.host_answer.value if one.host_answer else None,
            "its_comment": one.host_comment,
            "mobility": one.mobility_status.value if one.mobility_status else None,
            "cancelled_because": one.cancel_reason,
            "arrived": one.arrived_on,
            "departed": one.departed_on,
        }
        for one in placements_of(user)
    ]


def _obstacles(user: User) -> Iterator[str]:
    for one in placements_of(user):
        over = one.mobility_status is MobilityStatus.RECOGNIZED
        if one.is_live and not over and clock.now().date() <= one.offer.ends_on:
            yield _obstacle(one)


def _obstacle(placement: Placement) -> str:
    """A place that somebody holds, and what can still be done about it."""
    held = {"place": placement.offer.title, "day": day(placement.offer.ends_on)}
    if placement.status is PlacementStatus.OFFERED:
        return _(
            "A place at “%(place)s” until %(day)s waits for an answer. It has to be declined"
            " first.",
            **held,
        )
    if placement.mobility_status is MobilityStatus.LIVE:
        return _(
            "A stay at “%(place)s” is under way until %(day)s. It has to end or be recognised"
            " first, or the coordinator cancels it.",
            **held,
        )
    return _(
        "A place at “%(place)s” until %(day)s is accepted. Have the coordinator cancel it first.",
        **held,
    )


def _erase(user: User) -> None:
    """Partners of a team keep theirs: the words are of whoever applied."""
    for one in placements_of(user):
        if one.application.applicant_id != user.id:
            continue
        one.decline_reason = gone(one.decline_reason)
        one.host_comment = gone(one.host_comment)
        one.cancel_reason = gone(one.cancel_reason)
        audit.forget(one)
    db.session.flush()


keeps(Part("placements", frozenset(), _placements, obstacles=_obstacles, erase=_erase))
