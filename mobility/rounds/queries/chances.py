"""What chances before the deadline are estimated from."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from ... import clock
from ...applications.entries import points_in
from ...applications.models import Application, ApplicationStatus, Choice
from ...applications.rules import with_points
from ...db import db
from ...offers.models import Call, CallStatus
from ..models import Chances, Estimate, Round, RoundStatus


def calls_to_estimate(policies: Iterable[str], before: datetime) -> list[int]:
    """Open calls that show chances by one of the policies and were not estimated since `before`."""
    moment = clock.now()
    return list(
        db.session.scalars(
            select(Call.id)
            .outerjoin(Chances, Chances.call_id == Call.id)
            .where(
                Call.status == CallStatus.ANNOUNCED,
                Call.decided_with_id.is_(None),
                Call.opens_at <= moment,
                Call.closes_at > moment,
                Call.shows_chances,
                Call.policy.in_(tuple(policies)),
                Chances.computed_at.is_(None) | (Chances.computed_at <= before),
            )
            .order_by(Call.id)
        )
    )


def chances_of(call_id: int) -> Chances | None:
    return db.session.get(Chances, call_id)


def estimate_of(call_id: int) -> Estimate | None:
    """The estimate of a call that is under way."""
    return db.session.scalar(select(Estimate).where(Estimate.call_id == call_id))


def locked_estimate(estimate_id: int) -> Estimate | None:
    """An estimate with the parts that are in; nobody else brings one meanwhile."""
    return db.session.scalar(
        select(Estimate)
        .where(Estimate.id == estimate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lists_so_far(call: Call) -> list[tuple[list[int], float | None]]:
    """The submitted lists of a call as offer ids, best first, with the score where it is given.

    The points of the call's rules are in it.
    """
    standing = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED, ApplicationStatus.APPROVED)
    rows = db.session.execute(
        select(Application.id, Application.score, Choice.offer_id)
        .join(Choice, Choice.application_id == Application.id)
        .where(Application.call_id.in_(call.together_ids), Application.status.in_(standing))
        .order_by(Application.pseudonym, Choice.rank)
    )
    lists: dict[int, tuple[list[int], float | None]] = {}
    points = points_in(call, standing)
    for application, score, offer in rows:
        if score is not None:
            score = with_points(score, points.get(application, 0.0))
        lists.setdefault(application, ([], score))[0].append(offer)
    return list(lists.values())


def snapshot_before(call: Call) -> str | None:
    """What the last published round of the same direction was decided from."""
    return db.session.scalar(
        select(Round.snapshot)
        .join(Round.call)
        .where(
            Round.status == RoundStatus.PUBLISHED,
            Call.direction == call.direction,
            Call.id.not_in(call.together_ids),
        )
        .order_by(Round.published_at.desc())
        .limit(1)
    )
