"""Reading agreements: who sees which, and what waits for whom."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import Role, RoleGrant, User, UserStatus
from ..clock import now
from ..db import db, search_key
from ..partners.models import Institution, OrganisationalUnit
from .models import (
    Agreement,
    AgreementStatus,
    Approval,
    CooperationCondition,
    academic_year_of,
)

PER_PAGE = 25


def this_year() -> int:
    """The academic year that runs now, by the year in which it began."""
    return academic_year_of(now().date())


def get_agreement(agreement_id: int) -> Agreement | None:
    return db.session.get(Agreement, agreement_id)


def get_condition(condition_id: int) -> CooperationCondition | None:
    return db.session.get(CooperationCondition, condition_id)


def coordinated_institutions(user: User | None, *, whole: bool = False) -> set[int]:
    """Ids of the institutions that `user` coordinates; with `whole` not those of a unit only."""
    if user is None:
        return set()
    return user.whole_institutions if whole else {hei for hei, _unit in user.scopes}


def is_partner(user: User | None, agreement: Agreement, *, whole: bool = False) -> bool:
    """Whether `user` coordinates one of the two partners (with `whole`: all of it)."""
    sides = {agreement.partner_a_id, agreement.partner_b_id}
    return bool(sides & coordinated_institutions(user, whole=whole))


def _visible_to(user: User | None) -> ColumnElement[bool]:
    if user is not None and user.is_admin:
        return true()
    public = Agreement.status == AgreementStatus.APPROVED
    own = coordinated_institutions(user)
    if not own:
        return public
    return or_(public, Agreement.partner_a_id.in_(own), Agreement.partner_b_id.in_(own))


def agreements_visible_to(user: User | None) -> Select[Agreement]:
    """Admins see all; coordinators their institutions'; everybody those approved by both."""
    return (
        select(Agreement)
        .where(_visible_to(user))
        .options(
            joinedload(Agreement.partner_a),
            joinedload(Agreement.partner_b),
            selectinload(Agreement.conditions),
            selectinload(Agreement.approvals),
        )
    )


def agreements_page(
    user: User | None,
    *,
    text: str = "",
    status: AgreementStatus | None = None,
    page: int = 1,
) -> Pagination:
    """A page of the agreements that `user` sees, newest first, narrowed by partner or status."""
    chosen = agreements_visible_to(user).order_by(Agreement.id.desc())
    if status is not None:
        chosen = chosen.where(Agreement.status == status)
    for word in search_key(text).split():
        named = select(Institution.id).where(Institution.search.contains(word, autoescape=True))
        chosen = chosen.where(
            or_(Agreement.partner_a_id.in_(named), Agreement.partner_b_id.in_(named))
        )
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def waiting_for(user: User) -> Sequence[Agreement]:
    """Proposed agreements that a partner coordinated by `user` has not approved yet."""
    own = coordinated_institutions(user, whole=True)
    if not own:
        return []
    proposed = db.session.scalars(
        select(Agreement)
        .where(
            Agreement.status == AgreementStatus.PROPOSED,
            or_(Agreement.partner_a_id.in_(own), Agreement.partner_b_id.in_(own)),
        )
        .options(
            joinedload(Agreement.partner_a),
            joinedload(Agreement.partner_b),
            selectinload(Agreement.approvals),
        )
        .order_by(Agreement.id)
    ).all()
    return [one for one in proposed if any(hei.id in own for hei in one.missing_approvals)]


def coordinators_of(institutions: Sequence[int]) -> Sequence[User]:
    """Active institution-wide coordinators of any of these institutions, each once."""
    return db.session.scalars(
        select(User)
        .where(
            User.status == UserStatus.ACTIVE,
            User.id.in_(
                select(RoleGrant.user_id).where(
                    RoleGrant.role == Role.COORDINATOR,
                    RoleGrant.institution_id.in_(institutions),
                    RoleGrant.unit_id.is_(None),
                )
            ),
        )
        .order_by(User.id)
    ).all()


def units_of(institutions: Sequence[Institution]) -> Sequence[OrganisationalUnit]:
    """The units of these institutions, by institution and code."""
    return db.session.scalars(
        select(OrganisationalUnit)
        .where(OrganisationalUnit.institution_id.in_([hei.id for hei in institutions]))
        .options(joinedload(OrganisationalUnit.institution))
        .order_by(OrganisationalUnit.institution_id, OrganisationalUnit.code)
    ).all()


def people(ids: set[int]) -> dict[int, User]:
    """Users by id."""
    found = db.session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user for user in found}


def refresh_locked(agreement: Agreement) -> None:
    """Read an agreement again, holding its row: two partners approving at once come in turn."""
    db.session.flush()
    db.session.refresh(agreement, with_for_update={"of": Agreement})
    db.session.expire(agreement, ["approvals", "conditions"])


def conditions_in_force(year: int, direction: Any = None) -> Sequence[CooperationCondition]:
    """The conditions in force in an academic year, of one direction if given."""
    chosen = (
        select(CooperationCondition)
        .join(CooperationCondition.agreement)
        .where(
            Agreement.status == AgreementStatus.APPROVED,
            CooperationCondition.first_year <= year,
            CooperationCondition.last_year >= year,
        )
        .options(
            joinedload(CooperationCondition.agreement),
            joinedload(CooperationCondition.sending),
            joinedload(CooperationCondition.receiving),
        )
        .order_by(CooperationCondition.id)
    )
    if direction is not None:
        chosen = chosen.where(CooperationCondition.direction == direction)
    return db.session.scalars(chosen).all()


def approver_of(agreement: Agreement, actor: User) -> Institution | None:
    """The partner for which `actor` may approve now: coordinated by them, approval missing."""
    own = coordinated_institutions(actor, whole=True)
    return next((hei for hei in agreement.missing_approvals if hei.id in own), None)


def approvals_by_partner(agreement: Agreement) -> list[tuple[Institution, Approval | None]]:
    """Both partners, each with its approval of the present content or None."""
    return [(hei, agreement.approval_of(hei.id)) for hei in agreement.partners]
