"""Child processes: computing beside the pages, and processes that do not outlive each other."""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

WATCH_SECONDS = 0.5
"""How often it is asked whether what a child computes is still wanted."""

PRELOADED = ["mobility.nursery"]
"""What the process that children are forked from has loaded: a child alone takes seconds for it."""


def preload(*modules: str) -> None:
    """Have what the children of a room compute with loaded before they begin, by module names."""
    PRELOADED.extend(name for name in modules if name not in PRELOADED)


class TooSlow(RuntimeError):
    """The work was stopped when the time it was given was over."""


class ChildDied(RuntimeError):
    """The child ended without an answer: somebody killed it, or it had no memory."""


def compute(
    function: Callable[..., Any],
    *args: Any,
    check_wanted: Callable[[], None],
    within: float | None = None,
) -> Any:
    """The value of `function(*args)`, computed in a child process so that pages stay quick.

    The child is stopped when `check_wanted` raises, which is asked now and then, and when it has
    not answered `within` so many seconds (TooSlow). Raises ChildDied where it ends by itself.
    """
    until = None if within is None else time.monotonic() + within
    with ProcessPoolExecutor(1, mp_context=_context(), initializer=_in_the_child) as pool:
        answer = pool.submit(function, *args)
        try:
            while not wait([answer], timeout=WATCH_SECONDS).done:
                check_wanted()
                if until is not None and time.monotonic() > until:
                    raise TooSlow(f"stopped after {within:g} seconds")
            return answer.result()
        except BrokenProcessPool as error:
            raise ChildDied("the computing process ended without an answer") from error
        except BaseException:
            # the pool would wait for work that nobody wants any more
            for process in list(pool._processes.values()):
                process.kill()
            raise


def _context() -> multiprocessing.context.BaseContext:
    """Children are forked from a process of one thread that has loaded the engine, or spawned.

    That process is started with the first child and ends with this one. Forking this one itself,
    with its threads and connections, would not be safe.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _in_the_child() -> None:
    """Do not outlive the process that wants the answer, however it ends.

    A signal that stops the service reaches its children too; ending here at once would look like
    a failure of the work, while a job whose worker is gone is taken up again. What it leaves
    lying about ends with it, so nothing is gone through to be collected.
    """
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with_parent()


def end_with_parent() -> None:
    """Let this process not outlive the one that started it, even when that is killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)  # nobody is left to read an answer or a traceback

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
