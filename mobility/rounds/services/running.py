"""Asking for a run of a frozen round. Runs themselves are carried out in `runs`."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from ... import clock
from ...db import db
from ...errors import Conflict, Invalid
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
    seed: str | int | None = None,
    limit_seconds: int = LIMIT_SECONDS,
) -> Run:
    """Queue a computation of the frozen round. All runs of a round have one seed.

    Without a policy it is the one that the call's frozen rules name; another is a comparison.
    `seed` may be given for the first run only; without it the seed is drawn then.
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
    round_.seed = _one_seed(round_.seed, seed)
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


def _one_seed(kept: str | None, given: str | int | None) -> str:
    if given is not None and kept is not None and str(given) != kept:
        raise Conflict(_("This round has its seed already; all its runs share it."))
    if given is not None and not str(given).isdecimal():
        raise Invalid(_("A seed is a whole number."), "seed")
    return kept or str(secrets.randbits(48) if given is None else given)
