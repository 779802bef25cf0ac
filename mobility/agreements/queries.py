"""Reading agreements: who sees which, and what waits for whom."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Integer, Select, and_, cast, extract, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import Role, RoleGrant, User, UserStatus
from ..clock import now
from ..db import db, search_key
from ..partners.models import Institution, OrganisationalUnit
from .contents import Content, Names
from .models import (
    Agreement,
    AgreementStatus,
    AgreementVersion,
    Approval,
    CooperationCondition,
    academic_year_of,
    first_day_of,
)
from .notices import Notice

PER_PAGE = 25


def this_year() -> int:
    """The academic year that runs now, by the year in which it began."""
    return academic_year_of(now().date())


def get_agreement(agreement_id: int) -> Agreement | None:
    return db.session.get(Agreement, agreement_id)


def get_version(agreement_id: int, number: int) -> AgreementVersion | None:
    return db.session.scalar(
        select(AgreementVersion).where(
            AgreementVersion.agreement_id == agreement_id, AgreementVersion.number == number
        )
    )


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


def side_of(agreement: Agreement, user: User) -> Institution | None:
    """The partner for which `user` decides: the one of which they coordinate the whole."""
    own = coordinated_institutions(user, whole=True)
    return next((one for one in agreement.partners if one.id in own), None)


def notice_to_withdraw(agreement: Agreement, user: User) -> Notice | None:
    """Their institution's; an admin who gave none may withdraw the one by which it ends."""
    side = side_of(agreement, user)
    by_last_day = sorted(agreement.notices, key=attrgetter("last_day"))
    own = [one for one in by_last_day if side is not None and one.institution is side]
    return next(iter(own if own or not user.is_admin else by_last_day), None)


def _public() -> ColumnElement[bool]:
    """Approved by both, and not over."""
    return and_(Agreement.status == AgreementStatus.APPROVED, not_over())


def not_over() -> ColumnElement[bool]:
    """No notice was given, or its last day is still to come."""
    return or_(Agreement.ends_on.is_(None), Agreement.ends_on >= now().date())


def _concerns(user: User | None) -> ColumnElement[bool]:
    """Agreements that `user` reads in full: all for admins, their institutions' for others."""
    if user is not None and user.is_admin:
        return true()
    own = coordinated_institutions(user)
    return or_(Agreement.partner_a_id.in_(own), Agreement.partner_b_id.in_(own))


def _with_lines() -> Select[Agreement]:
    """Agreements, not the drafts of their versions, with what their lines in a list show."""
    return (
        select(Agreement)
        .where(Agreement.amends_id.is_(None))
        .options(
            joinedload(Agreement.partner_a),
            joinedload(Agreement.partner_b),
            selectinload(Agreement.conditions),
            selectinload(Agreement.approvals),
        )
    )


def agreements_visible_to(user: User | None) -> Select[Agreement]:
    """Admins see all; coordinators their institutions'; everybody those approved by both."""
    return _with_lines().where(or_(_public(), _concerns(user)))


def _narrowed(
    chosen: Select[Agreement], text: str, status: AgreementStatus | None
) -> Select[Agreement]:
    """Only those with these words in a partner's names, and in this state."""
    if status is AgreementStatus.APPROVED:
        chosen = chosen.where(_public())
    elif status is AgreementStatus.TERMINATED:
        over = and_(Agreement.status == AgreementStatus.APPROVED, ~not_over())
        chosen = chosen.where(or_(Agreement.status == status, over))
    elif status is not None:
        chosen = chosen.where(Agreement.status == status)
    for word in search_key(text).split():
        named = select(Institution.id).where(Institution.search.contains(word, autoescape=True))
        chosen = chosen.where(
            or_(Agreement.partner_a_id.in_(named), Agreement.partner_b_id.in_(named))
        )
    return chosen.order_by(Agreement.id.desc())


def agreements_page(
    user: User | None,
    *,
    text: str = "",
    status: AgreementStatus | None = None,
    page: int = 1,
) -> Pagination:
    """A page of the agreements that `user` sees, newest first, narrowed by partner or status."""
    chosen = _narrowed(agreements_visible_to(user), text, status)
    return db.paginate(chosen, page=page, per_page=PER_PAGE, error_out=False)


def agreements_to_export(
    user: User | None, *, text: str = "", status: AgreementStatus | None = None
) -> Sequence[Agreement]:
    """The agreements that `user` reads in full, the oldest first, with all that they hold."""
    conditions = selectinload(Agreement.conditions)
    sides = ("sending", "receiving", "sending_unit", "receiving_unit")
    chosen = _narrowed(_with_lines().where(_concerns(user)), text, status).options(
        *(conditions.joinedload(getattr(CooperationCondition, side)) for side in sides)
    )
    return db.session.scalars(chosen.order_by(None).order_by(Agreement.id)).all()


def agreements_of(pairs: set[frozenset[int]]) -> Sequence[Agreement]:
    """The agreements of these pairs of institutions, with their conditions."""
    ids = {one for pair in pairs for one in pair}
    chosen = _with_lines().where(
        Agreement.partner_a_id.in_(ids),
        Agreement.partner_b_id.in_(ids),
        Agreement.status != AgreementStatus.TERMINATED,
        not_over(),
    )
    found = db.session.scalars(chosen.order_by(Agreement.id)).all()
    return [one for one in found if frozenset((one.partner_a_id, one.partner_b_id)) in pairs]


def open_version_of(agreement: Agreement) -> Agreement | None:
    """The draft of its new version that is being prepared, if there is one."""
    return db.session.scalar(
        select(Agreement).where(
            Agreement.amends_id == agreement.id,
            Agreement.status.in_([AgreementStatus.DRAFT, AgreementStatus.PROPOSED]),
        )
    )


def versions_of(agreement: Agreement) -> Sequence[AgreementVersion]:
    """What both partners ever approved of it, the first first, with who approved."""
    return db.session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement.id)
        .options(
            selectinload(AgreementVersion.approvals).options(
                joinedload(Approval.user), joinedload(Approval.institution)
            )
        )
        .order_by(AgreementVersion.number)
    ).all()


def agreements_in_last_year(year: int) -> Sequence[Agreement]:
    """Agreements in force whose last academic year is `year`, without notice, rows held."""
    ending = (
        select(CooperationCondition.agreement_id)
        .where(CooperationCondition.ended_on.is_(None))
        .group_by(CooperationCondition.agreement_id)
        .having(func.max(CooperationCondition.last_year) == year)
    )
    return db.session.scalars(
        select(Agreement)
        .where(
            Agreement.status == AgreementStatus.APPROVED,
            Agreement.ends_on.is_(None),
            Agreement.id.in_(ending),
        )
        .options(selectinload(Agreement.conditions))
        .order_by(Agreement.id)
        .with_for_update(of=Agreement)
    ).all()


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


def names_in(*contents: Content) -> Names:
    """What the institutions and units in these contents are called."""
    schacs = {schac for content in contents for schac in content["partners"]}
    found = db.session.scalars(select(Institution).where(Institution.schac.in_(schacs))).all()
    return Names(found, units_of(found))


def names_of(agreement: Agreement) -> Names:
    """What the institutions and units of an agreement are called now."""
    return Names(agreement.partners, units_of(agreement.partners))


def people(ids: set[int]) -> dict[int, User]:
    """Users by id."""
    found = db.session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user for user in found}


def refresh_locked(agreement: Agreement) -> None:
    """Read an agreement again, holding its row: two partners approving at once come in turn.

    For the draft of a version the agreement that it amends is held first.
    """
    db.session.flush()
    for held in (agreement.amends, agreement):
        if held is not None:
            db.session.refresh(held, with_for_update={"of": Agreement})
            db.session.expire(held, ["approvals", "conditions", "notices", "versions"])


def holds(year: Any, begins: Any = None) -> ColumnElement[bool]:
    """The SQL of CooperationCondition.in_force, over a condition joined with its agreement.

    `year` may be a column, and so may `begins`, a day as the number 20260901.
    """
    ends = sum(
        cast(extract(part, Agreement.ends_on), Integer) * weight
        for part, weight in (("year", 10_000), ("month", 100), ("day", 1))
    )
    first = year * 10_000 + 901 if begins is None else begins
    return and_(
        Agreement.status == AgreementStatus.APPROVED,
        CooperationCondition.ended_on.is_(None),
        CooperationCondition.first_year <= year,
        CooperationCondition.last_year >= year,
        not_over(),
        or_(Agreement.ends_on.is_(None), ends >= first),
    )


def held_in(year: int) -> ColumnElement[bool]:
    """Conditions that held in an academic year, also such as were taken out or ended since."""
    first = first_day_of(year)
    return and_(
        Agreement.status == AgreementStatus.APPROVED,
        CooperationCondition.first_year <= year,
        CooperationCondition.last_year >= year,
        or_(CooperationCondition.ended_on.is_(None), CooperationCondition.ended_on > first),
        or_(Agreement.ends_on.is_(None), Agreement.ends_on >= first),
    )


def conditions_in_force(year: int, direction: Any = None) -> Sequence[CooperationCondition]:
    """The conditions in force in an academic year, of one direction if given."""
    chosen = (
        select(CooperationCondition)
        .join(CooperationCondition.agreement)
        .where(holds(year))
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


def may_approve(agreement: Agreement) -> list[tuple[Institution, list[User]]]:
    """Both partners, each with everybody who may approve for it: a role, never one person."""
    both = [partner.id for partner in agreement.partners]
    found = coordinators_of(both)
    return [
        (partner, [user for user in found if partner.id in user.whole_institutions])
        for partner in agreement.partners
    ]


def approver_of(agreement: Agreement, actor: User) -> Institution | None:
    """The partner for which `actor` may approve now: coordinated by them, approval missing."""
    own = coordinated_institutions(actor, whole=True)
    return next((hei for hei in agreement.missing_approvals if hei.id in own), None)


def approvals_by_partner(agreement: Agreement) -> list[tuple[Institution, Approval | None]]:
    """Both partners, each with its approval of the present content or None."""
    return [(hei, agreement.approval_of(hei.id)) for hei in agreement.partners]


def approvals_of_user(user: User) -> Sequence[Approval]:
    """What a person approved for a partner, the oldest first."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.user_id == user.id)
        .options(joinedload(Approval.institution))
        .order_by(Approval.id)
    ).all()
