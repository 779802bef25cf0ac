"""Reads of applications: an applicant's own, what a round takes, what happened to one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import Profile, User
from ...agreements.models import CooperationCondition, Direction
from ...audit import AuditEvent, history
from ...db import db
from ...offers.models import Call, CallStatus, Offer, OfferStatus
from ..models import Application, ApplicationStatus, Choice, Document

UNDECIDED = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)
_CONDITION = (
    joinedload(Offer.condition).joinedload(CooperationCondition.agreement),
    joinedload(Offer.condition).joinedload(CooperationCondition.sending),
    joinedload(Offer.condition).joinedload(CooperationCondition.receiving),
    joinedload(Offer.condition).joinedload(CooperationCondition.sending_unit),
    joinedload(Offer.unit),
    joinedload(Offer.call),
)


def get_application(application_id: int) -> Application | None:
    return db.session.get(Application, application_id)


def announced_call(call_id: int) -> Call | None:
    """A call that the public knows of."""
    call = db.session.get(Call, call_id)
    return None if call is None or call.status is CallStatus.DRAFT else call


def application_of(user: User, call: Call) -> Application | None:
    return db.session.scalar(
        select(Application).where(
            Application.call_id == call.id, Application.applicant_id == user.id
        )
    )


def applications_of(user: User) -> list[Application]:
    """A person's applications with their calls, latest deadline first."""
    return list(
        db.session.scalars(
            select(Application)
            .join(Application.call)
            .options(joinedload(Application.call), selectinload(Application.choices))
            .where(Application.applicant_id == user.id)
            .order_by(Call.closes_at.desc(), Application.id.desc())
        )
    )


def team_applications_of(user: User) -> list[Application]:
    """Applications of others that ask a person to be their partner, or have them; newest first."""
    return list(
        db.session.scalars(
            select(Application)
            .options(joinedload(Application.call), joinedload(Application.applicant))
            .where(Application.partner_id == user.id)
            .order_by(Application.id.desc())
        )
    )


def _offers_for(institution_id: int | None) -> Select:
    """The calls that hold an open place for students of an institution, as their ids."""
    return (
        select(Offer.call_id)
        .join(Offer.condition)
        .where(Offer.status == OfferStatus.OPEN, CooperationCondition.sending_id == institution_id)
    )


def has_places_for(call: Call, user: User) -> bool:
    """Whether a call holds a place for students of the person's institution at all."""
    found = _offers_for(user.institution_id).where(Offer.call_id == call.id).limit(1)
    return db.session.scalar(found) is not None


def open_calls_without(user: User, moment: Any) -> list[Call]:
    """Calls open at `moment` with places for the person's institution in which they have no
    application yet, soonest deadline first.
    """
    taken = select(Application.call_id).where(Application.applicant_id == user.id)
    return list(
        db.session.scalars(
            select(Call)
            .where(
                Call.status == CallStatus.ANNOUNCED,
                Call.opens_at <= moment,
                Call.closes_at > moment,
                Call.direction.in_([one for one in Direction if one.takes(user)]),
                Call.id.in_(_offers_for(user.institution_id)),
                Call.id.not_in(taken),
            )
            .order_by(Call.closes_at, Call.id)
        )
    )


def profile_of(user: User) -> Profile | None:
    """A person's profile with what eligibility reads of it."""
    return db.session.scalar(
        select(Profile)
        .options(
            joinedload(Profile.user).joinedload(User.institution),
            joinedload(Profile.unit),
            selectinload(Profile.skills),
        )
        .where(Profile.user_id == user.id)
    )


def offers_to_rank(call: Call) -> list[Offer]:
    """Every offer of a call that was opened, withdrawn ones too, by code, conditions loaded."""
    return list(
        db.session.scalars(
            select(Offer)
            .options(*_CONDITION)
            .where(Offer.call_id == call.id, Offer.status != OfferStatus.DRAFT)
            .order_by(Offer.code)
        )
    )


def ids_to_rank(call: Call) -> set[int]:
    """The ids of the same offers."""
    found = select(Offer.id).where(Offer.call_id == call.id, Offer.status != OfferStatus.DRAFT)
    return set(db.session.scalars(found))


def choices_of(application: Application) -> list[Choice]:
    """The choices that stand, best first, with what eligibility reads of their offers."""
    offer = joinedload(Choice.offer)
    condition = offer.joinedload(Offer.condition)
    return list(
        db.session.scalars(
            select(Choice)
            .options(
                condition.joinedload(CooperationCondition.agreement),
                condition.joinedload(CooperationCondition.sending),
                condition.joinedload(CooperationCondition.receiving),
                condition.joinedload(CooperationCondition.sending_unit),
                offer.joinedload(Offer.unit),
                offer.joinedload(Offer.call),
            )
            .where(Choice.application_id == application.id)
            .order_by(Choice.rank)
        )
    )


# --- What a round takes ---------------------------------------------------------------------------


def _in_call(call: Call, *statuses: ApplicationStatus) -> Select:
    return (
        select(Application)
        .where(Application.call_id.in_(call.together_ids), Application.status.in_(statuses))
        .order_by(Application.pseudonym)
    )


def undecided_applications(call: Call) -> list[Application]:
    """Submitted or returned ones that no coordinator has decided, in order of pseudonym."""
    return list(
        db.session.scalars(
            _in_call(call, *UNDECIDED).options(
                joinedload(Application.sending), joinedload(Application.sending_unit)
            )
        )
    )


@dataclass(frozen=True)
class Deed:
    """One line of an application's history, with the name of who did it (None: the service).

    `to`: to whom it was given, where that was the deed.
    """

    event: AuditEvent
    actor: str | None
    to: str | None = None


def timeline(application: Application) -> list[Deed]:
    """What happened to an application, its documents too, and by whom, newest first.

    Who opened a document stays in the record alone.
    """
    events = sorted([*history(application), *_of_documents(application)], key=lambda e: e.id)
    people = {event.actor_id for event in events} | {e.details.get("to") for e in events}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(people - {None})))
    names: dict[int | None, str] = {person: name for person, name in rows}  # noqa: C416
    return [
        Deed(event, names.get(event.actor_id), names.get(event.details.get("to")))
        for event in reversed(events)
    ]


def _of_documents(application: Application) -> list[AuditEvent]:
    own = select(Document.id).where(Document.application_id == application.id)
    return list(
        db.session.scalars(
            select(AuditEvent).where(
                AuditEvent.subject_type == Document.__tablename__,
                AuditEvent.subject_id.in_(own),
                AuditEvent.action != "document.download",
            )
        )
    )
