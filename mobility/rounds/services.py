"""A round from its opening to its publication. Runs themselves are carried out in `runs`."""

import secrets
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from .. import clock
from ..applications.models import ApplicationStatus
from ..applications.queries import approved_applications, undecided_applications
from ..applications.services import lock_applications, unlock_applications
from ..db import db
from ..errors import Conflict, Invalid
from ..jobs import enqueue
from ..mail import queue_letter
from ..offers.models import Call, Phase
from ..placements.jobs import await_answers
from ..placements.services import place
from . import letters, queries
from .computation import NotFeasible, check
from .explaining import keep_obstacles
from .models import ROUND_WORKFLOW, Round, RoundStatus, Run, RunStatus
from .runs import carry_out
from .snapshot import hash_of, write_snapshot

POLICY = "linear_assignment"


def open_round(call: Call, actor: Any) -> Round:
    """The round of a call, begun where there is none yet."""
    if (known := queries.round_of(call)) is not None:
        return known
    begun = Round(call=call, created_at=clock.now())
    db.session.add(begun)
    db.session.flush()
    return begun


def freeze_round(round_: Round, actor: Any) -> None:
    """Take the snapshot that every run reads, and let nothing change in the call any more.

    Only when the call is closed and every application decided.
    """
    call = round_.call
    if call.phase is not Phase.CLOSED:
        raise Conflict(_("The call has not closed yet. Close it first, or wait for the deadline."))
    if undecided := len(undecided_applications(call)):
        raise Conflict(
            ngettext(
                "%(num)s application is not decided yet. Freeze when all are approved or rejected.",
                "%(num)s applications are not decided yet. "
                "Freeze when all are approved or rejected.",
                undecided,
            )
        )
    approved = approved_applications(call)
    if not approved:
        raise Conflict(_("No application is approved, so there is nobody to place."))
    lock_applications(call, actor)
    keep_obstacles(approved)
    snapshot = write_snapshot(call, queries.offers_in_play(call), approved)
    taken = {
        "snapshot": snapshot,
        "snapshot_hash": hash_of(snapshot),
        "frozen_at": clock.now(),
        "frozen_by_id": actor.id,
    }
    ROUND_WORKFLOW.advance(
        round_, "freeze", actor=actor, values=taken, snapshot_hash=taken["snapshot_hash"]
    )
    db.session.flush()


def thaw_round(round_: Round, actor: Any, reason: str) -> None:
    """Give the inputs free again, before publication; runs of the old snapshot stay unpublished."""
    if not reason.strip():
        raise Invalid(_("Give the reason: it stands in the record of the round."), "reason")
    if any(run.status in {RunStatus.QUEUED, RunStatus.RUNNING} for run in round_.runs):
        raise Conflict(_("A run is still being computed. Wait until it has ended."))
    old = round_.snapshot_hash
    freed = dict.fromkeys(("snapshot", "snapshot_hash", "frozen_at", "frozen_by_id"))
    ROUND_WORKFLOW.advance(
        round_, "thaw", actor=actor, reason=reason, values=freed, snapshot_hash=old
    )
    unlock_applications(round_.call, actor)
    db.session.flush()


def request_run(
    round_: Round, actor: Any, *, policy: str = POLICY, seed: str | int | None = None
) -> Run:
    """Queue a computation of the frozen round. All runs of a round have one seed.

    `seed` may be given for the first run only; without it the seed is drawn then.
    """
    from matching import POLICIES  # numpy, only where runs are asked for

    if policy not in POLICIES:
        raise Invalid(_("There is no policy “%(policy)s”.", policy=policy), "policy")
    round_ = queries.locked_round(round_.id)
    if round_.status is not RoundStatus.FROZEN:
        raise Conflict(
            _(
                "Runs need frozen inputs: the round is “%(state)s”.",
                state=round_.status.label,
            )
        )
    if any(run.status in {RunStatus.QUEUED, RunStatus.RUNNING} for run in round_.runs):
        raise Conflict(_("A run is being computed already."))
    round_.seed = _one_seed(round_.seed, seed)
    assert round_.snapshot_hash is not None
    run = Run(
        round=round_,
        policy=policy,
        seed=round_.seed,
        snapshot_hash=round_.snapshot_hash,
        requested_by=actor,
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    run.job_id = enqueue(carry_out, key=f"rounds.run.{run.id}", run_id=run.id).id
    db.session.flush()
    return run


def _one_seed(kept: str | None, given: str | int | None) -> str:
    if given is not None and kept is not None and str(given) != kept:
        raise Conflict(_("This round has its seed already; all its runs share it."))
    if given is not None and not str(given).isdecimal():
        raise Invalid(_("A seed is a whole number."), "seed")
    return kept or str(secrets.randbits(48) if given is None else given)


def publish_run(run: Run, actor: Any) -> None:
    """Make the placements of a run and tell everybody who took part, all at one instant.

    The snapshot and the rows are checked again before anything changes.
    """
    round_ = queries.locked_round(run.round_id)
    if round_.status is RoundStatus.PUBLISHED:
        raise Conflict(_("This round is published already."))
    if run.status is not RunStatus.DONE:
        raise Conflict(_("Only a finished run can be published."))
    rows = queries.rows_to_publish(run)
    if changed := sum(row.application.status is not ApplicationStatus.APPROVED for row in rows):
        raise Conflict(
            ngettext(
                "%(num)s application has been changed since the inputs were frozen. "
                "Thaw the round, freeze again and run again.",
                "%(num)s applications have been changed since the inputs were frozen. "
                "Thaw the round, freeze again and run again.",
                changed,
            )
        )
    _check_again(round_, run, {row.application.pseudonym: row.rank for row in rows if row.rank})
    answer_until = clock.now() + timedelta(days=round_.call.answer_days)
    ROUND_WORKFLOW.advance(
        round_, "publish", actor=actor, values={"published_at": clock.now()}, run=run.id
    )
    run.published = True
    for row in rows:
        if row.offer is not None and row.rank is not None:
            row.placement = place(row.application, row.offer, row.rank, answer_until, actor)
            queue_letter(row.application.applicant, letters.placed, row)
        else:
            queue_letter(row.application.applicant, letters.unplaced, row)
    await_answers(answer_until)
    db.session.flush()


def _check_again(round_: Round, run: Run, ranks: dict[str, int]) -> None:
    """Refuse to publish what does not follow from the frozen inputs."""
    if (
        round_.snapshot is None
        or hash_of(round_.snapshot) != round_.snapshot_hash
        or run.snapshot_hash != round_.snapshot_hash
    ):
        raise Conflict(_("This run was computed from other inputs. Run again."))
    assert run.stats is not None
    assert run.certificate is not None
    try:
        proven = check(
            round_.snapshot, run.policy, run.seed, ranks, run.prices, run.stats["objective"]
        )
    except NotFeasible as error:
        raise Conflict(
            _("The stored result does not hold: %(why)s. Run again.", why=error)
        ) from error
    if proven != (run.certificate["optimal"], run.certificate["proof"]):
        raise Conflict(_("The stored proof does not hold any more. Run again."))
