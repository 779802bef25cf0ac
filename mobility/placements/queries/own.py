"""The places of people: what they hold, what waits for their answer, what it lets them do."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ...accounts.models import User
from ...agreements.models import CooperationCondition
from ...applications.models import Application
from ...db import db
from ...laboratories.models import Slot
from ...offers.models import Offer
from ..models import Placement, PlacementStatus
from .live import is_live
from .steps import at_step


def get_placement(placement_id: int) -> Placement | None:
    return db.session.get(Placement, placement_id)


def placement_of(application: Application) -> Placement | None:
    """The placement of an application; the first where it has several courses."""
    return db.session.scalar(
        select(Placement)
        .where(Placement.application_id == application.id)
        .order_by(Placement.part)
        .limit(1)
    )


def placements_of(user: User) -> list[Placement]:
    """Every place a person ever got, alone or as the partner of a team, the oldest first."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .where(or_(Application.applicant_id == user.id, Application.partner_id == user.id))
            .options(
                contains_eager(Placement.application),
                joinedload(Placement.offer).joinedload(Offer.call),
            )
            .order_by(Placement.id)
        )
    )


def _accepted_by(user: User) -> Select[Any]:
    """The accepted places of somebody, alone or in a team, that were not called off."""
    return (
        select(Placement.id)
        .join(Placement.application)
        .join(Placement.offer)
        .where(
            or_(Application.applicant_id == user.id, Application.partner_id == user.id),
            Placement.status == PlacementStatus.ACCEPTED,
            is_live(),
        )
        .limit(1)
    )


def slot_given_to(user: User, slot: Slot) -> Slot | None:
    """A slot that somebody holds by a call, answered or not, at the time of this one."""
    return db.session.scalar(
        select(Slot)
        .join(Offer, Offer.slot_id == Slot.id)
        .join(Placement, Placement.offer_id == Offer.id)
        .join(Placement.application)
        .where(
            Application.applicant_id == user.id,
            Slot.starts_at < slot.ends_at,
            Slot.ends_at > slot.starts_at,
            is_live(),
        )
        .order_by(Slot.starts_at)
        .limit(1)
    )


def has_place_in_project(user: User, project_id: int) -> bool:
    """Whether somebody has accepted a place that hangs from a project."""
    found = _accepted_by(user).where(Offer.project_id == project_id)
    return db.session.scalar(found) is not None


def has_place_at(user: User, institution_id: int) -> bool:
    """Whether somebody has accepted a place at an institution."""
    found = (
        _accepted_by(user)
        .join(Offer.condition)
        .where(CooperationCondition.receiving_id == institution_id)
    )
    return db.session.scalar(found) is not None


def people_of_project(project_id: int) -> list[Placement]:
    """The accepted places of a project that stand, by name."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .join(Placement.offer)
            .where(
                Offer.project_id == project_id,
                Placement.status == PlacementStatus.ACCEPTED,
                is_live(),
            )
            .options(
                contains_eager(Placement.application).joinedload(Application.applicant),
                contains_eager(Placement.application).joinedload(Application.partner),
                contains_eager(Placement.offer),
            )
            .order_by(Application.order_key, Placement.id)
        )
    )


def waiting_placements(user: User) -> list[Placement]:
    """The places that wait for this person's answer, the most urgent first."""
    return list(
        db.session.scalars(
            select(Placement)
            .join(Placement.application)
            .where(Application.applicant_id == user.id, at_step("offered"))
            .order_by(Placement.answer_until)
        )
    )


def waiting_parts(application: Application) -> list[Placement]:
    """The courses of an application that wait for an answer, in order of id."""
    return list(
        db.session.scalars(
            select(Placement)
            .where(Placement.application_id == application.id, at_step("offered"))
            .order_by(Placement.id)
        )
    )
