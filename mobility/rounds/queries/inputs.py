"""What a round is decided from and about: the offers and applications of its calls.

A call means here all calls that are decided together with it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ...agreements.models import CooperationCondition
from ...applications.models import Application, ApplicationStatus, Choice
from ...db import db
from ...offers.models import Call, Offer, code_in_round
from ...offers.rule_changes import RuleChange
from ...partners.models import Institution, OrganisationalUnit
from ...placements.models import Placement

_WITH = selectinload(Offer.condition)  # few stand for many offers
_CONDITION = tuple(
    _WITH.joinedload(part)
    for part in (
        CooperationCondition.agreement,
        CooperationCondition.sending,
        CooperationCondition.receiving,
        CooperationCondition.sending_unit,
    )
)
IN_ROUND = (ApplicationStatus.APPROVED, ApplicationStatus.PRE_PLACED)
UNDECIDED = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)


def offers_in_play(call: Call) -> Sequence[Offer]:
    """The call's open offers, and those no longer open that somebody in the round still lists."""
    offers = db.session.scalars(
        select(Offer)
        .where(Offer.call_id.in_(call.together_ids))
        .options(*_CONDITION)
        .order_by(Offer.code)
    ).all()
    closed = {offer.id for offer in offers if not offer.is_open}
    listed = set(
        db.session.scalars(
            select(Choice.offer_id)
            .join(Choice.application)
            .where(
                Choice.offer_id.in_(closed),
                Application.status.in_(IN_ROUND),
            )
            .distinct()
        )
    )
    return [offer for offer in offers if offer.id not in closed or offer.id in listed]


def application_counts(call: Call) -> dict[ApplicationStatus, int]:
    """How many applications of a call stand at each status; statuses without any count 0."""
    counted = db.session.execute(
        select(Application.status, func.count())
        .where(Application.call_id.in_(call.together_ids))
        .group_by(Application.status)
    )
    found: dict[ApplicationStatus, int] = dict(counted.all())
    return {status: found.get(status, 0) for status in ApplicationStatus}


def agreeing(call: Call) -> int:
    """How many of those in the round agree that the file of the round opens to everybody."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Application)
        .where(
            Application.call_id.in_(call.together_ids),
            Application.status.in_(IN_ROUND),
            Application.agrees_to_open_file,
        )
    )
    return found or 0


def untold_changes(call: Call) -> Sequence[RuleChange]:
    """Changes of a call's matching rules of which nobody was written to, the oldest first."""
    return db.session.scalars(
        select(RuleChange)
        .where(RuleChange.call_id == call.id, RuleChange.told_at.is_(None))
        .options(joinedload(RuleChange.offer))
        .order_by(RuleChange.at, RuleChange.id)
    ).all()


def applied(call: Call) -> Sequence[Application]:
    """The applications of everybody who has applied and did not withdraw."""
    return db.session.scalars(
        select(Application)
        .where(
            Application.call_id == call.id,
            Application.status.not_in((ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)),
        )
        .options(joinedload(Application.applicant), joinedload(Application.call))
        .order_by(Application.id)
    ).all()


def undecided_by_scope(
    call: Call,
) -> list[tuple[Institution, OrganisationalUnit | None, ApplicationStatus, int]]:
    """Whose decision the round waits for: sending HEI, unit, status and how many."""
    scope = (Application.sending_id, Application.sending_unit_id, Application.status)
    rows = db.session.execute(
        select(*scope, func.count())
        .where(Application.call_id.in_(call.together_ids), Application.status.in_(UNDECIDED))
        .group_by(*scope)
        .order_by(*scope)
    ).all()
    heis = _by_id(Institution, {row[0] for row in rows})
    units = _by_id(OrganisationalUnit, {row[1] for row in rows})
    return [
        (heis[sending], units.get(unit), status, count) for sending, unit, status, count in rows
    ]


def _by_id(kind: Any, ids: set[Any]) -> dict[int | None, Any]:
    found = db.session.scalars(select(kind).where(kind.id.in_(ids - {None})))
    return {thing.id: thing for thing in found}


def seats_in_play(call: Call) -> tuple[int, int]:
    """(open offers, seats at them) of a round."""
    open_ones = [offer for offer in offers_in_play(call) if offer.is_open]
    return len(open_ones), sum(offer.all_seats for offer in open_ones)


def offers_by_code(call: Call) -> dict[str, Offer]:
    """The offers of a round by their codes in it."""
    return {
        offer.code_in_round: offer
        for offer in db.session.scalars(
            select(Offer)
            .where(Offer.call_id.in_(call.together_ids))
            .options(joinedload(Offer.call))
        )
    }


def offer_ids(call: Call) -> dict[str, int]:
    """The ids of a round's offers by their codes in it."""
    rows = db.session.execute(
        select(Offer.id, Offer.call_id, Offer.code).where(Offer.call_id.in_(call.together_ids))
    )
    calls = {one.id: one for one in call.together}
    return {code_in_round(calls[call_id], code): offer_id for offer_id, call_id, code in rows}


def application_ids(call: Call) -> dict[str, int]:
    """The ids of a round's applications by pseudonym."""
    rows = db.session.execute(
        select(Application.pseudonym, Application.id).where(
            Application.call_id.in_(call.together_ids)
        )
    )
    return dict(rows.all())


def application_by_pseudonym(pseudonym: str) -> Application:
    return db.session.scalars(
        select(Application)
        .where(Application.pseudonym == pseudonym)
        .options(joinedload(Application.applicant), joinedload(Application.call))
    ).one()


def placements_by_pseudonym(call: Call) -> dict[str, Placement]:
    """Every placement of a round, whatever became of it, by the pseudonym of its person."""
    rows = db.session.execute(
        select(Application.pseudonym, Placement)
        .join(Placement.application)
        .where(Application.call_id.in_(call.together_ids))
        .options(joinedload(Placement.offer).joinedload(Offer.call))
    )
    return dict(rows.all())
