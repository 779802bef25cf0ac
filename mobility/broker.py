"""Jobs on many machines: Celery over Redis wakes the workers, the table stays the record.

A message says only that there is work to look for. One that is lost, doubled or late changes
nothing: whoever looks claims what is due by its lease (see `jobs`), and each worker looks by
itself now and then, while the broker is down and where a message has brought nobody.
"""

import threading
import time
from collections.abc import Callable

import structlog
from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError

from .children import end_with_parent
from .jobs import POLL_SECONDS, plan_recurring, run_due_jobs, work_is_due

log = structlog.get_logger("broker")

LOOK = "mobility.look"
CONNECT_SECONDS = 1.0


class Broker:
    """What wakes the workers, and what a worker is."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._celery = Celery("mobility", broker=app.config["BROKER"], set_as_current=False)
        self._celery.conf.update(
            broker_connection_max_retries=None,  # Redis may be away for a night
            broker_connection_retry_on_startup=True,
            # A request that queues work would wait for all of kombu's retries.
            broker_transport_options={"socket_connect_timeout": CONNECT_SECONDS, "max_retries": 0},
            task_ignore_result=True,
            worker_hijack_root_logger=False,
            worker_prefetch_multiplier=1,
            worker_redirect_stdouts=False,
        )
        self._celery.task(name=LOOK)(self._look)
        self._hands = threading.BoundedSemaphore(1)
        self._silent_until = 0.0

    def wake(self) -> bool:
        """Tell one worker to look for work. False where the broker cannot be reached.

        It is then left alone until workers have looked by themselves: a request may queue hundreds
        of letters, and each would wait for it.
        """
        if time.monotonic() < self._silent_until:
            return False
        try:
            self._celery.send_task(LOOK, expires=POLL_SECONDS, retry=False)
        except OperationalError:
            log.warning("the broker does not answer; workers look by themselves")
            self._silent_until = time.monotonic() + POLL_SECONDS
            return False
        return True

    def work(self, threads: int) -> None:
        """Carry jobs in this process, `threads` at once, until it is told to stop.

        Jobs compute in child processes, so threads are enough here.
        """
        end_with_parent()
        with self._app.app_context():
            plan_recurring()
        stop = self.watch(threads)
        try:
            self._celery.Worker(pool="threads", concurrency=threads, loglevel="WARNING").start()
        finally:
            stop()

    def watch(self, threads: int) -> Callable[[], None]:
        """See to what is due at a later time, and to what no message brought anybody for.

        `threads` are at work at most, those that messages wake included. What is returned ends
        it, after the jobs in hand.
        """
        self._hands = threading.BoundedSemaphore(threads)
        over = threading.Event()
        watching = threading.Thread(target=self._watch, args=(over,), name="watch", daemon=True)
        watching.start()

        def stop() -> None:
            over.set()
            watching.join()
            for _ in range(threads):
                self._hands.acquire()

        return stop

    def _look(self) -> None:
        """Carry what is due, unless all hands are full: they look again before they rest."""
        if not self._hands.acquire(blocking=False):
            return
        try:
            with self._app.app_context():
                run_due_jobs()
        except Exception:
            log.exception("looking for work failed")
        finally:
            self._hands.release()

    def _watch(self, over: threading.Event) -> None:
        was_due = False
        while not over.wait(POLL_SECONDS):
            try:
                with self._app.app_context():
                    is_due = work_is_due()
                if is_due and (not self.wake() or was_due):
                    threading.Thread(target=self._look, name="look", daemon=True).start()
                was_due = is_due
            except Exception:
                log.exception("looking for work failed")
