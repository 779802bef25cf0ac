"""What a coordinator looks at: the applications of their scope, step by step, narrowed."""

from dataclasses import dataclass, replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import User
from ...agreements.models import Direction
from ...db import db, search_key
from ...offers.models import Call
from ...partners.models import OrganisationalUnit
from ..models import Application, ApplicationStatus

PER_PAGE = 25
MINE, NOBODYS = "mine", "nobody"


@dataclass(frozen=True)
class Filters:
    """What a coordinator looks at; every part of it stands in the address.

    `assigned`: MINE, NOBODYS, the id of a colleague in digits, or empty for all.
    """

    direction: Direction | None = None
    call: int | None = None
    status: ApplicationStatus | None = None
    unit: int | None = None
    assigned: str = ""
    q: str = ""
    sort: str = "name"

    def address(self) -> dict[str, Any]:
        """The parts that are set, as they stand in the address."""
        return {
            name: value
            for name, value in (
                ("direction", None if self.direction is None else self.direction.value),
                ("call", self.call),
                ("status", None if self.status is None else self.status.value),
                ("unit", self.unit),
                ("assigned", self.assigned or None),
                ("q", self.q or None),
                ("sort", None if self.sort == "name" else self.sort),
            )
            if value is not None
        }

    @property
    def narrow(self) -> bool:
        """Whether anything is left out by them."""
        return bool(replace(self, sort="name").address())


SORTS = {
    "name": (Application.order_key, Application.id),
    "score": (Application.score.is_(None), Application.score.desc(), Application.order_key),
    "submitted": (Application.submitted_at, Application.id),
}


def in_scope(user: User) -> ColumnElement[bool]:
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
    return select(Application).where(in_scope(user), Application.status != ApplicationStatus.DRAFT)


def filtered(user: User, filters: Filters) -> Select:
    found = visible_to(user).where(*narrowing(user, filters))
    if filters.status is not None:
        found = found.where(Application.status == filters.status)
    for word in search_key(filters.q).split():
        found = found.where(Application.search.contains(word, autoescape=True))
    return found.order_by(*SORTS.get(filters.sort, SORTS["name"]))


def narrowing(user: User, filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of drafts too: all but the status and the words searched for."""
    asked: list[ColumnElement[bool]] = []
    if filters.direction is not None:
        calls = select(Call.id).where(Call.direction == filters.direction)
        asked.append(Application.call_id.in_(calls))
    if filters.call is not None:
        asked.append(Application.call_id == filters.call)
    if filters.unit is not None:
        asked.append(Application.sending_unit_id == filters.unit)
    if filters.assigned == NOBODYS:
        asked.append(Application.assigned_to_id.is_(None))
    elif filters.assigned:
        holder = user.id if filters.assigned == MINE else int(filters.assigned)
        asked.append(Application.assigned_to_id == holder)
    return asked


def pipeline_counts(user: User, filters: Filters) -> dict[ApplicationStatus, int]:
    """How many applications of the scope stand at each step, drafts too; the status is ignored."""
    wide = replace(filters, status=None)
    seen = filtered(user, wide).order_by(None).subquery()
    grouped = select(seen.c.status, func.count()).group_by(seen.c.status)
    counts = {status: count for status, count in db.session.execute(grouped)}  # noqa: C416
    if not filters.q:  # whether somebody has a draft is not to be found by name
        drafts = select(func.count(Application.id)).where(
            in_scope(user),
            Application.status == ApplicationStatus.DRAFT,
            *narrowing(user, filters),
        )
        counts[ApplicationStatus.DRAFT] = db.session.scalar(drafts) or 0
    return {status: counts.get(status, 0) for status in ApplicationStatus}


def pipeline_page(user: User, filters: Filters, page: int) -> Pagination:
    """A page of the applications in scope that match the filters."""
    return db.paginate(
        filtered(user, filters).options(
            joinedload(Application.applicant).joinedload(User.profile),
            joinedload(Application.call),
            joinedload(Application.sending),
            joinedload(Application.sending_unit),
            joinedload(Application.assigned_to),
            selectinload(Application.choices),
        ),
        page=page,
        per_page=PER_PAGE,
        error_out=False,
    )


def pipeline_ids(user: User, filters: Filters) -> list[int]:
    """The ids of everything that matches the filters, in the order of the list."""
    return list(db.session.scalars(filtered(user, filters).with_only_columns(Application.id)))


def pipeline_choice(user: User, ids: list[int]) -> list[Application]:
    """Those of `ids` that are in scope, by name; what somebody has no right to is left out."""
    return list(
        db.session.scalars(
            visible_to(user)
            .options(
                joinedload(Application.applicant),
                joinedload(Application.call),
                joinedload(Application.assigned_to),
            )
            .where(Application.id.in_(ids))
            .order_by(*SORTS["name"])
        )
    )


def calls_in_pipeline(user: User) -> list[Call]:
    """The calls in which the scope has applications, with their own rules, newest first."""
    calls = select(Application.call_id).where(in_scope(user))
    return list(
        db.session.scalars(
            select(Call)
            .options(selectinload(Call.eligibility_rules))
            .where(Call.id.in_(calls))
            .order_by(Call.closes_at.desc(), Call.id.desc())
        )
    )


def units_in_pipeline(user: User) -> list[OrganisationalUnit]:
    """The sending units that the scope's applications come from."""
    units = select(Application.sending_unit_id).where(in_scope(user))
    found = db.session.scalars(
        select(OrganisationalUnit).where(OrganisationalUnit.id.in_(units))
    ).all()
    return sorted(found, key=lambda unit: unit.name)
