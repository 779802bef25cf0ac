"""The real service in a process of its own: granian, a database file, mail written to files."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
MAIL_SECONDS = 20


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Service:
    """`mobility serve` over an instance folder. `address` is where it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "service.log"
        self._process: subprocess.Popen | None = None

    def _environment(self) -> dict[str, str]:
        kept = {key: text for key, text in os.environ.items() if not key.startswith("MOBILITY_")}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "MOBILITY_INSTANCE": str(self.folder),
            "MOBILITY_BASE_URL": self.address,
            "MOBILITY_RATE_LIMITS": "false",  # everybody in a test comes from one address
            "MOBILITY_JOBS": "threads",
        }

    def command(self, *words: str, typed: str = "") -> str:
        """What `mobility WORDS...` prints. Fails the test with its output if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "mobility.cli", *words],
            cwd=self.folder,
            env=self._environment(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, f"mobility {' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> "Service":
        self.launch()
        self._wait_until_it_answers()
        return self

    def launch(self) -> None:
        """Start it without waiting until it answers; what was due may be done before it does."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mobility.cli", "serve", "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self._process.poll() is None, f"the service ended:\n{self.log.read_text()}"
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5):
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError(f"no answer in {START_SECONDS} s:\n{self.log.read_text()}")

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def hurry(self, *columns: str) -> None:
        """Let the time come for which work waits: `columns` and every due date are now.

        Nobody can wait for a day in a test; the service itself is left as it is.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        with closing(sqlite3.connect(self.folder / "mobility.db", timeout=30)) as database:
            for column in (*columns, "job.due_at"):
                table, name = column.split(".")
                waits = f"{name} > ? AND status = 'queued'" if table == "job" else f"{name} > ?"
                database.execute(
                    f'UPDATE "{table}" SET {name} = ? WHERE {waits}',
                    (now, now),
                )
            database.commit()

    def letters_to(self, address: str) -> list[EmailMessage]:
        """The mails written to somebody so far, oldest first."""
        files = sorted(self.folder.glob("mail/*.eml"), key=lambda file: file.stat().st_mtime_ns)
        mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in mails if mail["To"] == address]

    def wait_for_letter(self, address: str, number: int = 1) -> EmailMessage:
        """The `number`-th mail to somebody, once it is there."""
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            if len(letters := self.letters_to(address)) >= number:
                return letters[number - 1]
            time.sleep(0.1)
        subjects = [mail["Subject"] for mail in self.letters_to(address)]
        raise AssertionError(f"{address} got only {subjects} within {MAIL_SECONDS} s")
