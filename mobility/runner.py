"""Jobs in the server's own process: a few threads carry what is due; the table is the record."""

import threading

import structlog
from flask import Flask

from .jobs import POLL_SECONDS, plan_recurring, run_next_job

log = structlog.get_logger("runner")


class Runner:
    """A few threads of this process that carry due jobs."""

    def __init__(self, app: Flask, threads: int) -> None:
        self._app = app
        self._woken = threading.Event()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, name=f"jobs-{index}", daemon=True)
            for index in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for work now rather than at the next poll."""
        self._woken.set()

    def stop(self) -> None:
        """Let the threads end after the job in hand."""
        self._stop.set()
        self._woken.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _loop(self) -> None:
        planned = False
        while not self._stop.is_set():
            try:
                with self._app.app_context():
                    if not planned:
                        plan_recurring()
                        planned = True
                    if run_next_job():
                        continue
            except Exception:
                log.exception("looking for work failed")
            self._woken.wait(POLL_SECONDS)
            self._woken.clear()


def start_runner(app: Flask) -> Runner:
    """Carry jobs in this process from now on."""
    runner = Runner(app, app.config["JOB_THREADS"])
    app.extensions["mobility.jobs"] = runner
    runner.start()
    return runner
