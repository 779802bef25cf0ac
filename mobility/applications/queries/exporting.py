"""The list behind the filters, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...db import db
from ...offers.models import Call
from ...partners.models import Institution, OrganisationalUnit
from ..models import Application, ApplicationStatus, Choice
from .pipeline import Filters, calls_in_pipeline, filtered, units_in_pipeline

_AT_ONCE = 500


@dataclass(frozen=True)
class Exported:
    """One application of the list: how many choices there are, never their order.

    The number that stands for a person in the file of a round is left out: a workbook travels.
    """

    name: str
    email: str
    status: ApplicationStatus
    call: Call
    sending: Institution
    unit: OrganisationalUnit | None
    choices: int
    score: float | None
    submitted_at: datetime
    holder: str | None


def rows_to_export(user: User, filters: Filters) -> Iterator[Exported]:
    """What the filters find, in the order of the list; a few hundred rows in memory at a time."""
    calls = {call.id: call for call in calls_in_pipeline(user)}
    units = {unit.id: unit for unit in units_in_pipeline(user)}
    institutions = {one.id: one for one in db.session.scalars(select(Institution))}
    holder = aliased(User)
    choices = (
        select(func.count(Choice.id))
        .where(Choice.application_id == Application.id)
        .scalar_subquery()
    )
    found = (
        filtered(user, filters)
        .with_only_columns(
            User.name,
            User.email,
            Application.status,
            Application.call_id,
            Application.sending_id,
            Application.sending_unit_id,
            choices,
            Application.score,
            Application.submitted_at,
            holder.name,
        )
        .join(User, User.id == Application.applicant_id)
        .outerjoin(holder, holder.id == Application.assigned_to_id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for name, email, status, call, sending, unit, *rest in db.session.execute(found):
        yield Exported(
            name, email, status, calls[call], institutions[sending],
            None if unit is None else units[unit], *rest,
        )  # fmt: skip
