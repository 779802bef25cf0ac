"""The computing of explanations: for a whole run in the background, for one person when asked.

Each person's claims are stored with their row. A slice is explained in a child process and stored
whole; the rest is work of its own, so what a killed worker leaves is taken up where it stopped.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, update

from ...applications.eligibility import obstacles
from ...applications.entries import Entry
from ...applications.models import Application, Choice
from ...db import db, transaction
from ...errors import Conflict
from ...i18n import LANGUAGES, speaking
from ...jobs import Job, JobRun, enqueue, job
from ...offers.models import Call, Offer
from .. import queries
from ..computing.claims import claims_of
from ..computing.told import Told
from ..models import Run, RunRow

SLICE_SECONDS: Final = 20.0


class NotTheSame(RuntimeError):
    """Solving again gave somebody something else than the run has stored."""


def explain_later(run: Run) -> Job:
    """Have everybody of a finished run explained in the background."""
    return enqueue(explain_run, key=queries.explanation_key(run.id), run_id=run.id)


def ask_for_explanation(row: RunRow, actor: Any) -> Job:
    """Have one person explained now, before the others."""
    if row.told is not None:
        raise Conflict(_("The reasons are there already."))
    key = queries.explanation_key(row.run_id, row.application_id)
    return enqueue(explain_run, key=key, run_id=row.run_id, application_id=row.application_id)


@job("rounds.explain", patient=True)
def explain_run(job_run: JobRun, run_id: int, application_id: int | None = None) -> None:
    """Explain to those who miss it, or to one person, what they did not get.

    As many as a slice of time reaches; the others wait behind whatever else is due, so that
    no large round keeps a run or a publication waiting.
    """
    with transaction(write=False):
        run = db.session.get_one(Run, run_id)
        waiting = queries.unexplained(run, application_id)
        snapshot, policy, seed = run.round.snapshot, run.policy, run.seed
        stale = run.snapshot_hash != run.round.snapshot_hash
        everybody = (run.stats or {}).get("applicants") or len(waiting)
    if not waiting or snapshot is None or stale:
        return
    job_run.progress(
        1 - len(waiting) / max(everybody, len(waiting)),
        _("Working out the reasons for each person."),
    )
    told = job_run.compute(claims_of, snapshot, policy, seed, list(waiting), SLICE_SECONDS)
    with job_run.store():
        store_claims(run_id, waiting, told)
        if len(told) < len(waiting):
            explain_later(db.session.get_one(Run, run_id))


def store_claims(
    run_id: int, waiting: dict[str, tuple[int, int | None]], told: dict[str, Told]
) -> None:
    """Keep what each is told. `waiting` has the row and the stored rank by pseudonym."""
    changed = [one for one, said in told.items() if said["rank"] != waiting[one][1]]
    if changed:
        raise NotTheSame(f"run {run_id}: {len(changed)} people, {changed[0]} among them")
    values = [{"row": waiting[one][0], "said": said} for one, said in told.items()]
    table: Any = RunRow.__table__
    db.session.connection().execute(
        update(table).where(table.c.id == bindparam("row")).values(told=bindparam("said")), values
    )


def keep_obstacles(offers: Iterable[Offer], entries: Iterable[Entry]) -> None:
    """Note beside each choice what closes it to its applicant at this moment, in each language.

    The rules are asked when the inputs are frozen: a profile may change after it. Nothing is noted
    by then: `forget_obstacles` goes with the thaw.
    """
    by_id = {offer.id: offer for offer in offers}

    @cache
    def texts(profile: Any, offer: int) -> dict[str, list[str]]:
        return {language: _texts(profile, by_id[offer], language) for language in LANGUAGES}

    table: Any = Choice.__table__
    closed = [
        {"at": entry.application_id, "of": offer, "said": _joined(texts, entry, offer)}
        for entry in entries
        for offer in entry.closed
    ]
    if closed:
        db.session.connection().execute(
            update(table)
            .where(table.c.application_id == bindparam("at"), table.c.offer_id == bindparam("of"))
            .values(obstacles=bindparam("said")),
            closed,
        )


def forget_obstacles(call: Call) -> None:
    """Let no choice in a call be noted as closed to its applicant: the inputs are free again."""
    known = select(Application.id).where(Application.call_id.in_(call.together_ids))
    db.session.execute(
        update(Choice)
        .where(Choice.application_id.in_(known), Choice.obstacles.is_not(None))
        .values(obstacles=None)
    )


def keep_points(entries: Iterable[Entry]) -> None:
    """Note beside each application what the call's rules add to its score at this moment.

    Locking has noted that they add nothing.
    """
    table: Any = Application.__table__
    given = [{"at": one.application_id, "added": one.points} for one in entries if one.points]
    if given:
        db.session.connection().execute(
            update(table).where(table.c.id == bindparam("at")).values(points=bindparam("added")),
            given,
        )


def _joined(texts: Any, entry: Entry, offer: int) -> dict[str, list[str]]:
    """What is said to each member of a team, or to the one applicant."""
    said = [texts(profile, offer) for profile in entry.profiles]
    return {language: [one for own in said for one in own[language]] for language in LANGUAGES}


def _texts(profile: Any, offer: Any, language: str) -> list[str]:
    with speaking(language):
        return [str(obstacle.text) for obstacle in obstacles(profile, offer)]
