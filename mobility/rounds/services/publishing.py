"""The publication of a run: placements and letters, all at one instant."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ... import clock
from ...applications.models import ApplicationStatus
from ...db import db
from ...errors import Conflict
from ...mail import queue_letters
from ...placements.jobs import await_answers
from ...placements.models import Origin
from ...placements.services import place
from .. import letters, queries
from ..computing.runs import NotFeasible, check
from ..files import digest_in, file_of, ranks_by_pseudonym
from ..models import ROUND_WORKFLOW, Round, RoundStatus, Run, RunRow, RunStatus
from ..snapshot import hash_of
from .auditing import tell_auditors


def publish_run(run: Run, actor: Any) -> None:
    """Make the placements of a run and tell everybody who took part, all at one instant.

    The snapshot and the rows are checked again before anything changes.
    """
    round_ = queries.locked_round(run.round_id)
    may_publish(round_, run)
    rows = queries.rows_to_publish(run)
    if changed := sum(not _as_frozen(row) for row in rows):
        raise Conflict(
            ngettext(
                "%(num)s application has been changed since the inputs were frozen. "
                "Thaw the round, freeze again and run again.",
                "%(num)s applications have been changed since the inputs were frozen. "
                "Thaw the round, freeze again and run again.",
                changed,
            )
        )
    _check_again(
        round_,
        run,
        ranks_by_pseudonym(row for row in rows if row.application.pre_placed_offer_id is None),
    )
    answer_until = clock.now() + timedelta(days=round_.call.answer_days)
    ROUND_WORKFLOW.advance(
        round_, "publish", actor=actor, values={"published_at": clock.now()}, run=run.id
    )
    run.published = True
    db.session.flush()
    round_.file = file_of(round_, run, queries.seeds(round_.call))
    round_.file_digest = digest_in(round_.file)
    for row in rows:
        if row.offer is not None and row.rank is not None:
            origin = Origin.ROUND
            if row.application.pre_placed_offer_id is not None:
                origin = Origin.PRE_PLACEMENT
            row.placement = place(
                row.application, row.offer, row.rank, answer_until, actor, origin, part=row.part
            )
    queue_letters(_letters(rows))
    if run.override is not None:
        queue_letters(
            (application.applicant, letters.overridden, application, run)
            for application in queries.applied_outside(run)
        )
    tell_auditors(round_)
    await_answers(answer_until)
    db.session.flush()


def _letters(rows: Sequence[RunRow]) -> Iterator[tuple[Any, ...]]:
    """One letter to each person, also where several courses were given."""
    by_application: dict[int, list[RunRow]] = defaultdict(list)
    for row in rows:
        by_application[row.application_id].append(row)
    for own in by_application.values():
        for person in own[0].application.people:
            if own[0].placement is None:
                yield person, letters.unplaced, own[0]
            elif own[0].run.round.call.gives_several:
                yield person, letters.placed_in_several, own
            else:
                yield person, letters.placed, own[0]


def _as_frozen(row: RunRow) -> bool:
    """Whether an application stands as it stood in the snapshot."""
    application = row.application
    if application.status is ApplicationStatus.PRE_PLACED:
        return application.pre_placed_offer_id == row.offer_id
    return application.status is ApplicationStatus.APPROVED


def may_publish(round_: Round, run: Run) -> None:
    """Refuse what a look at the run alone forbids to publish."""
    may_ever_publish(round_, run)
    if run.policy == round_.call.policy:
        return
    if run.override is None:
        raise Conflict(
            _("The rules of this call name another policy; this run is a comparison only.")
        )
    if missing := queries.consents_missing(run.override):
        raise Conflict(
            _(
                "The override waits for the consent of %(partners)s.",
                partners=", ".join(one.name for one in missing),
            )
        )


def may_ever_publish(round_: Round, run: Run) -> None:
    """Refuse what not even an override can publish."""
    if round_.status is RoundStatus.PUBLISHED:
        raise Conflict(_("This round is published already."))
    if run.status is not RunStatus.DONE:
        raise Conflict(_("Only a finished run can be published."))
    if round_.snapshot_hash is None or run.snapshot_hash != round_.snapshot_hash:
        raise Conflict(_("This run was computed from other inputs. Run again."))


def _hash(snapshot: str) -> str | None:
    """The hash of a stored snapshot; None where its two parts do not belong together."""
    try:
        return hash_of(snapshot)
    except (ValueError, KeyError, TypeError):
        return None


def _check_again(round_: Round, run: Run, ranks: dict[str, list[int]]) -> None:
    """Refuse to publish what does not follow from the frozen inputs."""
    if round_.snapshot is None or _hash(round_.snapshot) != round_.snapshot_hash:
        raise Conflict(_("This run was computed from other inputs. Run again."))
    assert run.stats is not None
    assert run.certificate is not None
    assert run.prices is not None
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
