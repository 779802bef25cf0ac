"""Which places are taken at this moment, and how many people they send."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from ... import clock
from ...applications.models import Application
from ...db import db
from ...offers.models import Call, Offer
from ..models import MobilityStatus, Placement, PlacementStatus


def is_live() -> ColumnElement[bool]:
    """The SQL of Placement.is_live: what takes a seat at this moment."""
    return or_(
        and_(Placement.status == PlacementStatus.OFFERED, Placement.answer_until > clock.now()),
        and_(
            Placement.status == PlacementStatus.ACCEPTED,
            or_(
                Placement.mobility_status.is_(None),
                Placement.mobility_status != MobilityStatus.CANCELLED,
            ),
        ),
    )


def people() -> ColumnElement[int]:
    """How many people placements send: several courses of one count once, a team as two.

    Of joined Application rows.
    """
    team = case((Application.partner_id.is_not(None), Application.id))
    counted: ColumnElement[int] = func.count(Application.id.distinct()) + func.count(
        team.distinct()
    )
    return counted


def live_counts(offer_ids: Collection[int]) -> dict[int, int]:
    """How many people hold a place at each of the offers; 0 where nobody does."""
    counted = db.session.execute(
        select(Placement.offer_id, func.count())
        .where(Placement.offer_id.in_(offer_ids), is_live())
        .group_by(Placement.offer_id)
    )
    found: dict[int, int] = dict(counted.all())
    return {offer_id: found.get(offer_id, 0) for offer_id in offer_ids}


def live_by_year(condition_ids: Collection[int]) -> Counter[tuple[int, int]]:
    """How many people hold a place, by condition and academic year, over all calls."""
    counted = db.session.execute(
        select(Offer.condition_id, Call.term, people())
        .join(Placement, Placement.offer_id == Offer.id)
        .join(Placement.application)
        .join(Offer.call)
        .where(Offer.condition_id.in_(condition_ids), is_live())
        .group_by(Offer.condition_id, Call.term)
    )
    found: Counter[tuple[int, int]] = Counter()
    for condition_id, term, number in counted:
        found[condition_id, int(term[:4])] += number
    return found


def live_under(condition_ids: Collection[int], year: int) -> dict[int, int]:
    """How many people hold a place under each condition in an academic year, over all calls."""
    found = live_by_year(condition_ids)
    return {condition_id: found[condition_id, year] for condition_id in condition_ids}


def locked_rows(kind: Any, where: ColumnElement[bool]) -> list[Any]:
    """The rows of a table as they stand now, by id; nobody else changes them from here on."""
    return list(
        db.session.scalars(
            select(kind)
            .where(where)
            .order_by(kind.id)
            .with_for_update(of=kind)
            .execution_options(populate_existing=True)
        )
    )
