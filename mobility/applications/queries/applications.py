"""Reads of applications: an applicant's own, a coordinator's scope, what a round takes."""

from dataclasses import dataclass, replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import Profile, User
from ...agreements.models import CooperationCondition, Direction
from ...audit import AuditEvent, history
from ...db import db, search_key
from ...offers.models import Call, CallStatus, Offer, OfferStatus
from ...partners.models import OrganisationalUnit
from ..models import Application, ApplicationStatus, Choice, Document

PER_PAGE = 25
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


# --- The pipeline ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What a coordinator looks at; every part of it stands in the address."""

    call: int | None = None
    status: ApplicationStatus | None = None
    unit: int | None = None
    q: str = ""
    sort: str = "name"

    def address(self) -> dict[str, Any]:
        """The parts that are set, as they stand in the address."""
        return {
            name: value
            for name, value in (
                ("call", self.call),
                ("status", None if self.status is None else self.status.value),
                ("unit", self.unit),
                ("q", self.q or None),
                ("sort", None if self.sort == "name" else self.sort),
            )
            if value is not None
        }


SORTS = {
    "name": (Application.order_key, Application.id),
    "score": (Application.score.is_(None), Application.score.desc(), Application.order_key),
    "submitted": (Application.submitted_at, Application.id),
}


def _scope(user: User) -> ColumnElement[bool]:
    """The condition that keeps to applications of the institutions and units coordinated."""
    own: ColumnElement[bool]
    if user.is_admin:
        own = Application.id.is_not(None)
    else:
        own = or_(
            false(),
            *(
                and_(
                    Application.sending_id == institution,
                    *([] if unit is None else [Application.sending_unit_id == unit]),
                )
                for institution, unit in user.scopes
            ),
        )
    other = or_(Application.partner_id.is_(None), Application.partner_id != user.id)
    return and_(own, Application.applicant_id != user.id, other)


def visible_to(user: User) -> Select:
    """Applications that a coordinator or an admin may open: of their scope, once submitted."""
    return select(Application).where(_scope(user), Application.status != ApplicationStatus.DRAFT)


def _filtered(user: User, filters: Filters) -> Select:
    found = visible_to(user)
    if filters.call is not None:
        found = found.where(Application.call_id == filters.call)
    if filters.status is not None:
        found = found.where(Application.status == filters.status)
    if filters.unit is not None:
        found = found.where(Application.sending_unit_id == filters.unit)
    for word in search_key(filters.q).split():
        found = found.where(Application.search.contains(word, autoescape=True))
    return found.order_by(*SORTS.get(filters.sort, SORTS["name"]))


def pipeline_counts(user: User, filters: Filters) -> dict[ApplicationStatus, int]:
    """How many applications of the scope stand at each step, drafts too; the status is ignored."""
    wide = replace(filters, status=None)
    seen = _filtered(user, wide).order_by(None).subquery()
    grouped = select(seen.c.status, func.count()).group_by(seen.c.status)
    counts = {status: count for status, count in db.session.execute(grouped)}  # noqa: C416
    if not filters.q:  # whether somebody has a draft is not to be found by name
        drafts = select(func.count(Application.id)).where(
            _scope(user), Application.status == ApplicationStatus.DRAFT
        )
        if filters.call is not None:
            drafts = drafts.where(Application.call_id == filters.call)
        if filters.unit is not None:
            drafts = drafts.where(Application.sending_unit_id == filters.unit)
        counts[ApplicationStatus.DRAFT] = db.session.scalar(drafts) or 0
    return {status: counts.get(status, 0) for status in ApplicationStatus}


def pipeline_page(user: User, filters: Filters, page: int) -> Pagination:
    """A page of the applications in scope that match the filters."""
    return db.paginate(
        _filtered(user, filters).options(
            joinedload(Application.applicant).joinedload(User.profile),
            joinedload(Application.call),
            joinedload(Application.sending),
            joinedload(Application.sending_unit),
            selectinload(Application.choices),
        ),
        page=page,
        per_page=PER_PAGE,
        error_out=False,
    )


def pipeline_ids(user: User, filters: Filters) -> list[int]:
    """The ids of everything that matches the filters, in the order of the list."""
    return list(db.session.scalars(_filtered(user, filters).with_only_columns(Application.id)))


def pipeline_choice(user: User, ids: list[int]) -> list[Application]:
    """Those of `ids` that are in scope, by name; what somebody has no right to is left out."""
    return list(
        db.session.scalars(
            visible_to(user)
            .options(joinedload(Application.applicant), joinedload(Application.call))
            .where(Application.id.in_(ids))
            .order_by(*SORTS["name"])
        )
    )


def calls_in_pipeline(user: User) -> list[Call]:
    """The calls in which the scope has applications, newest first."""
    calls = select(Application.call_id).where(_scope(user))
    return list(
        db.session.scalars(
            select(Call).where(Call.id.in_(calls)).order_by(Call.closes_at.desc(), Call.id.desc())
        )
    )


def units_in_pipeline(user: User) -> list[OrganisationalUnit]:
    """The sending units that the scope's applications come from."""
    units = select(Application.sending_unit_id).where(_scope(user))
    found = db.session.scalars(
        select(OrganisationalUnit).where(OrganisationalUnit.id.in_(units))
    ).all()
    return sorted(found, key=lambda unit: unit.name)


@dataclass(frozen=True)
class Deed:
    """One line of an application's history, with the name of who did it (None: the service)."""

    event: AuditEvent
    actor: str | None


def timeline(application: Application) -> list[Deed]:
    """What happened to an application, its documents too, and by whom, newest first.

    Who opened a document stays in the record alone.
    """
    events = sorted([*history(application), *_of_documents(application)], key=lambda e: e.id)
    people = {event.actor_id for event in events if event.actor_id is not None}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names: dict[int | None, str] = {person: name for person, name in rows}  # noqa: C416
    return [Deed(event, names.get(event.actor_id)) for event in reversed(events)]


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
