"""Asking for a run of a frozen round. Runs themselves are carried out in `runs`."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...db import db
from ...errors import Conflict, Invalid
from ...i18n import moment_text
from ...jobs import cancel, enqueue
from ...offers.models import POLICIES
from .. import queries
from ..models import ACTIVE, LIMIT_SECONDS, RUN_WORKFLOW, Round, RoundStatus, Run
from ..runs import carry_out


def request_run(
    round_: Round,
    actor: Any,
    *,
    policy: str | None = None,
    limit_seconds: int = LIMIT_SECONDS,
) -> Run:
    """Queue a computation of the frozen round, with the lottery that was drawn for it.

    Without a policy it is the one that the call's frozen rules name; another is a comparison.
    """
    policy = policy or round_.call.policy
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
    if any(run.status in ACTIVE and run.policy == policy for run in round_.runs):
        raise Conflict(_("A run by this rule is being computed already."))
    if round_.seed is None:
        assert round_.reveal_at is not None
        raise Conflict(
            _(
                "The lottery is not drawn yet: all seeds are revealed on %(moment)s.",
                moment=moment_text(round_.reveal_at),
            )
        )
    assert round_.snapshot_hash is not None
    run = Run(
        round=round_,
        policy=policy,
        seed=round_.seed,
        snapshot_hash=round_.snapshot_hash,
        limit_seconds=limit_seconds,
        requested_by=actor,
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    run.job_id = enqueue(carry_out, key=f"rounds.run.{run.id}", run_id=run.id).id
    db.session.flush()
    return run


def request_runs(
    round_: Round, actor: Any, policies: Sequence[str], *, limit_seconds: int = LIMIT_SECONDS
) -> list[Run]:
    """Queue a computation by each of several policies, all on the one snapshot."""
    if not policies:
        raise Invalid(_("Choose at least one rule."), "policies")
    return [
        request_run(round_, actor, policy=policy, limit_seconds=limit_seconds)
        for policy in dict.fromkeys(policies)
    ]


def cancel_run(run: Run, actor: Any) -> None:
    """Stop a run that waits or is being computed; nothing of it is stored."""
    queries.locked_round(run.round_id)
    RUN_WORKFLOW.advance(run, "cancel", actor=actor, values={"finished_at": clock.now()})
    if run.job is not None:
        cancel(run.job)
    db.session.flush()
