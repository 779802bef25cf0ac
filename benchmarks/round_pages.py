"""What a light page takes, idle and while the service computes a round."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter, sleep

from sqlalchemy import select

from mobility.db import db, transaction
from mobility.rounds import services
from mobility.rounds.models import Run, RunStatus

PAGE = "/sign-in"
IDLE_REQUESTS = 300
PATIENCE = 300.0


def pages(run_id: int) -> dict[str, float]:
    """The 99th percentiles in milliseconds: `idle`, and `busy` while the run is done once more."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mobility.cli", "serve", "--port", str(port)]
    env = {**os.environ, "MOBILITY_RATE_LIMITS": "off"}
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        left = iter(range(IDLE_REQUESTS))
        idle = _times(port, lambda: next(left, None) is not None)
        with transaction():
            run = db.session.get_one(Run, run_id)
            again = services.request_run(run.round, run.requested_by).id
        _times(port, lambda: _status(again) is RunStatus.QUEUED)
        busy = _times(port, lambda: _status(again) is RunStatus.RUNNING)
        if _status(again) is not RunStatus.DONE:
            raise RuntimeError("the run failed")
    finally:
        server.terminate()
        server.wait()
    return {"idle": _p99(idle), "busy": _p99(busy), "requests": len(busy)}


def _wait_for(port: int) -> None:
    until = perf_counter() + PATIENCE
    while True:
        try:
            _request(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE))
        except OSError:
            if perf_counter() > until:
                raise
            sleep(0.2)
        else:
            return


def _request(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", PAGE)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{PAGE} answered {answer.status}")


def _times(port: int, going: Callable[[], bool]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    times = []
    while going():
        begun = perf_counter()
        _request(connection)
        times.append(1000 * (perf_counter() - begun))
        sleep(0.01)
    return times


def _status(run_id: int) -> RunStatus | None:
    with transaction(write=False):
        return db.session.scalar(select(Run.status).where(Run.id == run_id))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]
