"""Background work: one table is the record; `runner` carries it in threads, `broker` by Celery.

A job is claimed with a lease that a heartbeat renews. Its effect is stored in a transaction that
first checks the lease's token, so a job taken over by another worker can never store twice.
What was due while the service was down is due at start.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from flask.globals import app_ctx
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    Select,
    String,
    Text,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from . import children, clock
from .db import Base, UTCDateTime, after_commit, db, in_transaction, transaction, value_enum
from .status import Kind, Status

log = structlog.get_logger("jobs")

MAX_ATTEMPTS = 3
POLL_SECONDS = 2.0


class JobStatus(Status):
    QUEUED = "queued", _l("waiting to start"), Kind.WAITING
    RUNNING = "running", _l("running"), Kind.WAITING
    DONE = "done", _l("done"), Kind.GOOD
    FAILED = "failed", _l("failed"), Kind.STOPPED
    CANCELLED = "cancelled", _l("cancelled"), Kind.NEUTRAL


class Job(Base):
    """One piece of background work and how far it is."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "status", "due_at"),
        Index(
            "uq_job_pending_key",
            "key",
            unique=True,
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    ids: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[JobStatus] = mapped_column(
        value_enum(JobStatus, "job_status"), default=JobStatus.QUEUED
    )
    due_at: Mapped[datetime] = mapped_column(UTCDateTime())
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    note: Mapped[str] = mapped_column(String(200), default="")
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class LeaseLost(RuntimeError):
    """Another worker has taken the job over; nothing more may be stored from here."""


Work = Callable[..., None]
_registry: dict[str, Work] = {}
_names: dict[Work, str] = {}
_on_failure: dict[str, Callable[..., None]] = {}
_every: dict[str, timedelta] = {}
_patient: list[str] = []


def job(
    name: str,
    *,
    on_failure: Callable[..., None] | None = None,
    every: timedelta | None = None,
    patient: bool = False,
) -> Callable[[Work], Work]:
    """Name a function as background work: it gets a JobRun and the ids it was enqueued with.

    With `every` it is carried again and again, at most once in that time, wherever jobs are
    carried; it takes no ids.

    `patient` work lets whatever else is due go first, also when it was left by a dead worker.

    `on_failure(error, **ids)` runs in the transaction that gives the job up for good; should it
    raise, what it did is undone and the job is given up all the same.
    """

    def decorate(work: Work) -> Work:
        _registry[name] = work
        _names[work] = name
        if on_failure:
            _on_failure[name] = on_failure
        if every:
            _every[name] = every
        if patient:
            _patient.append(name)
        return work

    return decorate


def name_of(work: Work) -> str:
    """Under which name work stands in the table."""
    return _names[work]


def enqueue(work: Work, *, at: datetime | None = None, key: str | None = None, **ids: Any) -> Job:
    """Queue `work` to start after this transaction commits, or at `at`.

    With `key`, a job still waiting under the same key is returned instead of a second one.
    """
    _wake_after_commit()
    if key is not None:
        waiting = db.session.scalar(
            select(Job).where(Job.key == key, Job.status == JobStatus.QUEUED)
        )
        if waiting is not None:
            waiting.due_at = min(waiting.due_at, at or clock.now())
            return waiting
    queued = Job(
        name=name_of(work),
        ids=ids,
        key=key,
        due_at=at or clock.now(),
        created_at=clock.now(),
    )
    db.session.add(queued)
    db.session.flush()
    return queued


def enqueue_each(work: Work, several: Iterable[dict[str, Any]]) -> None:
    """Queue `work` once for each of several ids, as `enqueue` does, in one statement."""
    moment = clock.now()
    rows = [
        {"name": name_of(work), "ids": ids, "due_at": moment, "created_at": moment}
        for ids in several
    ]
    for _ in rows:
        _wake_after_commit()
    if rows:
        db.session.execute(insert(Job), rows)


def _wake_after_commit() -> None:
    if not in_transaction():
        raise RuntimeError("enqueue belongs inside a transaction")
    if carrier := current_app.extensions.get("mobility.jobs"):
        after_commit(carrier.wake)


def plan_recurring() -> None:
    """See to it that work done again and again waits for its next time; never twice."""
    for name, every in _every.items():
        with transaction():
            last = db.session.scalar(
                select(Job).where(Job.name == name).order_by(Job.id.desc()).limit(1)
            )
            if last is None:
                enqueue(_registry[name], key=name)
            elif last.status not in {JobStatus.QUEUED, JobStatus.RUNNING}:
                enqueue(_registry[name], key=name, at=max(clock.now(), last.due_at + every))


def cancel(job_: Job) -> None:
    """Give work up because somebody no longer wants it: nothing more of it is stored.

    What is being computed in a child process ends within a moment.
    """
    if job_.status in {JobStatus.QUEUED, JobStatus.RUNNING}:
        job_.status = JobStatus.CANCELLED
        job_.lease_token = None
        job_.finished_at = clock.now()


class JobRun:
    """What a running job may do: tell its progress, compute in a child, store its effect."""

    def __init__(self, job_id: int, token: str, lease_seconds: int) -> None:
        self.job_id = job_id
        self._token = token
        self._lease = timedelta(seconds=lease_seconds)

    def progress(self, fraction: float, note: str = "") -> None:
        """Show that `fraction` (0..1) is done, and `note` (English msgid) of what is being done."""
        self._touch(progress=fraction, note=note)

    def heartbeat(self) -> None:
        """Renew the lease. Raises LeaseLost when another worker holds the job."""
        self._touch()

    def _touch(self, **values: Any) -> None:
        with transaction():
            self._hold(**values)

    def _hold(self, **values: Any) -> None:
        held = db.session.scalar(
            update(Job)
            .where(Job.id == self.job_id, Job.lease_token == self._token)
            .values(lease_until=_true_now() + self._lease, **values)
            .returning(Job.id)
        )
        if held is None:
            raise LeaseLost(f"job {self.job_id}")

    @contextmanager
    def store(self) -> Iterator[None]:
        """A transaction that only commits while the lease is ours."""
        with transaction():
            self._hold()
            yield

    def compute(self, function: Callable[..., Any], *args: Any, within: float | None = None) -> Any:
        """The value of `function(*args)`, computed in a child process so that pages stay quick.

        The child is stopped when the job is cancelled or taken over (LeaseLost), and when it has
        not answered `within` so many seconds (children.TooSlow).
        """
        return children.compute(function, *args, check_wanted=self._check_held, within=within)

    def _check_held(self) -> None:
        with transaction(write=False):
            held = db.session.scalar(
                select(Job.id).where(Job.id == self.job_id, Job.lease_token == self._token)
            )
        if held is None:
            raise LeaseLost(f"job {self.job_id}")

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Renew the lease from a thread of its own, so that slow work is not taken for dead."""
        over = threading.Event()
        app = app_ctx.app
        thread = threading.Thread(target=self._beat, args=(app, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _beat(self, app: Flask, over: threading.Event) -> None:
        while not over.wait(self._lease.total_seconds() / 3):
            try:
                with app.app_context():
                    self.heartbeat()
            except LeaseLost:
                return  # the work finds out when it stores
            except Exception:  # a busy database; the lease outlasts two missed beats
                log.exception("heartbeat failed", job=self.job_id)


def _true_now() -> datetime:
    """The true time, for leases: a clock set back for a demonstration must not end them."""
    return datetime.now(UTC)


Claim = tuple[int, str, dict[str, Any], str]
_GAVE_UP: Claim = (0, "", {}, "")


def work_is_due() -> bool:
    """Whether a job waits to be carried, or was left by a worker that died."""
    with transaction(write=False):
        return db.session.scalar(_next_due(_true_now())) is not None


def _next_due(real: datetime) -> Select[Any]:
    return (
        select(Job)
        .where(
            or_(
                (Job.status == JobStatus.QUEUED) & (Job.due_at <= clock.now()),
                (Job.status == JobStatus.RUNNING) & (Job.lease_until < real),
            )
        )
        .order_by(Job.name.in_(_patient), Job.due_at, Job.id)
        .limit(1)
    )


def _claim() -> Claim | None:
    """Lease the next due job; None where nothing is due, _GAVE_UP where one failed too often."""
    seconds = current_app.config["JOB_LEASE_SECONDS"]
    if not work_is_due():  # mostly: look without the writer's lock
        return None
    with transaction():
        real = _true_now()  # the lease runs from now, however long the lock was waited for
        due = db.session.scalar(_next_due(real).with_for_update(skip_locked=True))
        if due is None:
            return None
        if due.attempts >= MAX_ATTEMPTS:
            _give_up(due, "the worker died each time")
            return _GAVE_UP
        due.status = JobStatus.RUNNING
        due.attempts += 1
        due.lease_token = secrets.token_hex(16)
        due.lease_until = real + timedelta(seconds=seconds)
        due.started_at = clock.now()
        return due.id, due.name, dict(due.ids), due.lease_token


def _give_up(failed: Job, error: str) -> None:
    failed.status = JobStatus.FAILED
    failed.error = error
    failed.finished_at = clock.now()
    failed.lease_token = None
    handler = _on_failure.get(failed.name)
    if handler is None:
        return
    try:
        with db.session.begin_nested():
            handler(error, **failed.ids)
    except Exception:  # the job must still be given up, or it would stand before all others
        log.exception("failure handler failed", job=failed.id, name=failed.name)


def _carry(job_id: int, name: str, ids: dict[str, Any], token: str) -> None:
    run = JobRun(job_id, token, current_app.config["JOB_LEASE_SECONDS"])
    try:
        with run.kept_alive():
            _registry[name](run, **ids)
        with run.store():
            finished = db.session.get_one(Job, job_id)
            finished.status = JobStatus.DONE
            finished.progress = 1.0
            finished.finished_at = clock.now()
            finished.lease_token = None
    except LeaseLost:
        log.warning("job taken over", job=job_id, name=name)
    except children.ChildDied:  # as if the worker had: the job begins again once its lease ran out
        log.warning("a child died", job=job_id, name=name)
    except Exception as error:
        log.exception("job failed", job=job_id, name=name)
        with transaction():
            failed = db.session.get_one(Job, job_id)
            if failed.lease_token == token:
                _give_up(failed, f"{type(error).__name__}: {error}")


def run_next_job() -> bool:
    """Carry the next due job in this thread. False when none was due."""
    claimed = _claim()
    if claimed is None:
        return False
    if claimed is not _GAVE_UP:
        _carry(*claimed)
        if claimed[1] in _every:
            plan_recurring()
    return True


def run_due_jobs() -> int:
    """Carry everything that is due, in this thread; how many."""
    count = 0
    while run_next_job():
        count += 1
    return count


def init_app(app: Flask) -> None:
    """Where MOBILITY_JOBS=celery, let each queued job wake one of its workers."""
    if app.config["JOBS"] == "celery":
        from .broker import Broker  # only who runs Celery has it installed

        app.extensions["mobility.jobs"] = Broker(app)
