"""Publication at a set time: planned by an admin, changed or cancelled before, carried by a job.

What is due while the service is down happens at its start.
"""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...audit import record
from ...db import db
from ...errors import Conflict, Invalid, MobilityError
from ...i18n import moment_text, speaking_to
from ...jobs import JobRun, enqueue, job
from ...mail import queue_letter
from .. import letters, queries
from ..models import ROUND_WORKFLOW, PlannedPublication, Round, Run
from .publishing import may_publish, publish_run

MOST_DAYS = 90
"""How far ahead a publication may be planned: people wait for it."""


def plan_publication(run: Run, actor: Any, at: datetime | None) -> None:
    """Have a run published at a set time; it takes the place of what was planned before."""
    round_ = queries.locked_round(run.round_id)
    may_publish(round_, run)
    if at is None:
        raise Invalid(_("Give a day and a time, like 2027-03-01 18:00."), "at")
    if at <= clock.now():
        raise Invalid(_("This time has passed. Give a later one, or publish now."), "at")
    if at > clock.now() + timedelta(days=MOST_DAYS):
        raise Invalid(
            _("This is more than %(days)s days ahead. Give an earlier time.", days=MOST_DAYS), "at"
        )
    until = round_.call.vacated_until
    if until is not None and at >= until:
        raise Invalid(
            _(
                "In this call declined seats are given until %(moment)s. Publish before that.",
                moment=moment_text(until),
            ),
            "at",
        )
    plan = queries.plan_of(round_)
    if plan is None:
        plan = PlannedPublication(round_id=round_.id)
        db.session.add(plan)
    plan.run, plan.at, plan.refused = run, at, None
    plan.planned_by, plan.planned_at = actor, clock.now()
    record("round.plan", round_, actor=actor, run=run.id, at=at.isoformat())
    enqueue(publish_as_planned, at=at, round_id=round_.id)
    db.session.flush()


def cancel_plan(round_: Round, actor: Any) -> None:
    """Publish nothing at the set time."""
    round_ = queries.locked_round(round_.id)
    plan = queries.plan_of(round_)
    if plan is None:
        raise Conflict(_("No publication is planned."))
    _drop(plan)
    record("round.cancel-plan", round_, actor=actor, run=plan.run_id, at=plan.at.isoformat())


def _drop(plan: PlannedPublication) -> None:
    db.session.delete(plan)
    db.session.flush()


@ROUND_WORKFLOW.then("publish")
@ROUND_WORKFLOW.then("thaw")
def _overtaken(round_: Round) -> None:
    """What was planned is done, or cannot be done any more."""
    if plan := queries.plan_of(round_):
        _drop(plan)


def _refused(error: str, round_id: int) -> None:
    """A job that was given up: the admin hears of it all the same."""
    plan = queries.plan_of(db.session.get_one(Round, round_id))
    if plan is not None and plan.refused is None and plan.at <= clock.now():
        _refuse(plan, error)


@job("rounds.publish", on_failure=_refused)
def publish_as_planned(job_run: JobRun, round_id: int) -> None:
    """Publish what is planned for this moment; what was moved or cancelled is left alone."""
    with job_run.store():
        round_ = queries.locked_round(round_id)
        plan = queries.plan_of(round_)
        if plan is None or plan.refused is not None or clock.now() < plan.at:
            return
        run, planned_by = plan.run, plan.planned_by
        try:
            with speaking_to(planned_by), db.session.begin_nested():
                publish_run(run, planned_by)
        except MobilityError as error:
            _refuse(db.session.get_one(PlannedPublication, round_id), error.message)


def _refuse(plan: PlannedPublication, why: str) -> None:
    """Note why nothing was published, and tell every admin."""
    plan.refused = why
    record("round.refuse-plan", plan.round, actor=None, reason=why, run=plan.run_id)
    for admin in queries.admins():
        queue_letter(admin, letters.not_published, plan, admin)
