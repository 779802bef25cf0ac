"""A planned publication, and overrides with their consents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ...accounts.models import User
from ...applications.models import Application
from ...db import db
from ...partners.models import Institution
from ..models import PlannedPublication, Round, RoundAuditor, RoundStatus, RuleOverride, Run, RunRow
from .partners import partners_of


def plan_of(round_: Round) -> PlannedPublication | None:
    """The publication of a round at a set time; None where none is planned."""
    return db.session.get(PlannedPublication, round_.id)


def get_override(override_id: int) -> RuleOverride | None:
    return db.session.get(RuleOverride, override_id)


def consents_missing(override: RuleOverride) -> list[Institution]:
    """The partners of the call of which no coordinator has consented yet."""
    given = {consent.institution_id for consent in override.consents}
    return [one for one in partners_of(override.run.round.call) if one.id not in given]


def overrides_in(round_: Round) -> Sequence[RuleOverride]:
    """What was asked for in a round, in order."""
    return db.session.scalars(
        select(RuleOverride)
        .join(RuleOverride.run)
        .where(Run.round_id == round_.id)
        .order_by(RuleOverride.id)
    ).all()


def overrides_awaiting(user: Any) -> list[RuleOverride]:
    """Overrides in rounds not published yet that wait for a consent of this person's HEI."""
    waiting = db.session.scalars(
        select(RuleOverride)
        .join(RuleOverride.run)
        .join(Run.round)
        .where(Round.status == RoundStatus.FROZEN)
        .order_by(RuleOverride.id)
    )
    own = user.whole_institutions
    return [one for one in waiting if own & {hei.id for hei in consents_missing(one)}]


def applied_outside(run: Run) -> Sequence[Application]:
    """Who handed in an application for the call and does not stand in a run."""
    inside = select(RunRow.application_id).where(RunRow.run_id == run.id)
    return db.session.scalars(
        select(Application)
        .where(
            Application.call_id.in_(run.round.call.together_ids),
            Application.submitted_at.is_not(None),
            Application.id.not_in(inside),
        )
        .options(joinedload(Application.applicant))
        .order_by(Application.id)
    ).all()


def auditors(round_: Round) -> Sequence[User]:
    """Who was named to audit a round, by name."""
    return db.session.scalars(
        select(User)
        .join(RoundAuditor, RoundAuditor.user_id == User.id)
        .where(RoundAuditor.round_id == round_.id)
        .order_by(User.name, User.id)
    ).all()


def audits(user: User, round_: Round) -> bool:
    """Whether this person was named to audit a round."""
    return db.session.get(RoundAuditor, (round_.id, user.id)) is not None


def audited_by(user: User) -> Sequence[RoundAuditor]:
    """The rounds that a person was named to audit."""
    return db.session.scalars(
        select(RoundAuditor).where(RoundAuditor.user_id == user.id).order_by(RoundAuditor.round_id)
    ).all()
